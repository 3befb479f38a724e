using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Mlds.Kernels;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using Mlds.Worker.Frame;
using Mlds.Worker.Units;

namespace Mlds.Worker;

/// <summary><c>mlds-worker train</c>: one recipe, from its file to one line of JSON.</summary>
static class TrainCommand
{
    public static int Run(ReadOnlySpan<string> words, TextWriter output)
    {
        var arguments = new Arguments(
            "train", words, "a recipe's file", ["--checkpoint", "--stop-after-epoch"], [Processor.AllowSoftwareFma]);
        var stopAfter = arguments.Number("--stop-after-epoch", 1, int.MaxValue);
        var checkpoint = arguments.Text("--checkpoint") is { } path ? new CheckpointFile(path) : null;
        if (stopAfter is not null && checkpoint is null)
            throw new UsageException("--stop-after-epoch needs --checkpoint FILE, or what was trained would be lost.");
        Processor.Check(arguments.Has(Processor.AllowSoftwareFma));

        var recipe = ReadRecipe(arguments.File!);
        using var run = new TrainingRun(recipe, MakeData(recipe), checkpoint?.Read(recipe.Id));
        var interrupted = Train(run, checkpoint, stopAfter ?? int.MaxValue);
        output.WriteLine(Result(run).ToJsonString());
        return interrupted ? ExitCode.Interrupted : ExitCode.Success;
    }

    /// <summary>Trains until the run ends or is to stop; returns whether a signal stopped it.</summary>
    static bool Train(TrainingRun run, CheckpointFile? checkpoint, int stopAfter)
    {
        var interrupted = false;
        void Interrupt(PosixSignalContext context)
        {
            context.Cancel = true;
            Volatile.Write(ref interrupted, true);
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);
        while (run.Outcome is null && run.Epoch < stopAfter && !Volatile.Read(ref interrupted))
        {
            run.NextEpoch();
            checkpoint?.WriteNowAndThen(run);
        }

        checkpoint?.Write(run.Checkpoint());
        return Volatile.Read(ref interrupted) && run.Outcome is null;
    }

    static Recipe ReadRecipe(string path)
    {
        if (!File.Exists(path)) throw new UsageException($"There is no file '{path}'.");
        try
        {
            return Recipe.Parse(File.ReadAllText(path)).WithFilesIn(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
        }
        catch (FormatException problem)
        {
            throw new UsageException($"'{path}': {problem.Message}");
        }
    }

    static TrainingData MakeData(Recipe recipe)
    {
        if (recipe.Task.MissingFile is { } missing) throw new UsageException(missing);
        var data = recipe.Task.Generate();
        return data.Sha256 == recipe.DataSha256
            ? data
            : throw new FailureException(
                $"The recipe {recipe.Id} wants data {recipe.DataSha256}, but its machine and its data seed give {data.Sha256}: "
                + "the recipe was altered, or this program is damaged.");
    }

    /// <summary>What is printed; <c>outcome</c> is null for a run that was stopped.</summary>
    static JsonObject Result(TrainingRun run)
    {
        var loss = run.Epoch == 0 ? float.NaN : run.History[^1].ValidationLoss;
        var result = new JsonObject
        {
            ["recipe_id"] = run.Recipe.Id,
            ["outcome"] = run.Outcome is { } outcome ? OutcomeName.Of(outcome) : null,
            ["epochs"] = run.Epoch,
            ["validation_loss"] = float.IsFinite(loss) ? loss : null,
            ["weights_sha256"] = WeightsHash.Of(run.Checkpoint().Weights),
        };
        Processor.Describe(result, KernelSet.Best);
        return result;
    }
}
