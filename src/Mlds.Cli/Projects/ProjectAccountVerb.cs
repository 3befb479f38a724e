using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Cli.Projects;

/// <summary><c>mlds project account …</c>: what an operator does for a volunteer who asks.</summary>
static class ProjectAccountVerb
{
    /// <summary>Letters that can't be mistaken for each other when a password is read out on the telephone.</summary>
    const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    static readonly Argument<string> s_who = new("WHO") { Description = "The account's e-mail address or number." };
    static readonly Option<string> s_out =
        new("--out") { Description = "The file to write; must not exist yet.", Required = true, HelpName = "FILE" };
    static readonly Option<int> s_days = new("--days") { Description = "How long.", DefaultValueFactory = _ => 365, HelpName = "N" };
    static readonly Option<string> s_reason =
        new("--reason") { Description = "Why; the volunteer reads it.", Required = true, HelpName = "TEXT" };
    static readonly Option<bool> s_yes = new("--yes") { Description = "Really." };

    public static Command Create()
    {
        var account = new Command("account", "Volunteers' accounts: a lost password, a copy of what is stored, deletion, keeping one out.");
        account.Add(new Verb(
            "reset", "Gives an account a new password and a new key, for a volunteer who lost both.",
            "mlds project account reset ada@example.org -p p")
        {
            s_who,
            ProjectVerb.Folder,
        }.Runs(Reset));
        account.Add(new Verb(
            "export", "Writes all that is stored about a volunteer, as JSON.",
            "mlds project account export ada@example.org --out ada.json -p p")
        {
            s_who,
            s_out,
            ProjectVerb.Folder,
        }.Runs(Export));
        account.Add(new Verb(
            "delete", "Deletes an account; its results and credit stay, but belong to nobody.",
            "mlds project account delete ada@example.org --yes -p p")
        {
            s_who,
            s_yes,
            ProjectVerb.Folder,
        }.Runs(Delete));
        account.Add(new Verb(
            "block", "Gives an account no work for a time; its tasks go to others, and all that it has finished is trained again.",
            "mlds project account block ada@example.org --days 30 --reason \"False results\" -p p")
        {
            s_who, s_days, s_reason, ProjectVerb.Folder,
        }.Runs(Block));
        account.Add(new Verb(
            "unblock", "Lets an account have work again, and no longer treats it as suspect.",
            "mlds project account unblock ada@example.org -p p")
        {
            s_who,
            ProjectVerb.Folder,
        }.Runs(Unblock));
        return account;
    }

    static int Block(VerbRun run)
    {
        var (now, reason) = (DateTimeOffset.UtcNow.ToUnixTimeSeconds(), run.Get(s_reason)!.Trim());
        var until = now + (Limits.Check("--days", run.Get(s_days), 1, 36_500) * 86400L);
        if (reason.Length is 0 or > 200) throw new UsageException("--reason has 1 to 200 letters: the volunteer reads it.");
        return With(run, async (database, _, email) =>
        {
            var released = await AccountBlocking.Block(database, email, until, reason, now);
            run.Output.WriteLine(
                $"The account gets no work until {DateTimeOffset.FromUnixTimeSeconds(until):yyyy-MM-dd HH:mm} UTC; "
                + $"{released} of its tasks go to others.");
            run.PrintJson(() => new JsonObject { ["blocked_until"] = until, ["tasks_released"] = released });
        });
    }

    static int Unblock(VerbRun run) => With(run, async (database, _, email) =>
    {
        await AccountBlocking.Unblock(database, email);
        run.Output.WriteLine("The account may have work.");
        run.PrintJson(() => new JsonObject { ["blocked_until"] = 0 });
    });

    static int Reset(VerbRun run) => With(run, async (_, accounts, email) =>
    {
        var password = RandomNumberGenerator.GetString(Letters, 16);
        var key = await accounts.ResetKey(email, password);
        run.Output.WriteLine($"New password: {password}");
        run.Output.WriteLine($"New account key: {key}");
        run.Output.WriteLine(
            "Give them to nobody else. The old ones are void: computers that have the old key need the project removed and added.");
        run.PrintJson(() => new JsonObject { ["password"] = password, ["account_key"] = key });
    });

    static int Export(VerbRun run)
    {
        var file = run.Get(s_out)!;
        if (File.Exists(file)) throw new FailureException($"'{file}' exists already; give another --out, or delete it.");
        return With(run, (database, _, email) =>
        {
            OwnerOnly.WriteNew(file, database.Read(session => AccountExport.Of(session, email)) + "\n");
            run.Output.WriteLine($"Wrote '{file}'.");
            run.PrintJson(() => new JsonObject { ["file"] = Path.GetFullPath(file) });
            return Task.CompletedTask;
        });
    }

    static int Delete(VerbRun run)
    {
        if (!run.Get(s_yes)) throw new UsageException("A deleted account can't be brought back; add --yes to delete it.");
        var settings = ProjectVerb.Open(run).Settings;
        return With(run, async (_, accounts, email) =>
        {
            await accounts.Delete(email, settings);
            run.Output.WriteLine("Deleted. Its computers' next calls are refused; its results and credit stay, but belong to nobody.");
            run.PrintJson(() => new JsonObject { ["deleted"] = true });
        });
    }

    static int With(VerbRun run, Func<ProjectDatabase, AccountStore, string, Task> work)
    {
        var project = ProjectVerb.Open(run);
        return ProjectScience.WithDatabase(project, async (_, database) =>
        {
            var accounts = new AccountStore(database, TimeProvider.System);
            await work(database, accounts, Address(accounts, run.Get(s_who), project));
            return ExitCode.Success;
        });
    }

    /// <summary>The e-mail address of the account that an operator means.</summary>
    internal static string Address(AccountStore accounts, string who, ProjectFolder project) =>
        accounts.Address(who)
        ?? throw new FailureException($"There is no account '{who}' in '{project.Path}'; give its e-mail address or its number.");
}
