using Mlds.Analysis.Data;

namespace Mlds.Analysis.Validation;

/// <summary>
/// Splits into k folds by seed: networks of one seed share their initial weights across machines, so they are all tested together, and
/// never while one of them is trained on.
/// </summary>
static class Folds
{
    /// <summary>The fold 0 … k − 1 of each network. With fewer seeds than folds, one fold per seed.</summary>
    internal static int[] BySeed(IReadOnlyList<uint> seeds, int k, SeededRandom random)
    {
        var distinct = seeds.Distinct().Order().ToArray();
        random.Shuffle<uint>(distinct);
        k = Math.Min(k, distinct.Length);
        var foldOf = distinct.Select((seed, i) => (seed, fold: i % k)).ToDictionary(pair => pair.seed, pair => pair.fold);
        return [.. seeds.Select(seed => foldOf[seed])];
    }

    /// <summary>The labels, shuffled within each fold: all class counts stay, but the labels tell nothing.</summary>
    internal static int[] Shuffled(IReadOnlyList<int> labels, IReadOnlyList<int> folds, SeededRandom random)
    {
        var shuffled = labels.ToArray();
        foreach (var fold in folds.Distinct().Order())
        {
            var members = Enumerable.Range(0, labels.Count).Where(i => folds[i] == fold).ToArray();
            var values = members.Select(i => labels[i]).ToArray();
            random.Shuffle<int>(values);
            for (var i = 0; i < members.Length; i++) shuffled[members[i]] = values[i];
        }

        return shuffled;
    }
}
