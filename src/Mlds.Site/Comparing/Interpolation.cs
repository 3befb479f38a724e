using Mlds.Analysis.Symmetry;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
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
        return new Interpolation(
            Losses(a.Layout.Spec, validation, Ends(a, b, isAligned: false)),
            Losses(a.Layout.Spec, validation, Ends(a, b, isAligned: true)),
            Math.Min(Most, validation.Count));
    }

    /// <summary>The weights at a place on the line.</summary>
    /// <param name="share">0 for <paramref name="a"/>, 1 for <paramref name="b"/>.</param>
    internal static float[] Between(NetworkRecord a, NetworkRecord b, bool isAligned, double share) => At(Ends(a, b, isAligned), share);

    /// <summary>Merged weights may be joined by a line; of raw ones only a part of the difference means anything.</summary>
    static (float[] From, float[] To) Ends(NetworkRecord a, NetworkRecord b, bool isAligned) => isAligned
        ? (MergedForm.Of(a.Layout, a.Weights), Alignment.To(a.Layout, a.Weights).Align(b.Weights).Weights)
        : (a.Weights!, b.Weights!);

    static float[] At((float[] From, float[] To) ends, double share)
    {
        var weights = new float[ends.From.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = (float)(((1 - share) * ends.From[i]) + (share * ends.To[i]));
        return weights;
    }

    static double[] Losses(NetworkSpec spec, Examples examples, (float[] From, float[] To) ends)
    {
        using var kernels = spec.CreateKernels(examples);
        int[] rows = [.. Enumerable.Range(0, Math.Min(Most, examples.Count))];
        var losses = new double[Stops];
        for (var stop = 0; stop < Stops; stop++)
        {
            kernels.SetWeights(At(ends, Place(stop)));
            losses[stop] = kernels.Loss(examples, rows) / kernels.Terms(examples, rows.Length);
        }

        return losses;
    }
}
