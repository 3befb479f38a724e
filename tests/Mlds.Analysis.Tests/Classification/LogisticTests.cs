using Mlds.Analysis.Classification;

namespace Mlds.Analysis.Tests.Classification;

public sealed class LogisticTests
{
    [Theory]
    [InlineData(120, 10, 2, 1.0, 1e-2)]
    [InlineData(90, 200, 4, 3.0, 1e-3)]
    [InlineData(150, 30, 3, 2.0, 1e-4)]
    public void Probabilities_are_scikit_learns(int rows, int columns, int classes, double spread, double penalty)
    {
        var all = Samples.Blobs(rows + 60, columns, classes, 33, spread);
        var (train, test) = (all.Select([.. Enumerable.Range(0, rows)]), all.Select([.. Enumerable.Range(rows, 60)]));
        var labels = Samples.Labels(rows + 60, classes);
        var scores = new Logistic(new LogisticOptions(penalty, 2000)).Score(train, [labels[..rows]], classes, test)[0];
        var expected = Python.Run(
            $$"""
            from sklearn.linear_model import LogisticRegression
            x, t = rows('x', {{columns}}), rows('t', {{columns}})
            m, s = x.mean(0), x.std(0)
            x, t = (x - m) / s, (t - m) / s
            length = np.sqrt((x ** 2).sum(1).mean())
            f = LogisticRegression(
                C=1 / ({{penalty}} * len(x)), tol=1e-12, max_iter=2000, solver='newton-cg', multi_class='multinomial')
            out(p=f.fit(x / length, ints('y')).predict_proba(t / length))
            """, ("x", Samples.Doubles(train.Values)), ("y", Samples.Doubles(labels[..rows])), ("t", Samples.Doubles(test.Values)));
        double[] probabilities = [.. scores.Chunk(classes)
            .SelectMany(row => row.Select(score => 1 / row.Sum(other => Math.Exp(other - score))))];
        Near.All(expected.Doubles("p"), probabilities, 1e-4);
    }

    [Fact]
    public void A_penalty_that_is_not_positive_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Logistic(new LogisticOptions(0))
            .Score(Samples.Blobs(6, 2, 2, 1), [Samples.Labels(6, 2)], 2, Samples.Blobs(2, 2, 2, 1)));
}
