namespace Mlds.Analysis.Tests;

static class Near
{
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
