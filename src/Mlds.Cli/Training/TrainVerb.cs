using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Mlds.Cli.Frame;
using Mlds.Cli.Zoos;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using Mlds.Zoos.Releases;
using Spectre.Console;

namespace Mlds.Cli.Training;

/// <summary><c>mlds train</c>: one network, with a live loss curve.</summary>
static class TrainVerb
{
    static readonly Option<string> s_machine =
        new("--machine") { Description = "The machine to imitate; `mlds machines` lists them.", Required = true, HelpName = "M" };
    static readonly Option<uint> s_seed = new("--seed")
    {
        Description = "The network's seed: its initial weights and shuffles follow from it.",
        Required = true,
        HelpName = "S",
    };
    static readonly Option<string?> s_population = new("--population")
    {
        Description = "The population file whose recipe to use; when not given, the shipped one that has the machine.",
        HelpName = "FILE",
    };
    static readonly Option<string?> s_data = DataFolder.Option();
    static readonly Option<string?> s_out =
        new("--out") { Description = "Writes the weights to this file, as a NumPy array.", HelpName = "FILE.npy" };

    public static Command Create() =>
        new Verb(
            "train", "Trains one network and shows its loss.", "mlds train --machine SingleDirectMachine --seed 7",
            "mlds train --machine ParityMachine --seed 0 --out parity.npy")
        {
            s_machine, s_seed, s_population, s_data, s_out,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var machine = run.Get(s_machine)!;
        var population = run.Get(s_population) is { } file ? PopulationFile.Read(file, run.Cancellation, DataFolder.Get(run, s_data))
            : PopulationFile.WithMachine(machine);
        if (!population.MachineNames.Contains(machine)) throw PopulationFile.UnknownMachine(machine, population.MachineNames);
        if (population.Task(machine).MissingFile is { } missing) throw new UsageException(missing);
        var target = run.Get(s_out);
        if (target is not null) CheckTarget(target);
        var watch = Stopwatch.StartNew();
        var network = Train(run, population.Recipe(machine, run.Get(s_seed)), population.Data(machine));
        if (target is not null) NpyFile.Write(target, network.Weights);
        run.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{machine}, seed {network.Recipe.Seed}: {OutcomeName.Of(network.Outcome).Replace('_', ' ')} after {network.Epochs} epochs "
            + $"in {watch.Elapsed.TotalSeconds:0.0} s; validation loss {network.ValidationLoss:g4}, "
            + $"on {LongTest.Of(network.Recipe.Task)} {network.LongLoss:g4}"));
        if (network.Measures.Values.Count > 0) run.Output.WriteLine($"measured {network.Measures}");
        run.Output.WriteLine($"recipe {network.Recipe.Id}");
        run.Output.WriteLine($"weights sha256 {network.WeightsSha256}{(target is null ? "" : $", written to {target}")}");
        run.PrintJson(() =>
        {
            var document = ZooJson.Summary(
                network.Recipe.Id, machine, network.Recipe.Seed, network.Outcome, network.Epochs, network.ValidationLoss,
                network.LongLoss, network.WeightsSha256);
            if (network.Measures.Values.Count > 0) document["measures"] = ZooJson.Measures(network.Measures);
            document["provenance"] = ZooJson.Provenance(network.Provenance);
            return document;
        });
        return ExitCode.Success;
    }

    static TrainedNetwork Train(VerbRun run, Recipe recipe, TrainingData data)
    {
        using var training = new TrainingRun(recipe, data);
        if (run.OutputIsTerminal) return TrainLive(training, run.Cancellation);
        return run.WithProgress(view =>
        {
            var item = view.Begin($"{recipe.MachineName}, seed {recipe.Seed}", 0);
            return Drive(training, epoch => item.Report(epoch.Epoch, Note(recipe, epoch)), run.Cancellation);
        });
    }

    static TrainedNetwork TrainLive(TrainingRun training, CancellationToken cancellation)
    {
        var losses = new List<float>();
        return AnsiConsole.Live(new Text("")).AutoClear(false).Start(live => Drive(
            training,
            epoch =>
            {
                losses.Add(epoch.ValidationLoss);
                var lines = LossPlot.Draw(losses, Terminal.Width, 12);
                live.UpdateTarget(new Text($"{string.Join('\n', lines)}\n{Note(training.Recipe, epoch)}"));
                live.Refresh();
            },
            cancellation));
    }

    static TrainedNetwork Drive(TrainingRun training, Action<EpochRecord> show, CancellationToken cancellation)
    {
        while (training.Outcome is null)
        {
            cancellation.ThrowIfCancellationRequested();
            show(training.NextEpoch());
        }

        return training.Finish();
    }

    static string Note(Recipe recipe, EpochRecord epoch) => string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {epoch.Epoch} of at most {recipe.Training.EpochLimit}, "
        + $"validation loss {epoch.ValidationLoss:0.000e0} (goal {recipe.Training.GoalLoss:g3}), rate {epoch.LearningRate:g3}");

    static void CheckTarget(string target)
    {
        if (!target.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"--out takes a name that ends in .npy, not '{target}'.");
        if (Path.GetDirectoryName(Path.GetFullPath(target)) is { } folder && !Directory.Exists(folder))
            throw new UsageException($"There is no folder '{folder}' to write '{target}' into.");
    }
}
