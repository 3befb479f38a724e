using CsCheck;
using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Tests.LinearAlgebra;

public sealed class LinearAssignmentTests
{
    [Fact]
    public void No_other_assignment_gains_more() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 3], Gen.ULong).Sample((n, padding, seed) =>
        {
            var random = new SeededRandom(seed);
            var gain = Enumerable.Range(0, n * (n + padding)).Select(_ => (double)random.Next(20) - 8).ToArray();
            var columns = new int[n];
            new LinearAssignment(n, n + padding).Maximize(gain, columns);
            Assert.Equal(Enumerable.Range(0, n), columns.Order());
            Assert.Equal(Best(gain, n, n + padding, 0, []), columns.Select((c, r) => gain[(r * (n + padding)) + c]).Sum(), 1e-9);
        }, iter: 300);

    [Fact]
    public void A_large_problem_ends_where_scipys_does()
    {
        const int n = 60;
        var random = new SeededRandom(3);
        var gain = Enumerable.Range(0, n * n).Select(_ => random.NextNormal()).ToArray();
        var columns = new int[n];
        new LinearAssignment(n, n).Maximize(gain, columns);
        var expected = Python.Run(
            $"from scipy.optimize import linear_sum_assignment\nout(columns=linear_sum_assignment(rows('g', {n}), maximize=True)[1])",
            ("g", gain));
        Assert.Equal(expected.Doubles("columns").Select(c => (int)c), columns);
    }

    static double Best(double[] gain, int n, int stride, int row, HashSet<int> used) =>
        row == n ? 0 : Enumerable.Range(0, n).Where(c => !used.Contains(c))
            .Max(c => gain[(row * stride) + c] + Best(gain, n, stride, row + 1, [.. used, c]));
}
