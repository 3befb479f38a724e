using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Boinc.Tags;
using Mlds.Cli.Frame;
using Mlds.Server.Daemons;
using Mlds.Server.Database;
using Mlds.Server.Project;
using Mlds.Server.Statistics;

namespace Mlds.Cli.Projects;

/// <summary><c>mlds project status</c> and <c>mlds project hosts</c>.</summary>
static class ProjectStatusVerb
{
    internal static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static int Run(VerbRun run)
    {
        var project = ProjectVerb.Open(run);
        var (numbers, notSent, here, waiting) =
            ProjectScience.WithDatabase(project, (science, database) => Task.FromResult(database.Read(session =>
            {
                var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
                return (
                    ProjectNumbers.Read(session, now), AppSignatures.NotSent(session, project.CodeSigningKey),
                    ServerTraining.On(session, UnixTime.Day(now)), science.WaitingForServer(session));
            })));
        var budget = ServerTraining.Budget(project.Settings);
        void Line(string what, long count) =>
            run.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-34}{count,12:N0}"));
        run.Output.WriteLine("Tasks");
        Line("ready to send", numbers.Unsent);
        Line("in progress", numbers.InProgress);
        Line("come back with success", numbers.Successes);
        Line("failed or never came back", numbers.Errors);
        run.Output.WriteLine("Work units");
        Line("waiting for validation", numbers.WaitingForValidation);
        Line("held until their host is trusted", numbers.Held);
        Line("waiting for assimilation", numbers.WaitingForAssimilation);
        if (numbers.FailingAssimilation > 0) Line("of these, failed and tried again", numbers.FailingAssimilation);
        Line("assimilated", numbers.Assimilated);
        Line("given up or cancelled", numbers.Failed);
        if (numbers.FilesLost > 0) Line("results lost on this server", numbers.FilesLost);
        run.Output.WriteLine("Volunteers");
        Line("accounts", numbers.Accounts);
        Line("computers", numbers.Hosts);
        Line("computers with recent credit", numbers.HostsWithRecentCredit);
        Line("credit granted", (long)numbers.TotalCredit);
        run.Output.WriteLine("The server's own work, seconds of one core today");
        Line("checks of results", (long)here.Checked);
        Line("networks no volunteer could return", (long)here.Trained);
        Line("  of server_training", (long)budget);
        Line("  networks ended", here.Networks);
        Line("  networks that wait", waiting);
        if (notSent.Count > 0)
            run.Output.WriteLine("Not sent, since the present code-signing key didn't sign it: sign a new version and add that");
        foreach (var version in notSent) run.Output.WriteLine($"  {version}");
        run.PrintJson(() =>
        {
            var json = JsonSerializer.SerializeToNode(numbers, Json)!;
            json["not_sent"] = JsonSerializer.SerializeToNode(notSent);
            json["server"] = new JsonObject
            {
                ["checked_seconds_today"] = here.Checked,
                ["trained_seconds_today"] = here.Trained,
                ["training_seconds_a_day"] = budget,
                ["networks_trained_today"] = here.Networks,
                ["networks_waiting"] = waiting,
            };
            return json;
        });
        return ExitCode.Success;
    }

    public static int Hosts(VerbRun run, int count)
    {
        var hosts = Read(run, (session, now) => HostLine.Last(session, count, now));
        run.Output.WriteLine($"{"host",8} {"standing",-12} {"valid",7} {"invalid",7} {"failed",7} {"credit",12}  processor");
        foreach (var host in hosts)
        {
            var standing = host.Blocked ? "blocked" : host.Standing.ToString().ToLowerInvariant();
            run.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{host.Id,8} {standing,-12} {host.Valid,7} {host.Invalid,7} {host.Failed,7} {host.Credit,12:N1}  "
                + $"{PlainText.Line(host.Processor)}{(host.BlockedReason.Length > 0 ? $" (was blocked: {host.BlockedReason})" : "")}"));
        }

        run.PrintJson(() => new JsonObject { ["hosts"] = JsonSerializer.SerializeToNode(hosts, Json) });
        return ExitCode.Success;
    }

    internal static T Read<T>(VerbRun run, Func<Session, long, T> read) => ProjectScience.WithDatabase(
        ProjectVerb.Open(run),
        (_, database) => Task.FromResult(database.Read(session => read(session, DateTimeOffset.UtcNow.ToUnixTimeSeconds()))));
}
