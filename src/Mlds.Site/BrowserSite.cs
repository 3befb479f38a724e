using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Mlds.Site.Browsing;
using Mlds.Site.Columns;
using Mlds.Site.Frame;
using Mlds.Site.Maps;
using Mlds.Site.Pages;
using Mlds.Zoos;

namespace Mlds.Site;

/// <summary>The pages of a zoo or a release: this file is their table of contents.</summary>
public static class BrowserSite
{
    /// <summary>
    /// A web server of one zoo or release on this machine alone, at the loopback address; start it with <c>StartAsync</c>. Its addresses
    /// are then in <see cref="WebApplication.Urls"/>.
    /// </summary>
    /// <param name="folder">Of the zoo or the release.</param>
    /// <param name="port">0 for any that is free.</param>
    /// <param name="data">A folder with the files of images, looked in before all others; null where none is named.</param>
    /// <exception cref="ZooException">It is neither; or a zoo that can't be opened.</exception>
    /// <exception cref="InvalidDataException">A release that can't be opened.</exception>
    public static WebApplication Build(string folder, int port, string? data = null)
    {
        var opened = new OpenedSource(NetworkSource.Of(folder, data));
        _ = opened.Networks; // what can't be read is said now
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(BrowserSite).Assembly.GetName().Name,
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        builder.Services.AddRazorComponents();
        var application = builder.Build();

        // Only this machine's own names: a page of another site can't have its name lead here.
        application.Use((context, next) =>
        {
            if (context.Request.Host.Host is "127.0.0.1" or "localhost" or "[::1]") return next(context);
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return context.Response.WriteAsync("This server answers to 127.0.0.1 and localhost only.\n");
        });
        var site = new SiteContext("/", opened);
        application.Use((context, next) => Problems(context, next, site));
        application.UseRouting();
        _ = Map(application, site);
        return application;
    }

