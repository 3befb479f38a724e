using CsCheck;
using Mlds.Analysis.Clustering;
using Mlds.Analysis.Data;

namespace Mlds.Analysis.Tests.Clustering;

public sealed class AgreementTests
{
    [Fact]
    public void Both_indices_are_scikit_learns()
    {
        var random = new SeededRandom(2);
        foreach (var (a, b) in new[] { (2, 2), (3, 5), (6, 3), (1, 4) })
        {
            int[] first = [.. Enumerable.Range(0, 70).Select(_ => random.Next(a))];
            int[] second = [.. Enumerable.Range(0, 70).Select(i => random.Next(3) == 0 ? random.Next(b) : first[i] % b)];
            var expected = Python.Run(
                "from sklearn.metrics import *\na, b = ints('a'), ints('b')\n"
                + "out(ari=adjusted_rand_score(a, b), nmi=normalized_mutual_info_score(a, b))",
                ("a", Samples.Doubles(first)), ("b", Samples.Doubles(second)));
            Assert.Equal(expected.Double("ari"), Agreement.AdjustedRandIndex(first, second), 1e-12);
            Assert.Equal(expected.Double("nmi"), Agreement.NormalizedMutualInformation(first, second), 1e-12);
        }
    }

    [Fact]
    public void Renaming_clusters_changes_nothing() =>
        Gen.Int[0, 3].Array[2, 40].Sample(labels =>
        {
            var renamed = Array.ConvertAll(labels, label => 7 - label);
            Assert.Equal(1, Agreement.AdjustedRandIndex(labels, renamed), 1e-12);
            Assert.Equal(1, Agreement.NormalizedMutualInformation(labels, renamed), 1e-12);
        });
}
