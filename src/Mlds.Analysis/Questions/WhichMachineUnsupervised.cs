using System.Globalization;
using Mlds.Analysis.Clustering;
using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>Do networks of one machine cluster without being told? k-means with as many clusters as machines, against the truth.</summary>
static class WhichMachineUnsupervised
{
    const int BootstrapRounds = 500;
    const int SilhouetteRounds = 20;

    /// <summary>Each start costs as many squares of networks as it takes steps: of two thousand networks, seconds.</summary>
    const int StartsOfMany = 10;

    static readonly Asked s_asked = new(
        "which_machine_unsupervised",
        "Do networks of the same machine lie together?",
        "k-means with as many clusters as machines, 100 k-means++ starts, on as many networks of every original machine; "
        + "labels play no part. Columns are standardised except in the views whose columns share a scale (raw, "
        + "reduced, aligned, behaviour). ARI: adjusted Rand index between clusters and machines; NMI: normalised mutual information. "
        + "Silhouette (Rousseeuw 1987) of the true machines, without k-means. Intervals: percentile bootstrap over "
        + "seeds of the assignment as found, so an ARI of exactly 1 has no length. Shuffled: the same clusters against shuffled machines.");

    static readonly Asked s_askedOfMany = s_asked with
    {
        Protocol = s_asked.Protocol.Replace("100 k-means++ starts", $"{StartsOfMany} k-means++ starts", StringComparison.Ordinal),
    };

    internal static Question Question => new("Which machine, without labels", s_asked, AppliesTo, Ask)
    {
        Work = work =>
        {
            var classes = work.Machines(originals: true);
            double Rows(Ceiling ceiling) => classes * work.PerClass(ceiling, classes);
            return work.Clusters(Rows(work.Ceilings.OfFits), classes) + (3 * work.Pairs(Rows(work.Ceilings.OfPairs)));
        },
    };

    static string? AppliesTo(WeightMatrix population) =>
        WhichMachine.Families(population) >= 2 ? null : "Clustering by machine needs at least two original machines.";

    static QuestionResult Ask(QuestionContext context)
    {
        var classes = context.Labels.Where(IsOriginal).Select(label => label.Machine.Class).Distinct().ToArray();
        var selection = Selection.Balanced(context, classes.Select(name =>
            (name, (IReadOnlyList<int>)Selection.RowsWhere(context, label => IsOriginal(label) && label.Machine.Class == name))),
            context.Ceilings.OfFits);
        if (selection.Classes.Length < 2)
        {
            return s_asked.Skip(
                "Clustering by machine needs at least two original machines with "
                + $"{context.MinimumPerClass} converged networks each.",
                selection.LeftOut);
        }

        var scores = Enumerable.Range(0, context.Features.Count).SelectMany(view => Scores(context, selection, view)).ToArray();
        var compared = PerMachine(context, selection);
        IReadOnlyList<string> leftOut = compared == selection.PerClass
            ? selection.LeftOut
            :
            [
                .. selection.LeftOut,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The silhouette is of {compared:N0} networks of each machine, as it compares all with all."),
            ];
        return (context.HasManyMachines ? s_askedOfMany : s_asked).Answer(Answer(scores), leftOut, scores);
    }

    static bool IsOriginal(NetworkLabel label) => label.Machine.Variant == Variant.Original;

