using Mlds.Site.Browsing;

namespace Mlds.Site;

/// <summary>What every page needs to know: where the site lies, and what it is of.</summary>
/// <param name="Base">The path that all of its addresses begin with: <c>/</c> at its own host.</param>
public sealed record SiteContext(string Base, OpenedSource Opened)
{
    internal NetworkSource Source => Opened.Source;

    internal string Url(string path) => Base + path;

    /// <summary>The page of a network.</summary>
    internal string Network(string recipeId) => Url($"networks/{recipeId}");

    /// <summary>The table of all networks of a machine.</summary>
    internal string Machine(string name) => Url($"networks?machine={Uri.EscapeDataString(name)}");
}
