using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mlds.Analysis.Views;
using Mlds.Reports.Figures;
using Mlds.Site.Browsing;
using Mlds.Site.Figures;
using Mlds.Site.Frame;
using Mlds.Site.Maps;
using Mlds.Site.Pages;

namespace Mlds.Site;

/// <summary>The weight-space map and what its script asks for.</summary>
static class MapRoutes
{
    internal static void Map(IEndpointRouteBuilder application, SiteContext site)
    {
        application.MapGet("/map", (HttpRequest request) =>
        {
            var (networks, views, query) = Asked(site, request);
            return BrowserSite.Page<MapPage>(
                new { Site = site, Networks = networks, Views = views, Query = query, Plane = PlaneOf(site, networks, query) });
        });
        application.MapGet("/map/points", (HttpRequest request) => Of(site, request, (_, _, plane) =>
            Results.Bytes(MapColours.Points(plane), "application/octet-stream")));
        application.MapGet("/map/points.csv", (HttpRequest request) => Of(site, request, (networks, _, plane) =>
            Downloads.Csv(Csv(networks, plane))));
        application.MapGet("/map/colours", (HttpRequest request) => Of(site, request, (networks, query, plane) =>
            Results.Bytes(MapColours.Of(networks, query.By, plane), "application/octet-stream")));
        application.MapGet("/map/plane.{kind}", (HttpRequest request, string kind) => Of(site, request, (networks, query, plane) =>
            Downloads.Of(kind, PlaneFigure.Of(networks, query, plane), () => Csv(networks, plane))));
        application.MapGet("/map/table", (HttpRequest request) => Of(site, request, (networks, query, plane) =>
            BrowserSite.Page<SelectedNetworks>(new { Site = site, Networks = networks, Query = query, Plane = plane })));
        application.MapGet("/map/tip", (string? row) => Results.Text(
            Tip(site.Opened.Networks, Row(site, row)).ToJsonString(), "application/json", Encoding.UTF8));
        application.MapGet("/map/open", (string? row) =>
            Results.Redirect(site.Network(site.Opened.Networks[Row(site, row)].RecipeId)));
    }

    static (BrowsedNetworks Networks, IReadOnlyList<View> Views, MapQuery Query) Asked(SiteContext site, HttpRequest request)
    {
        var networks = site.Opened.Networks;
        if (networks.Count < 3) throw new NotThereException("A map needs at least three networks that were trained to their end.");
        var views = ViewMaps.ViewsOf(site.Spec(networks));
        return (networks, views, MapQuery.Parse(request.Query, networks, views));
    }

    static ViewPlane? PlaneOf(SiteContext site, BrowsedNetworks networks, MapQuery query) =>
        site.Maps.Plane(networks, query.View, query.Method);

    static IResult Of(SiteContext site, HttpRequest request, Func<BrowsedNetworks, MapQuery, ViewPlane, IResult> answer)
    {
        var (networks, _, query) = Asked(site, request);
        return PlaneOf(site, networks, query) is { } plane
            ? answer(networks, query, plane)
            : Results.Text("The map is being computed.\n", "text/plain", Encoding.UTF8, StatusCodes.Status503ServiceUnavailable);
    }

    static int Row(SiteContext site, string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var row) && row < site.Opened.Networks.Count
            ? row
            : throw new NotThereException($"There is no network in row '{text}'.");

    static JsonObject Tip(BrowsedNetworks networks, int row)
    {
        var network = networks[row];
        IEnumerable<string> lines = networks.Columns.Where(column => column.IsUsual && column.Name is not ("machine" or "seed"))
            .Select(column => (column.Title, Value: NetworksTable.Value(column, row))).Where(one => one.Value.Length > 0)
            .Select(one => $"{one.Title} {one.Value}");
        return new JsonObject
        {
            ["title"] = BrowsedNetworks.NameOf(network),
            ["lines"] = new JsonArray([.. lines.Take(8).Select(line => (JsonNode)line)]),
        };
    }

    static Numbers Csv(BrowsedNetworks networks, ViewPlane plane) => new(
        ["recipe_id", "machine", "seed", "x", "y"],
        plane.Rows.Select((row, i) => (object?[])
        [
            networks[row].RecipeId, networks[row].Machine, networks[row].Seed, plane.Coordinates[2 * i], plane.Coordinates[(2 * i) + 1],
        ]));
}
