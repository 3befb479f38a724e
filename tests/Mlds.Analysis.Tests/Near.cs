namespace Mlds.Analysis.Tests;

static class Near
{
    /// <inheritdoc cref="All(IReadOnlyList{double}, IReadOnlyList{double}, double)"/>
    internal static void All(IReadOnlyList<double> expected, ReadOnlySpan<float> actual, double tolerance) =>
        All(expected, Samples.Doubles(actual.ToArray()), tolerance);

    /// <inheritdoc cref="All(IReadOnlyList{double}, IReadOnlyList{double}, double)"/>
    internal static void All(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance) =>
        All(Samples.Doubles(expected.ToArray()), Samples.Doubles(actual.ToArray()), tolerance);

    /// <summary>Equally many numbers, each within the tolerance, relative to the largest of them.</summary>
    internal static void All(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        var scale = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance * scale,
                $"Number {i} of {expected.Count} should be {expected[i]}, is {actual[i]}.");
        }
    }
}
