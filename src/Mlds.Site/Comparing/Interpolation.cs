using Mlds.Analysis.Questions;
using Mlds.Site.Browsing;

namespace Mlds.Site.Comparing;

/// <summary>The straight line between two networks, as their weights are and with the second aligned to the first.</summary>
/// <param name="Raw">Losses on the first network's validation examples at each of <see cref="Stops"/> places.</param>
/// <param name="Aligned">The same between merged weights.</param>
/// <param name="Examples">On how many examples.</param>
public sealed record Interpolation(double[] Raw, double[] Aligned, int Examples)
{
    /// <summary>Places on the line, both ends included.</summary>
    internal const int Stops = 21;

    /// <summary>Validation examples that a loss is taken of, at most: the first.</summary>
    const int Most = 256;

    /// <summary>Share of the way.</summary>
    internal static double Place(int stop) => stop / (Stops - 1.0);

    /// <exception cref="FileNotFoundException">The examples' file is nowhere; the message says how to get it.</exception>
    /// <exception cref="InvalidDataException">The same of one that isn't what it should be.</exception>
    internal static Interpolation Of(NetworkRecord a, NetworkRecord b)
    {
        var validation = a.Recipe.Task.Generate().Validation;
        var (raw, aligned) = LossLine.Ends(a.Layout, a.Weights!, b.Weights!);
        return new Interpolation(
            LossLine.Losses(a.Layout.Spec, validation, raw, Most, Stops), LossLine.Losses(a.Layout.Spec, validation, aligned, Most, Stops),
            Math.Min(Most, validation.Count));
    }

    /// <summary>The weights at a place on the line.</summary>
    /// <param name="share">0 for <paramref name="a"/>, 1 for <paramref name="b"/>.</param>
    internal static float[] Between(NetworkRecord a, NetworkRecord b, bool isAligned, double share)
    {
        var (raw, aligned) = LossLine.Ends(a.Layout, a.Weights!, b.Weights!);
        return LossLine.Between(isAligned ? aligned : raw, (float)share);
    }
}
