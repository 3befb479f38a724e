using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Boinc.Tags;
using Mlds.Cli.Frame;
using Mlds.Server.Statistics;

namespace Mlds.Cli.Projects;

/// <summary><c>mlds project errors</c>: what fails, by program and by host.</summary>
static class ProjectErrorsVerb
{
    static readonly Option<long?> s_host = new("--host") { Description = "Only this host's.", HelpName = "ID" };
    static readonly Option<int> s_days = new("--days") { Description = "How far back.", DefaultValueFactory = _ => 7, HelpName = "N" };
    static readonly Option<int> s_last =
        new("--last") { Description = "How many kinds of failure to show, the newest.", DefaultValueFactory = _ => 20, HelpName = "N" };

    public static Verb Create() => new Verb(
        "errors", "Shows what failed: by version of the program, and by host with the newest message.",
        "mlds project errors -p p", "mlds project errors --host 17 -p p")
        { s_host, s_days, s_last, ProjectVerb.Folder }.Runs(Run);

    static int Run(VerbRun run)
    {
        var days = Limits.Check("--days", run.Get(s_days), 1, 36_500);
        var most = Limits.Check("--last", run.Get(s_last), 1, 100_000);
        var (programs, failures) = ProjectStatusVerb.Read(run, (session, now) =>
        {
            var since = now - (days * 86400L);
            return (ProgramLine.Read(session, since), FailureLine.Read(session, since, run.Get(s_host), most));
        });
        run.Output.WriteLine($"{"valid",8} {"waiting",8} {"invalid",8} {"failed",8} {"hosts",6}  program");
        foreach (var line in programs)
        {
            run.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{line.Valid,8} {line.Waiting,8} {line.Invalid,8} {line.Failed,8} {line.Hosts,6}  {line.Program}"));
        }

        foreach (var failure in failures)
        {
            run.Output.WriteLine();
            run.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"host {failure.Host}, {failure.Program}: {failure.Outcome}, exit status {failure.ExitStatus}, "
                + $"{failure.Count} times, last {DateTimeOffset.FromUnixTimeSeconds(failure.Last):yyyy-MM-dd HH:mm} ({failure.Result})"));
            foreach (var line in Tail(failure.Text)) run.Output.WriteLine($"  {line}");
        }

        if (failures.Count == 0) run.Output.WriteLine($"Nothing failed in {days} days.");
        run.PrintJson(() => new JsonObject
        {
            ["programs"] = JsonSerializer.SerializeToNode(programs, ProjectStatusVerb.Json),
            ["failures"] = JsonSerializer.SerializeToNode(failures, ProjectStatusVerb.Json),
        });
        return ExitCode.Success;
    }

    /// <summary>The last lines, without what a terminal would obey.</summary>
    static IEnumerable<string> Tail(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeLast(3)
            .Select(line => PlainText.Line(line[..Math.Min(line.Length, 200)]));
}
