using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Server;
using Mlds.Server.Database;
using Mlds.Server.Statistics;

namespace Mlds.Cli;

/// <summary><c>mlds project status</c> and <c>mlds project hosts</c>.</summary>
static class ProjectStatusVerb
{
    internal static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static int Run(VerbRun run)
    {
        var key = ProjectVerb.Open(run).CodeSigningKey;
        var (numbers, notSent) = Read(run, (session, now) => (ProjectNumbers.Read(session, now), AppSignatures.NotSent(session, key)));
        void Line(string what, long count) => run.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-34}{count,12:N0}"));
        run.Output.WriteLine("Tasks");
        Line("ready to send", numbers.Unsent);
        Line("in progress", numbers.InProgress);
        Line("come back with success", numbers.Successes);
        Line("failed or never came back", numbers.Errors);
        run.Output.WriteLine("Work units");
        Line("waiting for validation", numbers.WaitingForValidation);
        Line("held until their host is trusted", numbers.Held);
        Line("waiting for assimilation", numbers.WaitingForAssimilation);
        Line("assimilated", numbers.Assimilated);
        Line("given up or cancelled", numbers.Failed);
        run.Output.WriteLine("Volunteers");
        Line("accounts", numbers.Accounts);
        Line("computers", numbers.Hosts);
        Line("computers with recent credit", numbers.HostsWithRecentCredit);
        Line("credit granted", (long)numbers.TotalCredit);
        if (notSent.Count > 0) run.Output.WriteLine("Not sent, since the present code-signing key didn't sign it: sign a new version and add that");
        foreach (var version in notSent) run.Output.WriteLine($"  {version}");
        run.PrintJson(() =>
        {
            var document = JsonSerializer.SerializeToNode(numbers, Json)!;
            document["not_sent"] = JsonSerializer.SerializeToNode(notSent);
            return document;
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
            run.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{host.Id,8} {standing,-12} {host.Valid,7} {host.Invalid,7} {host.Failed,7} {host.Credit,12:N1}  {host.Processor}{(host.BlockedReason.Length > 0 ? $" (was blocked: {host.BlockedReason})" : "")}"));
        }
        run.PrintJson(() => new JsonObject { ["hosts"] = JsonSerializer.SerializeToNode(hosts, Json) });
        return ExitCode.Success;
    }

    internal static T Read<T>(VerbRun run, Func<Session, long, T> read) => ProjectScience.WithDatabase(
        ProjectVerb.Open(run), (_, database) => Task.FromResult(database.Read(session => read(session, DateTimeOffset.UtcNow.ToUnixTimeSeconds()))));
}
