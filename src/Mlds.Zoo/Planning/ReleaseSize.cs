using Mlds.Recipes;

namespace Mlds.Zoos.Planning;

/// <summary>What networks take of a release with one form of weights and nothing on request: measured on releases.</summary>
static class ReleaseSize
{
    /// <summary>Texts, automata, loader and the empty table.</summary>
    internal const double Texts = 250e3;

    /// <summary>A network's row in the table, in CSV and in the splits, besides its history.</summary>
    const double RowBytes = 700;

    /// <summary>A network's losses and rates in the compressed table, by epoch.</summary>
    const double EpochBytes = 10;

    /// <summary>A milestone's epoch and two hashes in the compressed table: as text they take twice their bits.</summary>
    const double MilestoneBytes = 80;

    /// <param name="parameters">P weights.</param>
    /// <param name="epochs">Its epochs, perhaps as a mean of many networks.</param>
    internal static double OfNetwork(int parameters, double epochs, TrainingSpec training) =>
        (4.0 * parameters) + RowBytes + (EpochBytes * epochs)
        + (MilestoneBytes * (Math.Floor(epochs / training.MilestoneEvery) + 1));
}
