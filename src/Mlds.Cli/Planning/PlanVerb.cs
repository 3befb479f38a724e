using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Server.Science;
using Mlds.Tasks;
using Mlds.Zoos;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Planning;

namespace Mlds.Cli.Planning;

/// <summary><c>mlds plan</c>: checks a population file, tries its machines, and says what the population will take.</summary>
static class PlanVerb
{
    static readonly Argument<string> s_population =
        new("POPULATION") { Description = "The population file, or the name of one that ships: ds1, ds2, quickstart." };
    static readonly Option<double> s_seconds = new("--seconds")
    {
        Description = "How long pilots may train; the same command goes on from there.",
        HelpName = "S",
        DefaultValueFactory = _ => 120,
    };
    static readonly Option<int> s_pilots = new("--pilots")
    {
        Description = "Networks of every machine that are trained: seeds 0 … K − 1.",
        HelpName = "K",
        DefaultValueFactory = _ => 2,
    };
    static readonly Option<int?> s_networks =
        new("--networks") { Description = "Networks per machine; when not given, the population's own number.", HelpName = "N" };
    static readonly Option<int> s_threads = new("--threads")
    {
        Description = "Networks trained at once, by the pilots and by what is planned; one per core when not given.",
        HelpName = "T",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };
    static readonly Option<string?> s_zoo =
        new("--zoo") { Description = "A zoo of the population: what it has needn't be trained.", HelpName = "DIR" };
    static readonly Option<string> s_shard = new("--shard")
    {
        Description = "Plan only part i of n, 0 ≤ i < n: one job of a cluster.",
        HelpName = "i/n",
        DefaultValueFactory = _ => "0/1",
    };
    static readonly Option<bool> s_keep = new("--keep-milestones") { Description = "Plan for generate --keep-milestones." };
    static readonly Option<int> s_minutes = new("--unit-minutes")
    {
        Description = "On volunteers: how long a work unit should take.",
        HelpName = "M",
        DefaultValueFactory = _ => 60,
    };
    static readonly Option<int> s_epochs = new("--unit-epochs")
    {
        Description = "On volunteers: epochs of a network in one unit.",
        HelpName = "E",
        DefaultValueFactory = _ => 100,
    };
    static readonly Option<string?> s_data = DataFolder.Option();
    static readonly Option<int> s_quorum = new("--quorum")
    {
        Description = "On volunteers: equal results that every unit needs.",
        HelpName = "Q",
        DefaultValueFactory = _ => 1,
    };

    public static Command Create() =>
        new Verb(
            "plan",
            "Checks a population file, trains a few networks of every machine, and says what the population will take. "
            + "Its verdict, a file beside the population, keeps `generate` from machines that can't be learned.",
            "mlds plan populations/ds1.json",
            "mlds plan populations/ds1.json --networks 10000 --seconds 600 --threads 16",
            "mlds plan my-experiment.json --pilots 5 --json")
        {
            s_population, s_seconds, s_pilots, s_networks, s_threads, s_zoo, s_shard, s_keep, s_minutes, s_epochs, s_quorum,
            s_data,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var seconds = run.Get(s_seconds);
        if (seconds is not (>= 1 and <= 8_640_000))
            throw new UsageException(FormattableString.Invariant($"--seconds takes 1 … 8640000, not {seconds}."));
        var pilots = new PilotOptions(
            Limits.Check("--pilots", run.Get(s_pilots), 1, 1000),
            Limits.Check("--threads", run.Get(s_threads), 1, 1024),
            TimeSpan.FromSeconds(seconds));
        var work = new WorkOptions(
            0, 60 * Limits.Check("--unit-minutes", run.Get(s_minutes), 1, 10_000),
            Limits.Check("--unit-epochs", run.Get(s_epochs), 1, 1_000_000), Limits.Check("--quorum", run.Get(s_quorum), 1, 10));
        var path = PopulationFile.Find(run.Get(s_population));
        if (FileKinds.Of(path) is var kind and not FileKind.File)
        {
            throw new UsageException(
                $"'{path}' is {FileKinds.InWords(kind)}; a plan keeps its verdict beside the population, so give it as a file.");
        }

        if (Check(run, path) is not { } population) return ExitCode.Usage;
        var options = new GenerationOptions(Networks(run, population), Shard.Parse(run.Get(s_shard)!), pilots.Threads, TimeSpan.Zero)
        {
            KeepMilestones = run.Get(s_keep),
        };
        using var zoo = OpenZoo(run, population);
        var verdict = Try(run, population, Verdict.PathOf(path), pilots);
        var report = PlanReport.Of(population, verdict, GenerationPlan.Make(population, zoo, options, verdict), work);
        PlanTable.Write(run.Output, population, report, Verdict.PathOf(path));
        run.PrintJson(() => PlanJson.Document(population, zoo?.Folder, options, Verdict.PathOf(path), report));
        return verdict.Machines.Any(machine => machine.IsRefused) ? ExitCode.Failure : ExitCode.Success;
    }

