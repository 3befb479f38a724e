using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Mlds.Cli.Frame;
using Mlds.Server;
using Mlds.Server.Project;

namespace Mlds.Cli.Projects;

/// <summary><c>mlds serve DIR</c>: runs a BOINC project's server.</summary>
static class ServeVerb
{
    static readonly Argument<string> s_folder = new("DIR") { Description = "The project's folder, made by `mlds project init`." };
    static readonly Option<string?> s_only = new("--only")
    {
        Description = $"Runs only these parts, with commas between; the parts are {string.Join(", ", ServeOptions.Parts)}.",
        HelpName = "PARTS",
    };
    static readonly Option<string> s_log =
        new("--log") { Description = "How log lines look: text or json.", DefaultValueFactory = _ => "text", HelpName = "KIND" };

    public static Command Create() =>
        new Verb(
            "serve", "Runs the server of a BOINC project until it is interrupted.", "mlds serve p",
            "mlds serve p --only validator,assimilator --log json")
        {
            s_folder, s_only, s_log,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var json = run.Get(s_log) switch
        {
            "text" => false,
            "json" => true,
            var other => throw new UsageException($"--log takes text or json, not '{other}'."),
        };
        var project = ProjectFolder.Open(run.Get(s_folder));
        var options = new ServeOptions { Only = Parts(run.Get(s_only)), Log = logging => ConfigureLog(logging, json) };
        Serve(run, project, options).GetAwaiter().GetResult();
        return ExitCode.Success;
    }

    static async Task Serve(VerbRun run, ProjectFolder project, ServeOptions options)
    {
        using var science = ProjectScience.Of(project);
        await using var server = ProjectServer.Build(project, science, options);
        await ProjectServer.Start(server, project, run.Cancellation);
        run.Error.WriteLine($"Serving '{project.Settings.Name}' at {project.Settings.MasterUrl}; Ctrl-C stops it.");
        run.PrintJson(() => new JsonObject { ["master_url"] = project.Settings.MasterUrl, ["pid"] = Environment.ProcessId });
        try
        {
            await Task.Delay(Timeout.Infinite, run.Cancellation);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop: requests under way are answered, daemons end their pass.
            await server.StopAsync(CancellationToken.None);
        }
    }

    static IReadOnlyCollection<string> Parts(string? text)
    {
        var parts = text?.Split(',').Distinct().ToList() ?? [];
        var unknown = parts.Find(part => !ServeOptions.Parts.Contains(part));
        return unknown is null
            ? parts
            : throw new UsageException($"--only takes {string.Join(", ", ServeOptions.Parts)} with commas between, not '{unknown}'.");
    }

    static void ConfigureLog(ILoggingBuilder logging, bool json)
    {
        if (json)
        {
            logging.AddJsonConsole(console => (console.UseUtcTimestamp, console.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ssZ"));
        }
        else
        {
            logging.AddConsole(console => console.FormatterName = LineFormatter.FormatterName)
                .AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        }
    }
}
