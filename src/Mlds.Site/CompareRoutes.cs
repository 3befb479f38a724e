using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mlds.Analysis.Symmetry;
using Mlds.Reports.Figures;
using Mlds.Site.Browsing;
using Mlds.Site.Comparing;
using Mlds.Site.Figures;
using Mlds.Site.Frame;
using Mlds.Site.Pages;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Site;

/// <summary>Two networks beside each other, and a network's weights.</summary>
static class CompareRoutes
{
    /// <summary>The weights as they are.</summary>
    const string Raw = "raw";

    /// <summary>Merged, and aligned to another network.</summary>
    const string Aligned = "aligned";

    internal static void Map(IEndpointRouteBuilder application, SiteContext site)
    {
        application.MapGet("/compare", (string? a, string? b) => Of(site, a, b, (networks, first, second) =>
            BrowserSite.Page<ComparePage>(new { Site = site, Networks = networks, First = first, Second = second })));
        application.MapGet("/compare/interpolation.{kind}", (string? a, string? b, string kind) => Of(site, a, b, (_, first, second) =>
        {
            var line = Interpolation.Of(first.Record, second.Record);
            return Downloads.Of(kind, InterpolationFigure.Of(first.Name, second.Name, line), () => Csv(line));
        }));
        application.MapGet("/compare/between.npy", (string? a, string? b, string? form, string? share) =>
            Of(site, a, b, (_, first, second) => Results.Bytes(
                NpyFile.Bytes(Interpolation.Between(first.Record, second.Record, IsAligned(form), Share(share))),
                "application/octet-stream", "between.npy")));
        application.MapGet("/networks/{id}/weights.{kind}", (string id, string kind, string? form, string? to) =>
            BrowserSite.Of(site, id, (networks, network, record) =>
            {
                var (weights, said) = Form(site, networks, network, record, IsAligned(form), to);
                return Downloads.Of(
                    kind, WeightsFigure.Of(BrowsedNetworks.NameOf(network), said, record.Layout, weights), () => Csv(record, weights));
            }));
    }

    static IResult Of(
        SiteContext site, string? a, string? b, Func<BrowsedNetworks, ComparedNetwork, ComparedNetwork, IResult> answer)
    {
        if (string.IsNullOrWhiteSpace(a) || string.IsNullOrWhiteSpace(b))
            throw new QueryException("Give two networks to compare, as recipe ids or MACHINE/SEED: compare?a=…&b=….");
        var networks = site.Opened.Networks;
        ComparedNetwork One(string typed)
        {
            var network = networks[networks.Typed(typed, site.Source.Kind)];
            var record = site.Source.Open(network);
            _ = NumbersOf(network, record);
            return new ComparedNetwork(BrowsedNetworks.NameOf(network), network, record);
        }

        var (first, second) = (One(a), One(b));
        return first.Record.Recipe.Network.Equals(second.Record.Recipe.Network)
            ? answer(networks, first, second)
            : throw new QueryException($"{first.Name} and {second.Name} have different shapes, so their weights can't be compared.");
    }

    /// <exception cref="NotThereException">There are none.</exception>
    static float[] WeightsOf(StoredNetwork network, NetworkRecord record) => record.Weights
        ?? throw new NotThereException($"The release has no weights of {BrowsedNetworks.NameOf(network)}, only its recipe.");

    /// <exception cref="NotThereException">There are no weights, or not all of them are numbers.</exception>
    static float[] NumbersOf(StoredNetwork network, NetworkRecord record)
    {
        var weights = WeightsOf(network, record);
        if (record.HasNumbers) return weights;
        var name = BrowsedNetworks.NameOf(network);
        throw new NotThereException($"{name} diverged: not all of its weights are numbers, so that nothing can be compared with them.");
    }

    static (float[] Weights, string Said) Form(
        SiteContext site, BrowsedNetworks networks, StoredNetwork network, NetworkRecord record, bool isAligned, string? to)
    {
        if (!isAligned) return (WeightsOf(network, record), "as they are");
        var own = NumbersOf(network, record);
        var reference = to is null ? networks.Reference(network) : networks[networks.Typed(to, site.Source.Kind)];
        var other = site.Source.Open(reference);
        var (weights, name) = (NumbersOf(reference, other), BrowsedNetworks.NameOf(reference));
        return other.Recipe.Network.Equals(record.Recipe.Network)
            ? (Alignment.To(record.Layout, weights).Align(own).Weights, $"merged and aligned to {name}")
            : throw new QueryException($"{name} has another shape, so {BrowsedNetworks.NameOf(network)} can't be aligned to it.");
    }

    static bool IsAligned(string? form) => form switch
    {
        null or Raw => false,
        Aligned => true,
        _ => throw new QueryException($"Weights are shown {Raw} or {Aligned}, not '{form}'."),
    };

    static double Share(string? text) => text is null ? 0.5
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1 ? share
        : throw new QueryException($"A share of the way is a number from 0 to 1, not '{text}'.");

    static Numbers Csv(Interpolation line) => new(
        ["share", "loss_raw", "loss_aligned"],
        line.Raw.Zip(line.Aligned).Select((losses, stop) => (object?[])[Interpolation.Place(stop), losses.First, losses.Second]));

    static Numbers Csv(NetworkRecord record, float[] weights) => new(
        ["tensor", "index", "weight"],
        from tensor in record.Layout.Tensors
        from i in Enumerable.Range(0, tensor.Length)
        select (object?[])[tensor.Name, i, weights[tensor.Offset + i]]);
}
