using System.CommandLine;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Cli.Planning;
using Mlds.Server.Science;

namespace Mlds.Cli.Projects;

/// <summary><c>mlds project work add</c>: makes work from a population, for our own server or for an official one.</summary>
static class ProjectWorkVerb
{
    static readonly Argument<string> s_population =
        new("POPULATION") { Description = "The population file, or the name of one that ships: ds1, ds2, quickstart." };
    static readonly Option<int?> s_networks =
        new("--networks") { Description = "Networks per machine; when not given, the population's own number.", HelpName = "N" };
    static readonly Option<int> s_minutes = new("--unit-minutes")
    {
        Description = "How long a work unit should take at the hosts' measured speed.",
        HelpName = "M",
        DefaultValueFactory = _ => 60,
    };
    static readonly Option<int> s_epochs = new("--unit-epochs")
    {
        Description = "Epochs of a network in one unit; networks that don't end go on in a further unit.",
        HelpName = "E",
        DefaultValueFactory = _ => 100,
    };
    static readonly Option<int?> s_quorum = new("--quorum")
    {
        Description = "How many equal results of different users every unit needs; with 1 the server's own checks decide. "
            + "1 when not given, 2 with --official.",
        HelpName = "Q",
    };
    static readonly Option<string?> s_official = new("--official")
    {
        Description = "For an official BOINC server: the folder that keeps track of the work it gives out, for all its populations.",
        HelpName = "DIR",
    };
    static readonly Option<string?> s_projectDir = new("--project-dir")
    {
        Description = "With --official: that server's project folder, into which hooks, templates, programs and units go; "
            + "without it the words for create_work are printed.",
        HelpName = "DIR",
    };

    static readonly Option<bool> s_ungated = LearnabilityGate.Ungated();

    public static Command Create()
    {
        var work = new Command("work", "The work of volunteers' computers.");
        work.Add(new Verb(
            "add",
            "Makes work from a population. The same command again changes nothing; with more networks it adds them.",
            "mlds project work add populations/quickstart.json --networks 20 -p p",
            "mlds project work add ds1 --networks 100 --unit-minutes 30 -p p",
            "mlds project work add ds1 --networks 100 --official boinc-work --project-dir projects/test")
        {
            s_population, s_networks, s_minutes, s_epochs, s_quorum, s_official, s_projectDir, s_ungated, ProjectVerb.Folder,
        }.Runs(Add));
        return work;
    }

    static int Add(VerbRun run)
    {
        var population = PopulationFile.Read(run.Get(s_population), run.Cancellation);
        var options = new WorkOptions(
            Limits.Check("--networks", run.Get(s_networks) ?? population.DefaultNetworks, 1, 10_000_000),
            60 * Limits.Check("--unit-minutes", run.Get(s_minutes), 1, 10_000),
            Limits.Check("--unit-epochs", run.Get(s_epochs), 1, 1_000_000),
            Limits.Check("--quorum", run.Get(s_quorum) ?? (run.Get(s_official) is null ? 1 : 2), 1, 10));
        if (run.Get(s_projectDir) is not null && run.Get(s_official) is null)
        {
            throw new UsageException(
                "--project-dir is an official server's project and goes with --official DIR; a project of our own is named by -p.");
        }

        if (run.Get(s_official) is not null) CheckTravels(population);
        LearnabilityGate.Check(run.Get(s_population), population, run.Get(s_ungated));
        return run.Get(s_official) is { } folder
            ? OfficialWork.Add(run, folder, run.Get(s_projectDir), population, options)
            : Add(run, population, options);
    }

    /// <summary>Our own server gives files out beside the units; what is made for an official one has recipes alone.</summary>
    static void CheckTravels(Recipes.Population population)
    {
        if (population.MachineNames.FirstOrDefault(name => population.Task(name).Files.Count > 0) is not { } name) return;
        throw new UsageException(
            $"The networks of '{name}' learn from a file, which --official gives to no server; give them to a project of your own (-p), "
            + "train them here with `mlds generate`, or take the entry out of the population.");
    }

    static int Add(VerbRun run, Recipes.Population population, WorkOptions options)
    {
        var project = ProjectVerb.Open(run);
        var added = ProjectScience.WithDatabase(
            project, (_, database) => Task.FromResult(WorkAdding.Add(database, project.Path, population, options)));
        run.Output.WriteLine(
            $"{added.Added} networks of '{population.Name}' are new work, {added.Planned} in all; they will end in '{added.Zoo}'.");
        if (added.LacksProgram)
        {
            run.Output.WriteLine(
                "The project has no program yet that can train them, so they wait: make a version with src/Mlds.Worker/publish --app, "
                + "sign it and add it (docs/operate.md).");
        }

        run.PrintJson(() => new JsonObject
        {
            ["population"] = population.Name,
            ["added"] = added.Added,
            ["networks"] = added.Planned,
            ["zoo"] = added.Zoo,
            ["lacks_program"] = added.LacksProgram,
        });
        return ExitCode.Success;
    }
}
