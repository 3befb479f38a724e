using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Bundles;

/// <summary>What a work unit made of one network: trained to its end, or as far as the unit goes.</summary>
/// <param name="Outcome">How it ended, or null if a further unit is to go on from <paramref name="State"/>.</param>
/// <param name="LongLoss">Loss on the long words if it has ended; NaN otherwise.</param>
/// <param name="State">Weights, history and milestones; the optimiser's state only while it hasn't ended, else empty.</param>
public sealed record TrainedPart(Recipe Recipe, Outcome? Outcome, float LongLoss, Checkpoint State)
{
    const int HeadBytes = 32 + 4 + 4 + 4 + 4 + 4 + 32;

    /// <summary>What <paramref name="run"/> has come to.</summary>
    public static TrainedPart Of(TrainingRun run)
    {
        var state = run.Checkpoint();
        if (run.Outcome is not { } outcome) return new TrainedPart(run.Recipe, null, Evaluation.CanonicalNaN, state);
        var network = run.Finish();
        return new TrainedPart(
            run.Recipe, outcome, network.LongLoss, state with { OptimizerState = [], CoreSeconds = network.Provenance.CoreSeconds });
    }

    /// <summary>As the zoo keeps it, what its task measures included. Only for a network that has ended.</summary>
    /// <param name="examples">Asked for the task's examples where something is measured.</param>
    public TrainedNetwork Network(Provenance provenance, ExampleCache examples)
    {
        var network = Network(provenance);
        return Recipe.Task.MeasureKinds.Count == 0
            ? network
            : network with { Measures = Evaluation.Measures(Recipe, State.Weights, examples.Of(Recipe.Task)) };
    }

    /// <summary>The same of a network of which nothing is measured besides losses.</summary>
    public TrainedNetwork Network(Provenance provenance) => new(
        Recipe,
        Outcome ?? throw new InvalidOperationException("The network hasn't ended yet."),
        State.Epoch,
        State.History[^1].ValidationLoss,
        LongLoss,
        State.Weights,
        State.History,
        State.Milestones,
        provenance with { CoreSeconds = State.CoreSeconds });

    /// <summary>The part by itself, with its processor time, as a worker keeps it until its unit is done.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(State.CoreSeconds);
        Write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote for <paramref name="asked"/>.</summary>
    /// <exception cref="InvalidDataException">It isn't that.</exception>
    public static TrainedPart FromBytes(ReadOnlySpan<byte> bytes, BundleNetwork asked, Bundle bundle)
    {
        var reader = new ByteReader(bytes, "The record");
        var seconds = reader.Double();
        var part = Read(ref reader, asked, bundle.EpochLimit);
        reader.End();
        return part with { State = part.State with { CoreSeconds = seconds } };
    }

    /// <summary>Bytes that the part of <paramref name="network"/> can have at most.</summary>
    public static long Largest(BundleNetwork network, int epochLimit)
    {
        var epochs = LastEpoch(network, epochLimit);
        return HeadBytes + network.Recipe.StateBytes + (12L * epochs)
            + (72L * RunRecord.MilestoneCount(network.Recipe.Training, epochs, ended: true));
    }

    /// <summary>The epoch that a unit stops at if the network doesn't end earlier.</summary>
    public static int LastEpoch(BundleNetwork network, int epochLimit) =>
        (int)Math.Min(network.Recipe.Training.EpochLimit, (long)network.Begun + epochLimit);

    /// <summary>Everything but the processor time, which differs between machines.</summary>
    internal void Write(BinaryWriter writer)
    {
        writer.Write(Convert.FromHexString(Recipe.Id));
        writer.Write((int)(Outcome ?? 0));
        writer.Write(LongLoss);
        writer.Write(State.Weights.Length);
        writer.Write(State.Epoch);
        writer.Write(State.Milestones.Count);
        writer.Write(Convert.FromHexString(WeightsHash.Of(State.Weights)));
        writer.Write(WeightsHash.Bytes(State.Weights));
        foreach (var vector in State.OptimizerState) writer.Write(WeightsHash.Bytes(vector));
        foreach (var epoch in State.History)
        {
            writer.Write(epoch.TrainingLoss);
            writer.Write(epoch.ValidationLoss);
            writer.Write(epoch.LearningRate);
        }

        foreach (var milestone in State.Milestones)
        {
            writer.Write(milestone.Epoch);
            writer.Write(milestone.ValidationLoss);
            writer.Write(Convert.FromHexString(milestone.WeightsSha256));
            writer.Write(Convert.FromHexString(milestone.Chain));
        }
    }

    /// <summary>
    /// Reads what is said to be the part of <paramref name="asked"/>; whether it is true is for <see cref="PartCheck"/> to find out.
    /// </summary>
    /// <exception cref="InvalidDataException">Not what was asked for, or of other sizes than it can have.</exception>
    internal static TrainedPart Read(ref ByteReader reader, BundleNetwork asked, int epochLimit)
    {
        var recipe = asked.Recipe;
        if (reader.Hash() is var id && id != recipe.Id)
            throw new InvalidDataException($"The result has a network of recipe {id} where recipe {recipe.Id} was asked for.");
        var number = reader.Count("as an outcome", 0, 3);
        var outcome = number == 0 ? (Outcome?)null : (Outcome)number;
        var longLoss = reader.Single();
        var parameters = recipe.Network.Parameters;
        reader.Count("weights", parameters, parameters);
        var last = LastEpoch(asked, epochLimit);
        var epochs = reader.Count("epochs", outcome is null ? last : asked.Begun + 1, last);
        var milestoneCount = RunRecord.MilestoneCount(recipe.Training, epochs, outcome is not null);
        reader.Count("milestones", milestoneCount, milestoneCount);
        var sha256 = reader.Hash();
        var weights = reader.Singles(parameters);
        if (WeightsHash.Of(weights) != sha256)
            throw new InvalidDataException($"The weights of recipe {recipe.Id} aren't those of the hash beside them.");
        var state = new float[outcome is null ? recipe.Training.Optimizer.StateVectors : 0][];
        for (var i = 0; i < state.Length; i++) state[i] = reader.Singles(parameters);
        var history = new EpochRecord[epochs];
        for (var i = 0; i < epochs; i++) history[i] = new EpochRecord(i + 1, reader.Single(), reader.Single(), reader.Single());
        var milestones = new Milestone[milestoneCount];
        for (var i = 0; i < milestoneCount; i++)
            milestones[i] = new Milestone(reader.Int32(), reader.Single(), reader.Hash(), reader.Hash());
        return new TrainedPart(recipe, outcome, longLoss, new Checkpoint(recipe.Id, weights, state, history, milestones, 0));
    }
}
