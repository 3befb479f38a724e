using Mlds.Analysis.Data;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Validation;

public sealed class FitTests
{
    [Fact]
    public void Rank_correlations_with_ties_are_scipys()
    {
        var random = new SeededRandom(6);
        double[] a = [.. Enumerable.Range(0, 40).Select(_ => (double)random.Next(12))];
        double[] b = [.. a.Select(value => Math.Floor(value / 3) + random.Next(3))];
        var expected = Python.Run(
            """
            from scipy.stats import spearmanr, kendalltau, pearsonr, rankdata
            a, b = np.array(data['a']), np.array(data['b'])
            out(rho=float(spearmanr(a, b)[0]), tau=float(kendalltau(a, b)[0]), r=float(pearsonr(a, b)[0]), ranks=rankdata(a))
            """,
            ("a", a), ("b", b));
        Assert.Equal(expected.Double("rho"), Fit.Spearman(a, b), 1e-12);
        Assert.Equal(expected.Double("tau"), Fit.KendallTau(a, b), 1e-12);
        Assert.Equal(expected.Double("r"), Fit.Pearson(a, b), 1e-12);
        Assert.Equal(expected.Doubles("ranks"), Fit.Ranks(a));
    }

    [Fact]
    public void Numbers_that_do_not_vary_correlate_with_nothing() => Assert.Equal(0, Fit.Spearman([2, 2, 2], [1, 5, 3]));
}
