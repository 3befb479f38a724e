using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mlds.Server.Accounts;
using Mlds.Server.Contract;
using Mlds.Server.Daemons;
using Mlds.Server.Database;
using Mlds.Server.Downloads;
using Mlds.Server.Http;
using Mlds.Server.Pages;
using Mlds.Server.Project;
using Mlds.Server.Scheduler;
using Mlds.Server.Statistics;
using Mlds.Server.Uploads;
using Mlds.Site;
using Mlds.Site.Frame;

namespace Mlds.Server;

/// <summary>The project's server: this file is its table of contents.</summary>
public static partial class ProjectServer
{
    /// <summary>Sets the server up; start it with <c>StartAsync</c> or <c>RunAsync</c>.</summary>
    /// <exception cref="ProjectException">The settings, keys or database can't be used.</exception>
    public static WebApplication Build(ProjectFolder project, IScience science, ServeOptions options)
    {
        KeepThreads();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = project.Path,
            ApplicationName = "mlds",
            // Otherwise every file of the project would be watched for changes of settings that nobody reads: a tenth of the server's work.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Configuration.Sources.Clear(); // project.json holds all settings
        ConfigureLogging(builder.Logging, options);
        ConfigureKestrel(builder.WebHost, project, options);
        var metrics = new ServerMetrics();
        var services = builder.Services;
        services.AddSingleton(project).AddSingleton(science).AddSingleton(options).AddSingleton(metrics);
        services.AddSingleton(options.Time).AddSingleton(project.Settings).AddSingleton<Signals>();
        services.AddSingleton(_ => ServingLock.Share(project));
        services.AddSingleton(_ => project.OpenDatabase(science.Schema));
        services.AddSingleton<SchedulerState>().AddSingleton(of => of.GetRequiredService<SchedulerState>().Versions)
            .AddSingleton(of => of.GetRequiredService<SchedulerState>().Addresses)
            .AddSingleton(of => of.GetRequiredService<SchedulerState>().Feeder);
        services.AddSingleton<SchedulerEndpoint>().AddSingleton<BadKeys>().AddSingleton<KnownKeys>();
        services.AddSingleton(_ => new BodyMemory());
        services.AddSingleton<UploadStore>().AddSingleton<UploadEndpoint>().AddSingleton<DownloadEndpoint>();
        services.AddSingleton<AccountStore>().AddSingleton<AccountEndpoints>().AddSingleton<AccountPage>().AddSingleton<StatusPages>();
        services.AddSingleton<ManagerPages>().AddSingleton<PublicRecords>();
        services.AddSingleton(of => SiteOf(project, science, of.GetRequiredService<ProjectDatabase>()));
        services.AddRazorComponents();
        services.AddRateLimiter(limits => RateLimits.Configure(limits, project.Settings, metrics));
        AddDaemons(services, options);
        var application = builder.Build();
        // What can't be used is reported now, not at the first call.
        _ = application.Services.GetRequiredService<ServingLock>();
        _ = application.Services.GetRequiredService<ProjectDatabase>();
        _ = application.Services.GetRequiredService<SchedulerState>();
        if (options.Runs("web"))
        {
            Warn(application, project);
            Map(application, project);
        }

        return application;
    }

    /// <summary>Starts it: it listens, then its daemons begin.</summary>
    /// <exception cref="ProjectException">It can't listen where the settings say; nothing was started.</exception>
    public static async Task Start(WebApplication server, ProjectFolder project, CancellationToken cancellation)
    {
        try
        {
            await server.StartAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            var places = string.Join(
                ", ", Addresses(project.Settings).Select(address => FormattableString.Invariant($"{address.Host}:{address.Port}")));
            throw new ProjectException(
                $"The server can't listen at {places}: {exception.Message.TrimEnd('.')}. "
                + "Stop what else listens there, or set \"listen\" in project.json.",
                exception);
        }
    }

