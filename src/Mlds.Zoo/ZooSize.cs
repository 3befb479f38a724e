using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos;

/// <summary>What a network takes of a zoo's file, from SQLite's file format (sqlite.org/fileformat2.html, "B-tree Pages").</summary>
static class ZooSize
{
    /// <summary>Bytes of a network's rows and indexes, besides its blobs: measured.</summary>
    const double RowBytes = 230;

    /// <summary>Recipe id and epoch of a kept checkpoint, in its row and in the index.</summary>
    const double KeptRowBytes = 90;

    /// <summary>What packed weights take of their bytes (<see cref="WeightPacking"/>): measured (docs/decisions/0013).</summary>
    const double PackedShare = 0.845;

    /// <summary>The same of kept checkpoints with Adam's moments.</summary>
    const double PackedCheckpointShare = 0.87;

    const int Page = 8192;

    /// <param name="parameters">P weights.</param>
    /// <param name="epochs">Its epochs, perhaps as a mean of many networks.</param>
    /// <param name="training">The recipe's: how often there is a milestone, and what the optimiser remembers.</param>
    /// <param name="keepMilestones">Whether the checkpoint at each milestone is kept.</param>
    public static double OfNetwork(int parameters, double epochs, TrainingSpec training, bool keepMilestones)
    {
        var history = 5 + (8 * epochs) + 8;
        var milestones = 1 + (72 * (Math.Floor(epochs / training.MilestoneEvery) + 1));
        var kept = keepMilestones ? OfKept(parameters, epochs, training) : 0;
        return RowBytes + OfRow(PackedShare * 4.0 * parameters) + OfRow(history + milestones) + kept;
    }

    /// <summary>The checkpoints at all milestones: as docs/formats/checkpoint.md has them.</summary>
    static double OfKept(int parameters, double epochs, TrainingSpec training)
    {
        var bytes = 0.0;
        for (var milestone = 1; milestone <= Math.Floor(epochs / training.MilestoneEvery) + 1; milestone++)
        {
            var done = (int)Math.Ceiling(Math.Min(epochs, milestone * training.MilestoneEvery));
            var state = Checkpoint.Length(parameters, training.Optimizer.StateVectors, done, milestone);
            bytes += KeptRowBytes + OfRow(PackedCheckpointShare * state);
        }

        return bytes;
    }

    /// <summary>
    /// A table's row with a blob of that many bytes: what stays in its leaf, its share of the leaf's unused end, and whole overflow pages.
    /// </summary>
    static double OfRow(double bytes)
    {
        const int Largest = Page - 35;
        const int Smallest = ((Page - 12) * 32 / 255) - 23;
        var payload = bytes + 8;
        if (payload <= Largest) return (double)Page / Math.Floor((Page - 12) / (payload + 8));
        var local = Smallest + ((payload - Smallest) % (Page - 4));
        if (local > Largest) local = Smallest;
        return ((double)Page / Math.Floor((Page - 12) / (local + 12))) + (Page * Math.Ceiling((payload - local) / (Page - 4)));
    }
}
