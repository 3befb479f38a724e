using System.Globalization;
using Mlds.Analysis.Data;
using Mlds.Analysis.Decomposition;
using Mlds.Analysis.Embedding;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;

namespace Mlds.Analysis.Questions;

/// <summary>Networks as points: principal components of every view, and t-SNE of those that pictures show side by side.</summary>
static class Projections
{
    /// <summary>More networks than this are thinned for t-SNE, evenly over each machine's seeds: it compares all with all.</summary>
    internal const int MostEmbedded = 5_000;

    /// <summary>More points than this are thinned in the same way: they would cover each other.</summary>
    const int MostShown = 10_000;

    static readonly string[] s_embedded = ["raw", "aligned", "invariants"];

    /// <summary>The projections of one view.</summary>
    internal static IReadOnlyList<Projection> Of(QuestionContext context, int view)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var (taken, features) = (context.Options.Views[view], context.Features[view]);
        var components = Components(context, taken, features);
        context.JobDone();
        return IsEmbedded(taken) && context.Labels.Count >= 4 ? [components, Embedding(context, taken, features)] : [components];
    }

    /// <summary>Whether the view is shown by t-SNE too.</summary>
    internal static bool IsEmbedded(View view) => s_embedded.Contains(view.Name);

    static Projection Components(QuestionContext context, View view, FeatureMatrix features)
    {
        var pca = Pca.Fit(features, new PcaOptions(context.Options.Components, view.Standardized));
        var scaling = view.Standardized ? "columns standardised" : "columns centred, not scaled";
        var rows = Thinned(context.Labels, MostShown);
        var shown = rows.Length == features.Rows
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" {rows.Length:N0} of them are shown, evenly over each machine's seeds.");
        return new Projection(
            view.Name, "pca",
            $"Principal components of {features.Columns} columns over {features.Rows} converged networks; {scaling}.{shown}",
            pca.ExplainedVarianceRatio,
            Points(context, rows, pca.Transform(rows.Length == features.Rows ? features : features.Select(rows))));
    }

    static Projection Embedding(QuestionContext context, View view, FeatureMatrix features)
    {
        var rows = Thinned(context.Labels, MostEmbedded);
        var options = new TSneOptions(Standardize: view.Standardized);
        var embedding = TSne.Fit(features.Select(rows), options, context.Cancellation);
        var scaling = view.Standardized ? "columns standardised first" : "columns as they are";
        return new Projection(
            view.Name, "tsne",
            string.Create(
                CultureInfo.InvariantCulture,
                $"t-SNE (van der Maaten and Hinton 2008) of {features.Columns} columns over {rows.Length} of "
                + $"{features.Rows} converged networks; {scaling}; perplexity {Math.Min(options.Perplexity, (rows.Length - 1) / 3.0):0.#}, "
                + $"{options.Iterations} iterations from the principal components. Distances between clusters mean nothing."),
            [], Points(context, rows, embedding.Coordinates));
    }

    /// <summary>Rows of at most so many networks, ascending: all, or evenly over each machine's seeds.</summary>
    internal static int[] Thinned(IReadOnlyList<NetworkLabel> labels, int most)
    {
        int[] all = [.. Enumerable.Range(0, labels.Count)];
        if (all.Length <= most) return all;
        int[] ordered = [.. all.OrderBy(row => labels[row].Machine.Name, StringComparer.Ordinal).ThenBy(row => labels[row].Seed)];
        return [.. Regressions.Thinned(ordered, most).Order()];
    }

    static ProjectedNetwork[] Points(QuestionContext context, int[] rows, IReadOnlyList<double[]> coordinates) =>
    [
        .. rows.Select((row, i) =>
        {
            var label = context.Labels[row];
            return new ProjectedNetwork(
                label.RecipeId, label.Machine.Name, label.Machine.Family, label.Machine.VariantName,
                label.Seed, label.Epochs, label.ValidationLoss, coordinates[i]);
        }),
    ];
}
