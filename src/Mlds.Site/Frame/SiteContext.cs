using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Mlds.Networks;
using Mlds.Site.Browsing;
using Mlds.Site.Maps;

namespace Mlds.Site.Frame;

/// <summary>What every page needs to know: where the site lies, and what it is of.</summary>
/// <param name="Base">The path that all of its addresses begin with: <c>/</c> at its own host.</param>
/// <param name="Host">Whose web server shows it to strangers; null on one's own machine.</param>
public sealed record SiteContext(string Base, OpenedSource Opened, SiteHost? Host = null)
{
    /// <summary>Those of all strangers together that may compute at a time.</summary>
    readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 4));

    readonly ConditionalWeakTable<BrowsedNetworks, NetworkSpec> _specs = [];

    /// <summary>The networks as points, and their neighbours.</summary>
    internal ViewMaps Maps { get; } = new(Opened.Source, isKept: Host is null);

    /// <summary>Strangers may look: no path of this machine is shown, and they compute one after the other.</summary>
    internal bool IsPublic => Host is not null;

    internal NetworkSource Source => Opened.Source;

    /// <summary>The shape of the first network that there is.</summary>
    internal NetworkSpec Spec(BrowsedNetworks networks) => _specs.GetValue(networks, all => Source.Open(all[0]).Recipe.Network);

    /// <summary>The site of a zoo below another web site, for strangers. The zoo needn't be there yet.</summary>
    /// <param name="path">Of the site, from <c>/</c> to <c>/</c>.</param>
    public static SiteContext OfZoo(string path, string folder, SiteHost host) =>
        new(path, new OpenedSource(new ZooFolder(folder), isPublic: true), host);

    /// <summary>Computes when it is this caller's turn; the answer is sent after that, however slowly it is read.</summary>
    internal async ValueTask<object?> InTurn(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        await _turns.WaitAsync(call.HttpContext.RequestAborted);
        try
        {
            return await next(call);
        }
        finally
        {
            _turns.Release();
        }
    }

    internal string Url(string path) => Base + path;

    /// <summary>The page of a network.</summary>
    internal string Network(string recipeId) => Url($"networks/{recipeId}");

    /// <summary>The table of all networks of a machine.</summary>
    internal string Machine(string name) => Url($"networks?machine={Uri.EscapeDataString(name)}");
}

/// <summary>The web site that a zoo's pages are part of.</summary>
/// <param name="Url">Where its first page is.</param>
public sealed record SiteHost(string Name, string Url);
