using Mlds.Analysis.Clustering;
using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Foreign;

/// <summary>Do networks of one name cluster without being told?</summary>
sealed class ClustersWithoutLabels : ForeignQuestion
{
    internal const string Id = "clusters_without_labels";

    const int MostClustered = 2_000;
    const int MostClusters = 20;
    const int Starts = 20;
    const int Shuffles = 100;

    static readonly Asked s_asked = new(
        Id,
        "Do networks of one name lie together?",
        $"For each label of at most {MostClusters} texts: k-means with as many clusters as texts, {Starts} k-means++ starts; labels play "
        + $"no part. Of more than {MostClustered:N0} networks as many, evenly thinned. Columns are standardised except in the views whose "
        + "columns share a scale (raw, reduced, aligned). ARI: adjusted Rand index between clusters and texts; NMI: normalised mutual "
        + "information. Intervals: percentile bootstrap over groups of the assignment as found. Shuffled: the same clusters against "
        + "shuffled texts.");

    readonly ForeignContext _context;
    readonly LabelColumn[] _labels;

    internal ClustersWithoutLabels(ForeignContext context)
        : base("Clusters", s_asked) =>
        (_context, _labels) = (context, [.. context.Zoo.Labels.Where(label => label.IsText && label.ClassNames.Count <= MostClusters)]);

    internal override string? Lack =>
        _labels.Length > 0 ? null : $"No --label is a column of at most {MostClusters} different texts.";

    internal override double Work(double columns) =>
        _labels.Sum(label => 2 * Workload.Pairs(Math.Min(MostClustered, label.Rows.Length), columns));

    internal override ForeignPart Ask(ForeignView view, FeatureMatrix features, ForeignPart without)
    {
        var scores = new List<Score>();
        foreach (var label in _labels)
        {
            _context.Step();
            var places = Regressions.Thinned([.. Enumerable.Range(0, label.Rows.Length)], MostClustered);
            var few = features.Select(Array.ConvertAll(places, i => label.Rows[i]));
            if (view.Standardized) few = Standardizer.Fit(few).Transform(few);
            var clusters = KMeans.Fit(few, new KMeansOptions(label.ClassNames.Count, Starts, Seed: _context.Options.Seed)).Labels;
            var (truth, groups) = (
                Array.ConvertAll(places, i => label.Classes[i]), Array.ConvertAll(places, i => _context.Zoo.Grouping.Of[label.Rows[i]]));
            scores.Add(Score(label, view.Name, "ari", Agreement.AdjustedRandIndex, truth, clusters, groups));
            scores.Add(Score(label, view.Name, "nmi", Agreement.NormalizedMutualInformation, truth, clusters, groups));
        }

        return new ForeignPart { Scores = scores };
    }

    Score Score(
        LabelColumn label, string view, string metric, Func<IReadOnlyList<int>, IReadOnlyList<int>, double> agreement, int[] truth,
        IReadOnlyList<int> clusters, int[] groups)
    {
        var value = agreement(truth, clusters);
        var spread = Bootstrap.Interval(
            groups, rows => agreement(Array.ConvertAll(rows, row => truth[row]), Array.ConvertAll(rows, row => clusters[row])), 200,
            _context.Options.Seed);
        var shuffled = Enumerable.Range(0, Shuffles).Select(shuffle =>
        {
            var mixed = truth.ToArray();
            _context.Random("clusters_shuffle", shuffle).Shuffle<int>(mixed);
            return agreement(mixed, clusters);
        }).ToArray();
        return new Score(
            label.Name, view, "kmeans", metric, new Estimate(value, Math.Min(value, spread.Low), Math.Max(value, spread.High)), 0,
            truth.Length, label.ClassNames.Count, truth.Length / label.ClassNames.Count, Intervals.Central(shuffled), null);
    }

    internal override QuestionResult Answer(ForeignPart without, IReadOnlyList<ForeignPart> parts)
    {
        var scores = InOrder(parts, _labels);
        string Sentence(LabelColumn label)
        {
            var own = scores.Where(score => score.Subject == label.Name && score.Metric == "ari")
                .Select(score => $"{Words.Number(score.Value.Value)} in the view {score.View}");
            return $"k-means finds the kinds of {label.Name} with an adjusted Rand index of {Words.List([.. own])}.";
        }

        return s_asked.Answer(
            string.Join(" ", _labels.Select(Sentence)),
            [.. _labels.Where(label => label.Rows.Length > MostClustered).Select(label =>
                $"{label.Rows.Length - MostClustered} of {label.Rows.Length} networks with {label.Name}, evenly thinned.")],
            scores);
    }
}
