using CsCheck;
using Mlds.Analysis.Data;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Validation;

public sealed class FoldsTests
{
    static readonly Gen<uint[]> s_seeds = Gen.UInt[0, 12].Array[2, 60];

    [Fact]
    public void Twins_are_never_on_both_sides() =>
        Gen.Select(s_seeds, Gen.Int[2, 8], Gen.ULong).Sample((seeds, k, random) =>
        {
            var folds = Folds.BySeed(seeds, k, new SeededRandom(random));
            for (var i = 0; i < seeds.Length; i++)
                Assert.All(Enumerable.Range(0, seeds.Length).Where(j => seeds[j] == seeds[i]), j => Assert.Equal(folds[i], folds[j]));
            Assert.Equal(Math.Min(k, seeds.Distinct().Count()), folds.Distinct().Count());
        });

    [Fact]
    public void Shuffling_keeps_the_class_counts_of_every_fold() =>
        Gen.Select(s_seeds, Gen.ULong).Sample((seeds, seed) =>
        {
            var random = new SeededRandom(seed);
            var folds = Folds.BySeed(seeds, 3, random);
            int[] labels = [.. seeds.Select(_ => random.Next(4))];
            var shuffled = Folds.Shuffled(labels, folds, random);
            foreach (var fold in folds.Distinct())
            {
                IEnumerable<int> In(int[] values) => values.Where((_, i) => folds[i] == fold).Order();
                Assert.Equal(In(labels), In(shuffled));
            }
        });
}
