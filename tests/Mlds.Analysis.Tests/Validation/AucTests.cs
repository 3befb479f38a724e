using Mlds.Analysis.Data;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Validation;

public sealed class AucTests
{
    [Fact]
    public void It_is_scikit_learns_also_with_ties()
    {
        var random = new SeededRandom(3);
        foreach (var levels in new[] { 3, 20, 100000 })
        {
            bool[] positive = [.. Enumerable.Range(0, 80).Select(_ => random.Next(3) == 0)];
            double[] scores = [.. positive.Select(p => random.Next(levels) + (p ? levels / 4 : 0))];
            var expected = Python.Run(
                "from sklearn.metrics import roc_auc_score\nout(auc=roc_auc_score(ints('y'), np.array(data['s'])))",
                ("y", [.. positive.Select(p => p ? 1.0 : 0)]), ("s", scores));
            Assert.Equal(expected.Double("auc"), Auc.Of(scores, positive), 1e-12);
        }
    }

    [Fact]
    public void All_equal_scores_tell_nothing() => Assert.Equal(0.5, Auc.Of([1, 1, 1, 1], [true, false, true, false]));
}