    /// <summary>
    /// Daemons compute and wait on threads of the pool. With more threads calls needn't queue behind them for the second that the pool
    /// takes to grow.
    /// </summary>
    static void KeepThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + 16), ports);
    }

    /// <summary>Programs that clients wouldn't take, and that therefore aren't sent.</summary>
    static void Warn(WebApplication application, ProjectFolder project)
    {
        var database = application.Services.GetRequiredService<ProjectDatabase>();
        foreach (var version in database.Read(session => AppSignatures.NotSent(session, project.CodeSigningKey)))
            LogNotSent(application.Logger, version);
    }

    static void Map(WebApplication application, ProjectFolder project)
    {
        application.Use(PassOverBrokenOff);
        if (project.Settings.BehindProxy)
        {
            application.UseForwardedHeaders(
                new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto });
        }

        application.UsePathBase(project.Settings.Master.AbsolutePath.TrimEnd('/'));
        application.Use((context, next) =>
        {
            // Pages consist of text and the site's style; nothing is run in them.
            context.Response.Headers.ContentSecurityPolicy =
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["Referrer-Policy"] = "no-referrer"; // an address can hold an account key
            return next(context);
        });
        var services = application.Services;
        var site = services.GetRequiredService<ProjectSite>();
        application.Use(async (context, next) =>
        {
            // Pages are rendered for an address, which the oldest clients don't give whole.
            if (!context.Request.Host.HasValue) context.Request.Host = new HostString(project.Settings.Master.Authority);
            await next(context);
            if (MissingPages.IsMissing(context)) await MissingPages.Answer(site).ExecuteAsync(context);
        });
        StorageTrouble.Use(application);
        List<(string Path, SiteContext Site)> zoos =
        [
            .. site.Zoos.Select(zoo => ($"/{zoo}", SiteContext.OfZoo(
                site.Url(zoo + "/"), project.In(zoo), new SiteHost(project.Settings.Name, site.Url(""))))),
        ];
        foreach (var (path, zoo) in zoos)
        {
            application.UseWhen(
                context => context.Request.Path.StartsWithSegments(path),
                branch => branch.Use((context, next) => BrowserSite.Problems(context, next, zoo)));
        }

        application.UseRouting();
        application.UseRateLimiter();
        BrowserSite.MapFiles(application);
        foreach (var (path, zoo) in zoos) BrowserSite.Map(application.MapGroup(path), zoo).RequireRateLimiting(RateLimits.Zoo);
        services.GetRequiredService<StatusPages>().Map(application);
        services.GetRequiredService<AccountPage>().Map(application);
        services.GetRequiredService<ManagerPages>().Map(application);
        services.GetRequiredService<PublicRecords>().Map(application);
        application.MapGet("/stats/{name}", (string name) =>
            StatisticsExport.IsName(name) && project.In("stats", name) is var file && File.Exists(file)
                ? Results.File(file, "application/octet-stream")
                : Results.NotFound());
        application.MapPost("/scheduler", services.GetRequiredService<SchedulerEndpoint>().Answer);
        application.MapPost("/file_upload_handler", services.GetRequiredService<UploadEndpoint>().Answer);
        application.MapMethods("/download/{fan}/{name}", ["GET", "HEAD"], services.GetRequiredService<DownloadEndpoint>().Answer);
        services.GetRequiredService<AccountEndpoints>().Map(application);
        var access = new MetricsAccess(project.Settings);
        application.MapGet("/metrics", (HttpContext context, ServerMetrics metrics) =>
        {
            if (!access.Allows(context))
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return context.Response.WriteAsync(
                    "Metrics are for the addresses that project.json names in \"metrics\".\n", context.RequestAborted);
            }

            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return metrics.Registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
        });
    }

    /// <summary>What pages need to know; the zoos that there are when the server starts can be browsed.</summary>
    static ProjectSite SiteOf(ProjectFolder project, IScience science, ProjectDatabase database) => new(
        project.Settings,
        project.Settings.ZooPages ? [.. database.Read(science.Zoos).Where(IsPath).Distinct(StringComparer.Ordinal)] : []);

    /// <summary>Whether a folder's name can stand in an address as it is.</summary>
    static bool IsPath(string name) =>
        ProjectFolder.IsName(name) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    /// <summary>
    /// How long it may take until the end of a connection is known here after a read or a write failed: seconds on a busy machine. A caller
    /// who is still there waits that long for an answer that only says that the server failed.
    /// </summary>
    static readonly TimeSpan s_goodBye = TimeSpan.FromSeconds(15);

    /// <summary>A caller that goes away in the middle of its request, or of the answer, is nobody's failure.</summary>
    static async Task PassOverBrokenOff(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            if (exception is not (ConnectionResetException or ConnectionAbortedException) && !await HasGone(context)) throw;
            context.Abort();
        }
    }

    static async Task<bool> HasGone(HttpContext context)
    {
        try
        {
            await Task.Delay(s_goodBye, context.RequestAborted);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    static void AddDaemons(IServiceCollection services, ServeOptions options)
    {
        if (options.Runs("generator")) services.AddSingleton<Daemon, WorkGenerator>();
        if (options.Runs("transitioner")) services.AddSingleton<Daemon, Transitioner>();
        if (options.Runs("validator")) services.AddSingleton<Daemon, Validator>();
        if (options.Runs("assimilator")) services.AddSingleton<Daemon, Assimilator>();
        if (options.Runs("trainer")) services.AddSingleton<Daemon, Trainer>();
        if (options.Runs("deleter")) services.AddSingleton<Daemon, FileDeleter>().AddSingleton<Daemon, Forgetter>();
        if (options.Runs("statistics")) services.AddSingleton<Daemon, StatisticsExporter>();
        services.AddHostedService<DaemonsAfterWeb>();
    }

    /// <summary>
    /// The framework's own log lines contain whole URLs, which can hold addresses and passwords, so none of them is written. Nor is the
    /// host's line about a failed start, which is reported to the caller anyway.
    /// </summary>
    static void ConfigureLogging(ILoggingBuilder logging, ServeOptions options)
    {
        logging.ClearProviders();
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.AspNetCore", LogLevel.Error)
            .AddFilter("System", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
        if (options.Log is { } log) log(logging);
    }

    static void ConfigureKestrel(IWebHostBuilder host, ProjectFolder project, ServeOptions options)
    {
        var settings = project.Settings;
        host.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestBufferSize = 64 * 1024; // what comes before anybody reads it
            kestrel.Limits.MaxConcurrentConnections = settings.MaxConnections;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(10));
            if (!options.Runs("web"))
            {
                kestrel.Listen(IPAddress.Loopback, 0); // a process without endpoints has to listen somewhere too
                return;
            }

            var addresses = Addresses(settings);
            var log = kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("mlds");
            var certificate = addresses.Exists(address => address.Scheme == "https") ? new Certificate(project, options.Time, log) : null;
            var connections = settings.BehindProxy ? null : new AddressConnections(settings.MaxConnectionsPerAddress);
            foreach (var address in addresses) Listen(kestrel, address, certificate, connections);
        });
    }

    /// <summary>Where the server listens.</summary>
    static List<Uri> Addresses(ProjectSettings settings) =>
        [.. (settings.Listen.Count > 0 ? settings.Listen : [settings.MasterUrl]).Select(address => new Uri(address))];

    static void Listen(KestrelServerOptions kestrel, Uri address, Certificate? certificate, AddressConnections? connections)
    {
        void Configure(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1;
            if (connections is not null) listen.Use(connections.Limit);
            if (address.Scheme == "https")
            {
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => new(new SslServerAuthenticationOptions { ServerCertificateContext = certificate!.Served }),
                });
            }
        }

        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) kestrel.Listen(ip, address.Port, Configure);
        else kestrel.ListenAnyIP(address.Port, Configure);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Version} isn't sent: its signature isn't the present code-signing key's. "
        + "Sign a new version with it and add that (docs/operate.md)")]
    static partial void LogNotSent(ILogger log, string version);
}
