using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Server.Accounts;
using Mlds.Server.Daemons;

namespace Mlds.Cli.Projects;

/// <summary><c>mlds project credit grant</c> and <c>revoke</c>.</summary>
static class ProjectCreditVerb
{
    static readonly Option<string?> s_result =
        new("--result") { Description = "A result's name: its host's and account's credit change with it.", HelpName = "NAME" };
    static readonly Option<long?> s_host =
        new("--host") { Description = "A host's number: its account's credit changes with it.", HelpName = "ID" };
    static readonly Option<string?> s_account =
        new("--account") { Description = "An account's e-mail address or number.", HelpName = "WHO" };
    static readonly Option<double> s_amount = new("--amount") { Description = "Cobblestones.", Required = true, HelpName = "C" };
    static readonly Option<double?> s_less = new("--amount") { Description = "Cobblestones; if not given, all there is.", HelpName = "C" };
    static readonly Option<string> s_reason =
        new("--reason") { Description = "Why; the volunteer reads it.", Required = true, HelpName = "TEXT" };

    public static Command Create()
    {
        var credit = new Command("credit", "Gives or takes credit besides what results earn; the reason is kept.");
        credit.Add(new Verb(
            "grant", "Gives credit.", "mlds project credit grant --account ada@example.org --amount 50 --reason \"Found a mistake\" -p p")
        {
            s_result, s_host, s_account, s_amount, s_reason, ProjectVerb.Folder,
        }
            .Runs(run => Change(run, Positive(run.Get(s_amount)))));
        credit.Add(new Verb(
            "revoke", "Takes credit, at most what there is.", "mlds project credit revoke --host 17 --reason \"Broken memory\" -p p")
        {
            s_result, s_host, s_account, s_less, s_reason, ProjectVerb.Folder,
        }
            .Runs(run => Change(run, run.Get(s_less) is { } less ? -Positive(less) : null)));
        return credit;
    }

    static double Positive(double amount) =>
        amount is > 0 and <= 1e12
            ? amount
            : throw new UsageException($"--amount is above 0 and at most 1e12, not {amount.ToString(CultureInfo.InvariantCulture)}.");

    static int Change(VerbRun run, double? amount)
    {
        var (result, host, who, reason) = (run.Get(s_result), run.Get(s_host), run.Get(s_account), run.Get(s_reason)!.Trim());
        if ((result is null ? 0 : 1) + (host is null ? 0 : 1) + (who is null ? 0 : 1) != 1)
            throw new UsageException("Say whose credit: one of --result, --host and --account.");
        if (reason.Length is 0 or > 200) throw new UsageException("--reason has 1 to 200 letters.");
        var project = ProjectVerb.Open(run);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var changed = ProjectScience.WithDatabase(project, (_, database) =>
            result is not null ? CreditChange.OfResult(database, result, amount, reason, now)
            : host is { } id ? CreditChange.OfHost(database, id, amount, reason, now)
            : CreditChange.OfAccount(
                database, ProjectAccountVerb.Address(new AccountStore(database, TimeProvider.System), who!, project), amount, reason, now));
        run.Output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{(changed < 0 ? "Took" : "Gave")} {Math.Abs(changed):0.##} of credit."));
        run.PrintJson(() => new JsonObject { ["changed"] = changed });
        return ExitCode.Success;
    }
}