    static Score[] Scores(QuestionContext context, Selection selection, int view)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var features = context.Features[view].Select(selection.Rows);
        if (context.Options.Views[view].Standardized) features = Standardizer.Fit(features).Transform(features);
        var options = new KMeansOptions(selection.Classes.Length, Seed: context.Options.Seed);
        if (context.HasManyMachines) options = options with { Restarts = StartsOfMany };
        var clusters = KMeans.Fit(features, options).Labels;
        return
        [
            Score(context, selection, view, clusters, "ari", Agreement.AdjustedRandIndex),
            Score(context, selection, view, clusters, "nmi", Agreement.NormalizedMutualInformation),
            Silhouettes(context, selection, view, features),
        ];
    }

    static Score Score(
        QuestionContext context, Selection selection, int view, IReadOnlyList<int> clusters, string metric,
        Func<IReadOnlyList<int>, IReadOnlyList<int>, double> agreement)
    {
        var random = context.Random("kmeans_shuffle", view);
        var shuffled = Enumerable.Range(0, 100).Select(_ =>
        {
            var labels = selection.Labels.ToArray();
            random.Shuffle<int>(labels);
            return agreement(labels, clusters);
        }).ToArray();
        var value = agreement(selection.Labels, clusters);
        var rounds = Bootstrap(
            context, selection, view, rows => agreement([.. rows.Select(i => selection.Labels[i])], [.. rows.Select(i => clusters[i])]));
        var estimate = new Estimate(value, Math.Min(value, Quantile.Of(rounds, 0.025)), Math.Max(value, Quantile.Of(rounds, 0.975)));
        return new Score(
            WhichMachine.Originals, context.Options.Views[view].Name, "kmeans",
            metric, estimate, 0, selection.Rows.Length, selection.Classes.Length, selection.PerClass, Intervals.Central(shuffled), null);
    }

    /// <summary>
    /// How much nearer networks lie to those of their own machine than to the next machine's, whatever k-means made of it.
    /// </summary>
    static Score Silhouettes(QuestionContext context, Selection selection, int view, FeatureMatrix features)
    {
        var random = context.Random("silhouette_shuffle", view);
        var compared = PerMachine(context, selection);
        int[] rows = [.. Enumerable.Range(0, features.Rows).Where(i => i % selection.PerClass < compared)];
        if (rows.Length < features.Rows) features = features.Select(rows);
        var (truth, seeds) = (Array.ConvertAll(rows, i => selection.Labels[i]), selection.Seeds(context));
        var distances = PermutationTest.Distances(features);
        int[] all = [.. Enumerable.Range(0, features.Rows)];
        var value = Silhouette.Of(distances, all, truth);
        var shuffled = Enumerable.Range(0, 5).Select(_ =>
        {
            var labels = truth.ToArray();
            random.Shuffle<int>(labels);
            return Silhouette.Of(distances, all, labels);
        }).ToArray();
        var spread = Validation.Bootstrap.Interval(
            Array.ConvertAll(rows, i => (int)seeds[i]),
            drawn => Silhouette.Of(distances, drawn, Array.ConvertAll(drawn, i => truth[i])),
            SilhouetteRounds,
            context.Options.Seed);
        var estimate = new Estimate(value, Math.Min(value, spread.Low), Math.Max(value, spread.High));
        return new Score(
            WhichMachine.Originals, context.Options.Views[view].Name, "machines", "silhouette",
            estimate, 0, rows.Length, selection.Classes.Length, compared, Intervals.Central(shuffled), null);
    }

    /// <summary>Networks of each machine that the silhouette is of: the first of each, those of the lowest seeds.</summary>
    static int PerMachine(QuestionContext context, Selection selection) =>
        Math.Min(selection.PerClass, context.Ceilings.OfPairs(selection.Classes.Length).Most);

    /// <summary>Seeds drawn with replacement, each with all its networks.</summary>
    static double[] Bootstrap(QuestionContext context, Selection selection, int view, Func<List<int>, double> statistic)
    {
        var seeds = selection.Seeds(context);
        var members = Enumerable.Range(0, seeds.Length).GroupBy(i => seeds[i]).OrderBy(g => g.Key).Select(g => g.ToArray()).ToArray();
        var random = context.Random("kmeans_bootstrap", view);
        return [.. Enumerable.Range(0, BootstrapRounds).Select(_ =>
        {
            var rows = new List<int>();
            for (var i = 0; i < members.Length; i++) rows.AddRange(members[random.Next(members.Length)]);
            return statistic(rows);
        })];
    }

    static string Answer(IReadOnlyList<Score> scores)
    {
        var aris = scores.Where(s => s.Metric == "ari").Select(s => $"{Words.Number(s.Value.Value)} in the view {s.View}").ToArray();
        return $"Without labels, k-means on {scores[0].Networks} networks of {scores[0].Classes} machines "
            + $"finds them with an adjusted Rand index of {Words.List(aris)}.";
    }
}