    /// <summary>
    /// Adds the site to a web server, at the path that <paramref name="routes"/> begin with; <see cref="Problems"/> has to stand before
    /// them.
    /// </summary>
    /// <returns>The pages and files that take computing, for whatever limits the server has.</returns>
    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, SiteContext site)
    {
        MapFiles(routes);
        routes.MapFallback((RequestDelegate)(context => throw new NotThereException($"There is no page '{context.Request.Path}'.")));
        var application = routes.MapGroup("");
        if (site.IsPublic)
        {
            application.AddEndpointFilter((call, next) =>
                site.Source.IsThere ? next(call) : ValueTask.FromResult<object?>(NothingYet(site, call)));
        }

        application.MapGet("/", () => Page<HomePage>(new { Site = site, site.Opened.Networks }));
        application.MapGet("/networks", (HttpRequest request) =>
        {
            var networks = site.Opened.Networks;
            var query = NetworkQuery.Parse(request.Query, networks);
            return Page<NetworksPage>(new { Site = site, Networks = networks, Query = query, Rows = query.Rows(networks) });
        });
        application.MapGet("/networks.csv", (HttpRequest request) =>
        {
            var networks = site.Opened.Networks;
            var query = NetworkQuery.Parse(request.Query, networks);
            return Downloads.Csv(NetworksCsv.Of(networks, query.Rows(networks)));
        });
        application.MapGet("/find", (string? network) => Results.Redirect(Found(site, network ?? "")));
        application.MapGet("/networks/{id}", (string id, string? view, string? copies) => Of(site, id, (networks, network, record) =>
        {
            var views = ViewMaps.ViewsOf(record.Recipe.Network);
            var chosen = string.IsNullOrEmpty(view) ? null : MapQuery.ViewOf(view, views);
            var areSought = AreCopiesSought(copies);
            return Page<NetworkPage>(new
            {
                Site = site,
                Networks = networks,
                Network = network,
                Record = record,
                Views = views,
                View = chosen,
                Near = chosen is null ? null : site.Maps.NeighboursBy(networks, chosen),
                AreCopiesSought = areSought,
                Copies = areSought ? site.Maps.Copies(networks) : null,
            });
        }));
        application.MapGet("/networks/{id}/recipe.json", (string id) => Of(site, id, (_, _, record) =>
            Results.Text(record.RecipeJson, "application/json", Encoding.UTF8)));
        application.MapGet("/networks/{id}/twins.{kind}", (string id, string kind) => Of(site, id, (networks, network, record) =>
            Downloads.TwinLosses(site, networks, network, record, kind)));
        application.MapGet("/networks/{id}/losses.{kind}", (string id, string kind) => Of(site, id, (_, network, record) =>
            Downloads.Losses(network, record, kind)));
        var computing = application.MapGroup("");
        if (site.IsPublic) computing.AddEndpointFilter(site.InTurn);
        MapRoutes.Map(computing, site);
        CompareRoutes.Map(computing, site);
        TryRoutes.Map(computing, site);
        return computing;
    }

    static bool AreCopiesSought(string? copies) => copies switch
    {
        null or "" => false,
        "symmetry" => true,
        _ => throw new QueryException($"Copies are sought up to a symmetry, copies=symmetry, not by '{copies}'."),
    };

    static RazorComponentResult<ProblemPage> NothingYet(SiteContext site, EndpointFilterInvocationContext call) => new(new
    {
        Site = site,
        Title = "No networks yet",
        Sentence = "The zoo isn't there yet. It begins with the first work, and its networks are shown here as they come in.",
    })
    {
        StatusCode = IsHome(site, call.HttpContext.Request) ? StatusCodes.Status200OK : StatusCodes.Status404NotFound,
    };

    static bool IsHome(SiteContext site, HttpRequest request) =>
        string.Equals($"{request.PathBase}{request.Path}".TrimEnd('/') + "/", site.Base, StringComparison.OrdinalIgnoreCase);

    /// <summary>Adds the styles, scripts and pictures of <see cref="SiteFiles"/>, which other pages of a server can use too.</summary>
    public static void MapFiles(IEndpointRouteBuilder routes) =>
        routes.MapGet("/assets/{name}", (HttpContext context, string name) =>
        {
            if (SiteFiles.Find(name) is not { } file) return Results.NotFound();

            // Modules ask for each other without the hash, and look again each time.
            var isNamedByHash = context.Request.QueryString.Value == "?" + file.Hash;
            context.Response.Headers.CacheControl = isNamedByHash ? "public, max-age=31536000, immutable" : "no-cache";
            return Results.Bytes(file.Content, file.Type, entityTag: new EntityTagHeaderValue($"\"{file.Hash}\""));
        });

    internal static RazorComponentResult<TPage> Page<TPage>(object parameters)
        where TPage : Microsoft.AspNetCore.Components.IComponent => new(parameters);

    /// <summary>A page of the network with that recipe id.</summary>
    internal static IResult Of(
        SiteContext site, string id, Func<BrowsedNetworks, StoredNetwork, NetworkRecord, IResult> page)
    {
        var networks = site.Opened.Networks;
        var row = networks.RowOf(id.ToLowerInvariant()) ?? throw new NotThereException(
            $"The {site.Source.Kind} has no network with the recipe id '{id}'. "
            + "It was never trained to its end, or is in another zoo or release.");
        return page(networks, networks[row], site.Source.Open(networks[row]));
    }

    /// <summary>The address of the network that somebody typed, or of those that may be meant.</summary>
    static string Found(SiteContext site, string typed)
    {
        var networks = site.Opened.Networks;
        return networks.IsAmbiguous(typed)
            ? site.Url("networks?recipe_id=" + typed.Trim())
            : site.Network(networks[networks.Typed(typed, site.Source.Kind)].RecipeId);
    }

    /// <summary>Pages take nothing from other hosts, run no script but ours, and are in nobody's frame.</summary>
    static void Guard(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "same-origin";
    }

    /// <summary>What goes wrong becomes a page that says what is the matter, with the status that it has.</summary>
    public static async Task Problems(HttpContext context, RequestDelegate next, SiteContext site)
    {
        Guard(context.Response);
        try
        {
            await next(context);
        }
        catch (Exception problem) when (!context.Response.HasStarted && problem is QueryException or NotThereException or ZooException
            or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            var (status, title) = problem switch
            {
                QueryException => (StatusCodes.Status400BadRequest, "That can't be asked"),
                NotThereException => (StatusCodes.Status404NotFound, "Not there"),
                _ => (StatusCodes.Status500InternalServerError, $"The {site.Source.Kind} can't be read"),
            };
            context.Response.Clear();
            Guard(context.Response);
            context.Response.StatusCode = status;
            await Page<ProblemPage>(new { Site = site, Title = title, Sentence = Said(problem, site) }).ExecuteAsync(context);
        }
    }

    /// <summary>What is wrong with files names them, which is no stranger's business.</summary>
    static string Said(Exception problem, SiteContext site) => site.IsPublic && problem is not (QueryException or NotThereException)
        ? "Something that it needs isn't there, or isn't as it should be. Please try again later."
        : problem.Message;
}
