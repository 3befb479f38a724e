using Mlds.Recipes;

namespace Mlds.Zoos.Planning;

/// <summary>
/// What networks take of a release with one form of weights and nothing on request: measured on releases of 20 and 200 networks of 220 and
/// 4,364 weights, which it meets within 2 %.
/// </summary>
static class ReleaseSize
{
    /// <summary>Texts, automata, loader and the empty table.</summary>
    internal const double Texts = 91e3;

    /// <summary>A network's row in the table, in CSV and in the splits, besides its history.</summary>
    const double RowBytes = 400;

    /// <summary>A network's losses and rates in the compressed table, by epoch.</summary>
    const double EpochBytes = 10;

    /// <summary>A milestone's epoch and hash in the compressed table.</summary>
    const double MilestoneBytes = 40;

    /// <param name="parameters">P weights.</param>
    /// <param name="epochs">Its epochs, perhaps as a mean of many networks.</param>
    internal static double OfNetwork(int parameters, double epochs, TrainingSpec training) =>
        (4.0 * parameters) + RowBytes + (EpochBytes * epochs)
        + (MilestoneBytes * (Math.Floor(epochs / training.MilestoneEvery) + 1));
}