    /// <summary>The population, or null after all that is wrong with the file has been said.</summary>
    /// <exception cref="UsageException">One thing is wrong.</exception>
    static Population? Check(VerbRun run, string path)
    {
        var files = TaskFiles.Beside(path, DataFolder.Get(run, s_data));
        var (population, faults) = Population.Check(InputText.Read(path, run.Cancellation), path, files);
        if (population is not null)
        {
            DataFolder.CheckFiles(population);
            return population;
        }

        run.PrintJson(() => new JsonObject
        {
            ["file"] = path,
            ["faults"] = new JsonArray([.. faults.Select(fault => new JsonObject
            {
                ["path"] = fault.Path,
                ["line"] = fault.Line,
                ["reason"] = fault.Reason,
            })]),
        });
        var sentences = faults.Select(
            fault => string.Create(CultureInfo.InvariantCulture, $"{path}:{fault.Line}: {fault.Path}: {fault.Reason}"));
        if (faults.Count == 1) throw new UsageException(sentences.Single());
        foreach (var sentence in sentences) run.Error.WriteLine(sentence);
        throw new UsageException($"'{path}' has the {faults.Count} faults above; nothing was trained or written.");
    }

    static int Networks(VerbRun run, Population population)
    {
        var networks = Limits.Check("--networks", run.Get(s_networks) ?? population.DefaultNetworks, 1, 10_000_000);
        return (long)networks * population.MachineNames.Count <= int.MaxValue ? networks : throw new UsageException(
            $"{networks} networks of each of {population.MachineNames.Count} machines are more than a zoo holds; "
            + $"take at most {int.MaxValue / population.MachineNames.Count} per machine.");
    }

    static Zoo? OpenZoo(VerbRun run, Population population)
    {
        if (run.Get(s_zoo) is not { } folder || !Zoo.Exists(folder)) return null;
        var zoo = Zoo.Open(folder);
        try
        {
            zoo.CheckPopulation(ZooPopulation.Of(population));
            return zoo;
        }
        catch
        {
            zoo.Dispose();
            throw;
        }
    }

    /// <summary>Trains the pilots that the verdict lacks, and keeps it.</summary>
    static Verdict Try(VerbRun run, Population population, string path, PilotOptions options)
    {
        var before = Verdict.Read(path);
        void Keep(Verdict verdict)
        {
            try
            {
                verdict.Write(path);
            }
            catch (Exception problem) when (problem is UnauthorizedAccessException or DirectoryNotFoundException)
            {
                throw new FailureException(
                    $"The verdict '{path}' can't be written: {problem.Message.TrimEnd('.')}. Copy the population to a folder of your own.",
                    problem);
            }
        }

        try
        {
            return run.WithProgress(view =>
            {
                var preparing = view.Begin("Preparing examples", population.MachineNames.Count);
                var pilots = new PilotRun(population, before, options, Keep, done => preparing.Report(done), run.Cancellation);
                var item = view.Begin("Pilots", pilots.Wanted);
                var left = options.Time.TotalSeconds;
                return pilots.Run(
                    progress => item.Report(
                        progress.Ended,
                        string.Create(CultureInfo.InvariantCulture, $"{progress.Seconds:0} of at most {left:0} s")),
                    run.Cancellation);
            });
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(
                $"Interrupted: what the pilots have done is kept in '{path}'; the same command goes on from there.", run.Cancellation);
        }
    }
}
