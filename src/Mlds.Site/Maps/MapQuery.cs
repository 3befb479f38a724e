using System.Globalization;
using Microsoft.AspNetCore.Http;
using Mlds.Analysis.Views;
using Mlds.Site.Browsing;

namespace Mlds.Site.Maps;

/// <summary>Which map an address asks for.</summary>
/// <param name="By">The column that colours the points.</param>
/// <param name="Box">Null where none is drawn.</param>
/// <param name="Hidden">Numbers of categories that the legend hides (<see cref="MapColours"/>).</param>
public sealed record MapQuery(View View, string Method, NetworkColumn By, PlaneBox? Box, IReadOnlySet<int> Hidden)
{
    internal const string ViewKey = "view";
    internal const string MethodKey = "method";
    internal const string ByKey = "by";
    internal const string BoxKey = "box";
    internal const string HideKey = "hide";

    /// <param name="views">Those that there are.</param>
    /// <exception cref="QueryException">There is no such view, method or column, or no such box.</exception>
    internal static MapQuery Parse(IQueryCollection address, BrowsedNetworks networks, IReadOnlyList<View> views)
    {
        string? Value(string key) => address[key].LastOrDefault()?.Trim() is { Length: > 0 } value ? value : null;
        var name = Value(ViewKey) ?? (views.Any(view => view.Name == "invariants") ? "invariants" : views[0].Name);
        var method = Value(MethodKey) ?? ViewMaps.Pca;
        if (method is not (ViewMaps.Pca or ViewMaps.Tsne))
            throw new QueryException($"A map is made by {ViewMaps.Pca} or {ViewMaps.Tsne}, not by '{method}'.");
        return new MapQuery(
            ViewOf(name, views), method, networks.Column(Value(ByKey) ?? "machine"), Value(BoxKey) is { } box ? PlaneBox.Parse(box) : null,
            Numbers(Value(HideKey) ?? ""));
    }

    static IReadOnlySet<int> Numbers(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new QueryException($"What is hidden are numbers with commas between, not '{text}'.")).ToHashSet();

    /// <summary>The view of that name.</summary>
    /// <exception cref="QueryException">There is none.</exception>
    internal static View ViewOf(string name, IReadOnlyList<View> views) =>
        views.FirstOrDefault(view => view.Name == name) ?? throw new QueryException(
            $"These networks have no view '{name}'. {NearestName.DidYouMean(name, views.Select(view => view.Name))}"
            + $"Views: {string.Join(", ", views.Select(view => view.Name))}.");

    /// <summary>Its part of an address, with the question mark.</summary>
    internal string Address => $"?{ViewKey}={View.Name}&{MethodKey}={Method}&{ByKey}={Uri.EscapeDataString(By.Name)}";
}
