using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Boinc.Signing;
using Mlds.Cli.Frame;
using Mlds.Server.Database;
using Mlds.Server.Operating;
using Mlds.Server.Project;
using Mlds.Server.Science;

namespace Mlds.Cli.Projects;

/// <summary><c>mlds project …</c>: makes and looks after a BOINC project.</summary>
static class ProjectVerb
{
    internal static readonly Option<string> Folder =
        new("-p") { Description = "The project's folder.", DefaultValueFactory = _ => ".", HelpName = "DIR" };

    static readonly Argument<string> s_new = new("DIR") { Description = "The folder to make." };
    static readonly Option<string?> s_url = new("--url")
    {
        Description = "The address that volunteers attach to, for ever; when not given, one on this machine for trials.",
        HelpName = "URL",
    };
    static readonly Option<string?> s_name = new("--name") { Description = "The name that volunteers see.", HelpName = "TEXT" };
    static readonly Option<string?> s_database = new("--database")
    {
        Description = "A PostgreSQL connection string; when not given, a SQLite file in the folder.",
        HelpName = "TEXT",
    };
    static readonly Argument<string> s_program =
        new("FOLDER") { Description = "A folder APP/VERSION/PLATFORM[__PLAN]/ of files, or an app's with all its versions." };
    static readonly Argument<string[]> s_what =
        new("FOLDER") { Description = "What to sign: a folder APP/VERSION/PLATFORM[__PLAN]/.", Arity = ArgumentArity.ZeroOrMore };
    static readonly Option<string> s_key =
        new("--key") { Description = "The code-signing key's file.", Required = true, HelpName = "FILE" };
    static readonly Option<string?> s_newKey = new("--new-key")
    {
        Description = "Makes a new key in this folder, and the old key's signature of it, for `mlds project key`.",
        HelpName = "DIR",
    };
    static readonly Argument<string> s_nextKey =
        new("DIR") { Description = "The folder that `mlds project sign --new-key` made; only its public files are read." };
    static readonly Argument<string> s_target = new("WHAT") { Description = "A work unit's name, or `batch N`, with quotes." };
    static readonly Argument<long> s_host = new("ID") { Description = "The host's number, as `mlds project hosts` shows it." };
    static readonly Argument<long> s_from = new("FROM") { Description = "The number of the host that the machine was before." };
    static readonly Argument<long> s_into = new("INTO") { Description = "The number of the host that it is now." };
    static readonly Option<int> s_days = new("--days") { Description = "How long.", DefaultValueFactory = _ => 365, HelpName = "N" };
    static readonly Option<string> s_reason = new("--reason")
    {
        Description = "Why, for whoever looks at the host later.",
        DefaultValueFactory = _ => "blocked by the project",
        HelpName = "TEXT",
    };
    static readonly Argument<string> s_to =
        new("DATABASE") { Description = "A PostgreSQL connection string with a Host=, or a file's name in the project's folder." };
    static readonly Argument<string> s_copy = new("TO") { Description = "The folder of the copy; must not exist yet." };
    static readonly Argument<string> s_looked = new("DIR")
    {
        Description = "The project's folder, or a copy's; -p when not given.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    static readonly Argument<string> s_onOff = new("on|off") { Description = "on begins a break, off ends it." };
    static readonly Option<string> s_message = new("--message")
    {
        Description = "What volunteers read in the meantime.",
        DefaultValueFactory = _ => "Project is temporarily shut down for maintenance",
        HelpName = "TEXT",
    };
    static readonly Option<int> s_last =
        new("--last") { Description = "How many hosts to show, those that called last.", DefaultValueFactory = _ => 50, HelpName = "N" };

    public static Command Create()
    {
        var project = new Command("project", "Makes and looks after a BOINC project.");
        project.Add(new Verb(
            "init", "Makes a project: keys, settings, database.", "mlds project init p",
            "mlds project init p --url https://weights.example.org/mlds/ --name \"Weights\"")
        {
            s_new, s_url, s_name, s_database,
        }.Runs(Init));
        project.Add(App());
        project.Add(new Verb(
            "sign", "Signs programs with the code-signing key; needs no project, so it works where the key is kept.",
            "mlds project sign apps/mlds/1.00 --key code_sign_private")
        {
            s_what,
            s_key,
            s_newKey,
        }.Runs(Sign));
        project.Add(new Verb(
            "key", "Gives the project a new code-signing key, which clients take because the old one signed it.",
            "mlds project key next-key -p p")
        {
            s_nextKey,
            Folder,
        }.Runs(Key));
        project.Add(ProjectWorkVerb.Create());
        project.Add(new Verb("status", "Shows what is being computed, what waits and what failed.", "mlds project status -p p") { Folder }
            .Runs(ProjectStatusVerb.Run));
        project.Add(
            new Verb("hosts", "Shows the volunteers' computers, their results and standing.", "mlds project hosts -p p") { s_last, Folder }
                .Runs(run => ProjectStatusVerb.Hosts(run, Limits.Check("--last", run.Get(s_last), 1, 100_000))));
        project.Add(new Verb(
            "cancel", "Cancels a work unit or a batch: what is unsent stays here, what is running is stopped at the next call.",
            "mlds project cancel unit_17 -p p", "mlds project cancel \"batch 3\" -p p")
        {
            s_target,
            Folder,
        }.Runs(Cancel));
        project.Add(new Verb(
            "revalidate", "Has results judged again, as after a mistake in the check; verdicts and their credit are taken back first.",
            "mlds project revalidate unit_17 -p p", "mlds project revalidate \"batch 3\" -p p")
        {
            s_target,
            Folder,
        }.Runs(Revalidate));
        project.Add(ProjectRecheckVerb.Create());
        project.Add(Host());
        project.Add(ProjectErrorsVerb.Create());
        project.Add(ProjectCreditVerb.Create());
        project.Add(ProjectAccountVerb.Create());
        project.Add(new Verb(
            "move-database",
            "Copies the database to PostgreSQL (or back to a SQLite file) and uses it from then on; the server has to be stopped.",
            "mlds project move-database \"Host=/run/postgresql;Database=mlds\" -p p") { s_to, Folder }
                .Runs(MoveDatabase));
        project.Add(new Verb(
            "backup", "Copies the whole project, even while the server runs; the copy is itself a project.",
            "mlds project backup copy-2026-11-25 -p p")
        {
            s_copy,
            Folder,
        }.Runs(Backup));
        project.Add(new Verb(
            "check", "Checks whether a project or a copy is whole: settings, keys, database, every file and zoo. Changes nothing.",
            "mlds project check copy-2026-11-25", "mlds project check -p p")
        {
            s_looked,
            Folder,
        }.Runs(Check));
        project.Add(new Verb(
            "maintenance", "Begins or ends a break, in which clients are asked to come back later.",
            "mlds project maintenance on -p p --message \"New disks\"")
        {
            s_onOff,
            s_message,
            Folder,
        }.Runs(Break));
        return project;
    }

    static Command App()
    {
        var app = new Command("app", "The programs that volunteers' computers run.");
        app.Add(new Verb(
            "add", "Adds a signed program, which clients get with their next task.",
            "mlds project app add apps/mlds/1.00/x86_64-pc-linux-gnu -p p")
        {
            s_program,
            Folder,
        }.Runs(AddApp));
        return app;
    }

    static Command Host()
    {
        var host = new Command("host", "One of the volunteers' computers.");
        host.Add(new Verb(
            "block", "Gives a host no work for a time; its results count as before.",
            "mlds project host block 17 --days 30 --reason \"Broken memory\" -p p")
        {
            s_host, s_days, s_reason, Folder,
        }.Runs(run =>
            Block(run, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + (Limits.Check("--days", run.Get(s_days), 1, 36_500) * 86400L), run.Get(
                s_reason)!)));
        host.Add(new Verb(
            "merge",
            "Merges two hosts that are one machine, as after it was attached again: credit and results move to INTO, the newer.",
            "mlds project host merge 12 17 -p p")
        {
            s_from, s_into, Folder,
        }.Runs(Merge));
        host.Add(new Verb("unblock", "Lets a host have work again.", "mlds project host unblock 17 -p p") { s_host, Folder }
            .Runs(run => Block(run, 0, "")));
        return host;
    }

    internal static ProjectFolder Open(VerbRun run) => ProjectFolder.Open(run.Get(Folder)!);

    static int Init(VerbRun run)
    {
        var folder = run.Get(s_new);
        var url = run.Get(s_url) ?? "http://127.0.0.1:8080/mlds/";
        if (ProjectSettings.WhyNoMasterUrl(url) is { } why) throw new UsageException($"'{url}' can't be the project's address: {why}.");
        var settings = new ProjectSettings { Name = run.Get(s_name) ?? "MLDS trial", MasterUrl = url };
        if (run.Get(s_database) is { } database) settings = settings with { Database = database };
        CheckOptions(settings);
        var project = ProjectCreation.Create(folder, settings, []).GetAwaiter().GetResult();
        run.Output.WriteLine($"Project '{settings.Name}' at {url} is in '{folder}'.");
        if (WorkerBuild.Find() is { } builds)
        {
            AddVersions(run, project, AppVersionFolder.Copy(builds, Path.Combine(project.Apps, "mlds")));
        }
        else
        {
            run.Output.WriteLine(
                "It has no program yet: `src/Mlds.Worker/publish --app linux-x64` makes the worker, "
                + "`mlds project app add artifacts/worker/app -p` adds it.");
        }

        run.Output.WriteLine(
            $"Its code-signing key is in '{ProjectCreation.SigningFolder(folder)}'. Whoever has it "
            + "can run programs on every volunteer's computer: take it off this machine before you serve in public (docs/operate.md).");
        run.PrintJson(() => new JsonObject
        {
            ["folder"] = project.Path,
            ["master_url"] = url,
            ["code_signing_key"] = ProjectCreation.SigningKeyFile(folder),
        });
        return ExitCode.Success;
    }

    /// <summary>A wrong option is reported as such before anything is made.</summary>
    static void CheckOptions(ProjectSettings settings)
    {
        try
        {
            settings.Check("of the options");
        }
        catch (ProjectException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    static int AddApp(VerbRun run)
    {
        var added = AddVersions(run, Open(run), AppVersionFolder.Find(run.Get(s_program)));
        run.PrintJson(() => new JsonObject { ["added"] = added });
        return ExitCode.Success;
    }

    static JsonArray AddVersions(VerbRun run, ProjectFolder project, IReadOnlyList<AppVersionFolder> versions)
    {
        // As long as the key is still beside the project, as after `init`, there is no need for a second step.
        if (versions.Any(version => version.Files.Any(file => file.Signature is null))
            && File.Exists(ProjectCreation.SigningKeyFile(project.Path)))
        {
            var key = ReadPrivate(ProjectCreation.SigningKeyFile(project.Path));
            if (key.Public.Text == project.CodeSigningKey.Text)
                foreach (var version in versions) version.Sign(key);
        }

        return ProjectScience.WithDatabase(project, async (science, database) =>
        {
            var added = new JsonArray();
            foreach (var version in versions)
            {
                var name = version.Title;
                var isNew = await AppAdding.Add(
                    project, database, version, version.App == science.AppName ? science.AppFriendlyName : version.App);
                run.Output.WriteLine(isNew ? $"Added {name}." : $"The project has {name} already.");
                if (isNew) added.Add(name);
            }

            return added;
        });
    }

    static int Sign(VerbRun run)
    {
        var key = ReadPrivate(run.Get(s_key)!);
        var folders = run.Get(s_what);
        if (folders.Length == 0 && run.Get(s_newKey) is null) throw new UsageException("Say which FOLDER to sign, or --new-key DIR.");
        var signed = new JsonArray();
        foreach (var version in folders.SelectMany(AppVersionFolder.Find))
        {
            version.Sign(key);
            foreach (var file in version.Files)
            {
                run.Output.WriteLine($"Signed {file.Path}");
                signed.Add(file.Path);
            }
        }

        if (run.Get(s_newKey) is { } folder)
        {
            NewKey.Create(folder, key);
            run.Output.WriteLine(
                $"A new key is in '{folder}'; take code_sign_public and signature to the server for `mlds project key`, "
                + "and sign all programs again with it.");
        }

        run.PrintJson(() => new JsonObject { ["signed"] = signed, ["new_key"] = run.Get(s_newKey) });
        return ExitCode.Success;
    }

    static int Key(VerbRun run)
    {
        var project = Open(run);
        var (key, signature) = NewKey.Read(run.Get(s_nextKey));
        KeySuccession.Append(project, key, signature);
        var notSent = ProjectScience.WithDatabase(
            project, (_, database) => Task.FromResult(database.Read(session => AppSignatures.NotSent(session, key))));
        run.Output.WriteLine(
            "The project has a new code-signing key; clients take it at their next call after the server's restart. "
            + "Clients wouldn't take these programs any more, so they aren't sent:");
        foreach (var version in notSent) run.Output.WriteLine($"  {version}");
        run.Output.WriteLine(
            "Make a new version (`src/Mlds.Worker/publish --app --version 1.01`), sign it with the new key, "
            + "add it, and restart the server.");
        run.PrintJson(() => new JsonObject { ["code_sign_public"] = key.Text, ["not_sent"] = Texts(notSent) });
        return ExitCode.Success;
    }

    static int Block(VerbRun run, long until, string reason)
    {
        var project = Open(run);
        var host = ProjectScience.WithDatabase(project, (_, database) => HostBlocking.Set(database, run.Get(s_host), until, reason))
            ?? throw new FailureException($"There is no host {run.Get(s_host)} in '{project.Path}'; `mlds project hosts` lists them.");
        if (host != run.Get(s_host)) run.Output.WriteLine($"Host {run.Get(s_host)} goes on as host {host}.");
        run.Output.WriteLine(until > 0
            ? $"Host {host} gets no work until {DateTimeOffset.FromUnixTimeSeconds(until):yyyy-MM-dd HH:mm} UTC."
            : $"Host {host} may have work.");
        run.PrintJson(() => new JsonObject { ["host"] = host, ["blocked_until"] = until });
        return ExitCode.Success;
    }

    static int Merge(VerbRun run)
    {
        var project = Open(run);
        var (from, into) = (run.Get(s_from), run.Get(s_into));
        var merged = ProjectScience.WithDatabase(
            project, (science, database) => HostMerge.Run(database, science, from, into, DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
        run.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Host {from} goes on as host {into}: {merged.Results} results and {merged.Credit:0.##} of credit came over."));
        run.PrintJson(() => new JsonObject { ["from"] = from, ["into"] = into, ["results"] = merged.Results, ["credit"] = merged.Credit });
        return ExitCode.Success;
    }

    static int Revalidate(VerbRun run)
    {
        var project = Open(run);
        var target = run.Get(s_target);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var found = ProjectScience.WithDatabase(project, (science, database) =>
            BatchOf(target) is { } id
                ? Revalidation.Batch(database, science, id, now)
                : Revalidation.WorkUnit(database, science, target, now));
        if (found.Units + found.Assimilated == 0)
            throw new FailureException($"There is no work unit '{target}' with results that were judged in '{project.Path}'.");
        run.Output.WriteLine(
            $"{found.Results} result{(found.Results == 1 ? "" : "s")} of {found.Units} work unit{(found.Units == 1 ? "" : "s")} "
            + "will be judged again by the validator.");
        if (found.Assimilated > 0)
        {
            run.Output.WriteLine(
                $"{found.Assimilated} left alone: assimilated, so their networks are in the zoo; "
                + "`mlds project recheck` trains those again.");
        }

        run.PrintJson(
            () => new JsonObject { ["work_units"] = found.Units, ["results"] = found.Results, ["assimilated"] = found.Assimilated });
        return ExitCode.Success;
    }

    /// <summary>N of <c>batch N</c>; else null.</summary>
    static long? BatchOf(string target) =>
        target.StartsWith("batch ", StringComparison.Ordinal)
            && long.TryParse(target.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    static int Cancel(VerbRun run)
    {
        var project = Open(run);
        var target = run.Get(s_target);
        var cancelled = ProjectScience.WithDatabase(
            project,
            (_, database) => BatchOf(target) is { } id ? Cancellation.Batch(database, id) : Cancellation.WorkUnit(database, target));
        if (cancelled == 0) throw new FailureException($"There is no unfinished work unit '{target}' in '{project.Path}'.");
        run.Output.WriteLine($"Cancelled {cancelled} work unit{(cancelled == 1 ? "" : "s")}.");
        run.PrintJson(() => new JsonObject { ["cancelled"] = cancelled });
        return ExitCode.Success;
    }

    static int Backup(VerbRun run)
    {
        var project = Open(run);
        var to = run.Get(s_copy);
        using var science = ProjectScience.Of(project);
        var backup = ProjectBackup.Copy(project, to, science.Schema).GetAwaiter().GetResult();
        run.Output.WriteLine(
            $"Copied '{project.Path}' to '{to}'{(project.Settings.IsOnPostgres ? ", its PostgreSQL database as a SQLite file" : "")}, "
            + $"opened the copy and found all of it: {Found(backup.Check)}.");
        foreach (var moved in backup.Moved) run.Output.WriteLine($"In its settings {moved}.");
        foreach (var remark in backup.Check.Remarks) run.Output.WriteLine($"Note: {remark}.");
        run.PrintJson(() =>
            new JsonObject { ["backup"] = Path.GetFullPath(to), ["moved"] = Texts(backup.Moved), ["check"] = Document(backup.Check) });
        return ExitCode.Success;
    }

    static int Check(VerbRun run)
    {
        var folder = run.Get(s_looked) is { Length: > 0 } given ? given : run.Get(Folder)!;
        var project = ProjectFolder.Open(folder);
        using var science = ProjectScience.Of(project);
        var check = ProjectCheck.Run(project, science.Schema);
        foreach (var remark in check.Remarks) run.Output.WriteLine($"Note: {remark}.");
        foreach (var fault in check.Faults) run.Output.WriteLine($"Fault: {fault}.");
        if (check.Faults.Count == 0) run.Output.WriteLine($"'{folder}' is whole: {Found(check)}.");
        run.PrintJson(() => Document(check));
        return check.Faults.Count == 0 ? ExitCode.Success : throw new FailureException(
            $"'{folder}' isn't whole: {check.Faults[0]}{(check.Faults.Count > 1 ? $", and {check.Faults.Count - 1} more" : "")}.");
    }

    static string Found(ProjectCheckReport check) => string.Create(
        CultureInfo.InvariantCulture,
        $"settings, keys and database, {check.Programs:N0} program files, {check.Inputs:N0} inputs, "
        + $"{check.Uploads:N0} uploads that are still needed, {check.Networks:N0} networks");

    static JsonObject Document(ProjectCheckReport check) => new()
    {
        ["whole"] = check.Faults.Count == 0,
        ["programs"] = check.Programs,
        ["inputs"] = check.Inputs,
        ["uploads"] = check.Uploads,
        ["networks"] = check.Networks,
        ["faults"] = Texts(check.Faults),
        ["remarks"] = Texts(check.Remarks),
    };

    static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    static int MoveDatabase(VerbRun run)
    {
        var project = Open(run);
        var to = run.Get(s_to);
        using var science = ProjectScience.Of(project);
        var rows = DatabaseMove.Run(project, to, science.Schema).GetAwaiter().GetResult();
        run.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Copied {rows:N0} rows, compared them, and set \"database\" in project.json. The old database is left as it was; "
            + $"delete it when the new one has proved itself."));
        run.PrintJson(() => new JsonObject { ["rows"] = rows, ["database"] = to });
        return ExitCode.Success;
    }

    static int Break(VerbRun run)
    {
        var project = Open(run);
        switch (run.Get(s_onOff))
        {
            case "on": Maintenance.Begin(project, run.Get(s_message)!); break;
            case "off": Maintenance.End(project); break;
            case var other: throw new UsageException($"'mlds project maintenance' takes on or off, not '{other}'.");
        }

        run.Output.WriteLine(Maintenance.IsOn(project) ? "The project takes a break: clients come back later." : "The project is open.");
        run.PrintJson(() => new JsonObject { ["maintenance"] = Maintenance.IsOn(project) });
        return ExitCode.Success;
    }

    static PrivateKey ReadPrivate(string file) =>
        PrivateKey.Parse(File.ReadAllText(file)) ?? throw new FailureException($"'{file}' is no private key in BOINC's format.");
}
