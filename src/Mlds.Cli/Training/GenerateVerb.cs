using System.CommandLine;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Cli.Planning;
using Mlds.Cli.Zoos;
using Mlds.Zoos;
using Mlds.Zoos.Generation;

namespace Mlds.Cli.Training;

/// <summary><c>mlds generate</c>: trains what a population asks for and its zoo lacks.</summary>
static class GenerateVerb
{
    static readonly Argument<string> s_population =
        new("POPULATION") { Description = "The population file, or the name of one that ships: ds1, ds2, quickstart." };
    static readonly Option<string?> s_zoo =
        new("--zoo") { Description = "The folder that keeps the networks; made if it doesn't exist.", HelpName = "DIR" };
    static readonly Option<int?> s_networks =
        new("--networks") { Description = "Networks per machine; when not given, the population's own number.", HelpName = "N" };
    static readonly Option<string> s_shard = new("--shard")
    {
        Description = "Train only part i of n, 0 ≤ i < n: one job of a cluster.",
        HelpName = "i/n",
        DefaultValueFactory = _ => "0/1",
    };
    static readonly Option<int> s_threads = TrainingThreads.Option();

    static readonly Option<double> s_checkpoint = new("--checkpoint-every")
    {
        Description = "The most seconds of a network's training that a kill may cost.",
        HelpName = "S",
        DefaultValueFactory = _ => 5,
    };
    static readonly Option<bool> s_keep = new("--keep-milestones")
    {
        Description = "Keep the checkpoint at every milestone for good: for releases with trajectories and for verify --segments.",
    };
    static readonly Option<string?> s_data = DataFolder.Option();
    static readonly Option<bool> s_ungated = LearnabilityGate.Ungated();

    public static Command Create() =>
        new Verb(
            "generate",
            "Trains a population into a zoo. However it was stopped, the same command goes on from there.",
            "mlds generate populations/ds1.json --networks 20 --zoo z",
            "mlds generate ds1 --networks 10000 --shard 3/16 --zoo z3")
        {
            s_population, s_zoo, s_networks, s_shard, s_threads, s_checkpoint, s_keep, s_data, s_ungated,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var population = PopulationFile.Read(run.Get(s_population), run.Cancellation, DataFolder.Get(run, s_data));
        var networks = Limits.Check("--networks", run.Get(s_networks) ?? population.DefaultNetworks, 1, 10_000_000);
        if ((long)networks * population.MachineNames.Count > int.MaxValue)
        {
            throw new UsageException(
                $"{networks} networks of each of {population.MachineNames.Count} machines are more than a zoo holds; "
                + $"take at most {int.MaxValue / population.MachineNames.Count} per machine.");
        }

        var threads = TrainingThreads.Get(run, s_threads);
        var seconds = run.Get(s_checkpoint);
        if (seconds is not (>= 0.01 and <= 86_400))
            throw new UsageException(FormattableString.Invariant($"--checkpoint-every takes 0.01 … 86400 seconds, not {seconds}."));
        var options = new GenerationOptions(networks, Shard.Parse(run.Get(s_shard)!), threads, TimeSpan.FromSeconds(seconds))
        {
            KeepMilestones = run.Get(s_keep),
        };
        var folder = run.Get(s_zoo) ?? throw new UsageException(
            "'generate' needs --zoo DIR: the folder that keeps the networks, "
            + "as in `mlds generate populations/ds1.json --networks 20 --zoo z`; `mlds plan` says what it will take.");
        DataFolder.CheckFiles(population);
        LearnabilityGate.Check(run.Get(s_population), population, run.Get(s_ungated));
        using var writer = ZooWriter.Open(folder, ZooPopulation.Of(population));
        var result = run.WithProgress(view => Generation.Run(writer, population, options, view, run.Cancellation));
        var status = writer.Zoo.Status();
        run.Output.WriteLine($"{result.Trained} networks trained, {status.Networks} in the zoo '{writer.Zoo.Folder}' ({population.Name}).");
        ZooTable.Write(run.Output, status);
        if (AskedNetworks.Of(writer.Zoo) is { Missing: > 0 } asked) run.Output.WriteLine($"{asked}");
        run.PrintJson(() =>
        {
            var document = ZooJson.Status(writer.Zoo, status);
            document["trained"] = result.Trained;
            document["seconds"] = result.Seconds;
            return (JsonNode)document;
        });
        return ExitCode.Success;
    }
}
