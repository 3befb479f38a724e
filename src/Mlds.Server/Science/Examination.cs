using Mlds.Bundles;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Server.Science;

/// <summary>What an examination of a returned file has shown.</summary>
/// <param name="Fault">One sentence about the first thing that is wrong, or null.</param>
/// <param name="Result">The file, if it could be read.</param>
/// <param name="Retrained">Networks that were trained again here and found right to the last bit, ringers among them.</param>
public sealed record Examination(string? Fault, BundleResult? Result, int Retrained)
{
    /// <summary>Whether nothing in it rests on the host's word alone.</summary>
    public bool IsProved => Fault is null && Result is not null && Retrained == Result.Parts.Count;
}

/// <summary>
/// Looks at returned files: every network's record must agree with itself, with its recipe and with the losses of its weights, which are
/// computed anew; chosen ones are trained again and compared bit for bit. Our own server and the hooks of an official one do the same.
/// Thread-safe.
/// </summary>
public sealed class ResultExaminer
{
    readonly ExampleCache _examples = new();

    /// <param name="bytes">The file that came back for <paramref name="bundle"/>.</param>
    /// <param name="retrain">Whether to train again the network at a position.</param>
    /// <param name="known">The SHA-256 of the weights at a position if it is a ringer, else null.</param>
    public Examination Examine(
        byte[] bytes, Bundle bundle, Func<int, TrainedPart, bool> retrain, Func<int, string?> known, CancellationToken cancellation)
    {
        BundleResult result;
        try
        {
            result = BundleResult.Read(bytes, bundle);
        }
        catch (InvalidDataException problem)
        {
            return new Examination(problem.Message, null, 0);
        }

        if (result.KnownAnswer != KnownAnswer.Expected)
            return new Examination("The host's arithmetic failed the known-answer test, and it went on all the same.", result, 0);
        var retrained = 0;

        // The cheap checks first: most wrong files then cost little.
        for (var i = 0; i < result.Parts.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (asked, part) = (bundle.Networks[i], result.Parts[i]);
            if ((PartCheck.Consistency(asked, part) ?? PartCheck.Evaluate(part, Data(asked.Recipe))) is { } fault)
                return Faulty(part, fault, result);
            if (known(i) is not { } weights) continue;
            if (part.Outcome is null || WeightsHash.Of(part.State.Weights) != weights)
                return Faulty(part, "its weights aren't those that are known of this recipe", result);
            retrained++;
        }

        for (var i = 0; i < result.Parts.Count; i++)
        {
            var (asked, part) = (bundle.Networks[i], result.Parts[i]);
            if (known(i) is not null || !retrain(i, part)) continue;
            if (PartCheck.Replay(asked, part, Data(asked.Recipe), cancellation) is { } fault) return Faulty(part, fault, result);
            retrained++;
        }

        return new Examination(null, result, retrained);
    }

    /// <summary>A run that continues a network here, from where it stands.</summary>
    public TrainingRun Begin(BundleNetwork network) => new(network.Recipe, Data(network.Recipe), network.From);

    /// <summary>The network that such a run ended with. Zoos and releases are public, so its origin doesn't contain the server's
    /// name.</summary>
    public static TrainedNetwork Finish(TrainingRun run)
    {
        var trained = run.Finish();
        return trained with { Provenance = trained.Provenance with { Host = "project server" } };
    }

    /// <summary>Trains a network again and compares every bit; returns a fault as one sentence without its full stop, or null.</summary>
    public string? Replay(BundleNetwork network, TrainedPart part, CancellationToken cancellation) =>
        PartCheck.Replay(network, part, Data(network.Recipe), cancellation);

    TrainingData Data(Recipe recipe) => _examples.Of(recipe.Task);

    static Examination Faulty(TrainedPart part, string fault, BundleResult result) =>
        new($"Network {part.Recipe.MachineName} seed {part.Recipe.Seed} (recipe {part.Recipe.Id[..12]}): {fault}.", result, 0);
}
