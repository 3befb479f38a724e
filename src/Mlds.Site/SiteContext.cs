using System.Runtime.CompilerServices;
using Mlds.Networks;
using Mlds.Site.Browsing;
using Mlds.Site.Maps;

namespace Mlds.Site;

/// <summary>What every page needs to know: where the site lies, and what it is of.</summary>
/// <param name="Base">The path that all of its addresses begin with: <c>/</c> at its own host.</param>
public sealed record SiteContext(string Base, OpenedSource Opened)
{
    readonly ConditionalWeakTable<BrowsedNetworks, NetworkSpec> _specs = [];

    /// <summary>The networks as points, and their neighbours.</summary>
    internal ViewMaps Maps { get; } = new(Opened.Source);

    internal NetworkSource Source => Opened.Source;

    /// <summary>The shape of the first network that there is.</summary>
    internal NetworkSpec Spec(BrowsedNetworks networks) => _specs.GetValue(networks, all => Source.Open(all[0]).Recipe.Network);

    internal string Url(string path) => Base + path;

    /// <summary>The page of a network.</summary>
    internal string Network(string recipeId) => Url($"networks/{recipeId}");

    /// <summary>The table of all networks of a machine.</summary>
    internal string Machine(string name) => Url($"networks?machine={Uri.EscapeDataString(name)}");
}
