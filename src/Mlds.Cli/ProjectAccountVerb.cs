using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Server;
using Mlds.Server.Accounts;
using Mlds.Server.Database;

namespace Mlds.Cli;

/// <summary><c>mlds project account …</c>: what an operator does for a volunteer who asks.</summary>
static class ProjectAccountVerb
{
    /// <summary>Letters that can't be taken for each other, when a password is read out on the telephone.</summary>
    const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    static readonly Argument<string> s_who = new("WHO") { Description = "The account's e-mail address or number." };
    static readonly Option<string> s_out = new("--out") { Description = "The file to write; must not exist yet.", Required = true, HelpName = "FILE" };
    static readonly Option<bool> s_yes = new("--yes") { Description = "Really." };

    public static Command Create()
    {
        var account = new Command("account", "Volunteers' accounts: a lost password, a copy of what is stored, deletion.");
        account.Add(new Verb("reset", "Gives an account a new password and a new key, for a volunteer who lost both.", "mlds project account reset ada@example.org -p p") { s_who, ProjectVerb.Folder }.Runs(Reset));
        account.Add(new Verb("export", "Writes all that is stored of a volunteer as JSON.", "mlds project account export ada@example.org --out ada.json -p p") { s_who, s_out, ProjectVerb.Folder }.Runs(Export));
        account.Add(new Verb("delete", "Takes a person out of the project; results and credit stay and are nobody's.", "mlds project account delete ada@example.org --yes -p p") { s_who, s_yes, ProjectVerb.Folder }.Runs(Delete));
        return account;
    }

    static int Reset(VerbRun run) => With(run, async (_, accounts, email) =>
    {
        var password = RandomNumberGenerator.GetString(Letters, 16);
        var key = await accounts.ResetKey(email, password);
        run.Output.WriteLine($"New password: {password}");
        run.Output.WriteLine($"New account key: {key}");
        run.Output.WriteLine("Give them to nobody else. The old ones are void: computers that have the old key need the project removed and added.");
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
        return With(run, async (_, accounts, email) =>
        {
            await accounts.Delete(email);
            run.Output.WriteLine("Deleted. Its computers' next calls are refused; its results and credit stay and are nobody's.");
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
        accounts.Address(who) ?? throw new FailureException($"There is no account '{who}' in '{project.Path}'; give its e-mail address or its number.");
}
