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
    const int MostEmbedded = 1500;

    static readonly string[] s_embedded = ["raw", "aligned", "invariants"];

    internal static List<Projection> Of(QuestionContext context)
    {
        var projections = context.Options.Views.Select((view, i) => Components(context, view, context.Features[i])).ToList();
        for (var i = 0; i < context.Options.Views.Count; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (s_embedded.Contains(context.Options.Views[i].Name) && context.Labels.Count >= 4)
                projections.Add(Embedding(context, context.Options.Views[i], context.Features[i]));
        }

        return projections;
    }

    static Projection Components(QuestionContext context, View view, FeatureMatrix features)
    {
        var pca = Pca.Fit(features, new PcaOptions(context.Options.Components, view.Standardized));
        var scaling = view.Standardized ? "columns standardised" : "columns centred, not scaled";
        return new Projection(
            view.Name, "pca", $"Principal components of {features.Columns} columns over {features.Rows} converged networks; {scaling}.",
            pca.ExplainedVarianceRatio,
            Points(context, [.. Enumerable.Range(0, features.Rows)], pca.Transform(features)));
    }

    static Projection Embedding(QuestionContext context, View view, FeatureMatrix features)
    {
        var rows = Thinned(context);
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

    static int[] Thinned(QuestionContext context)
    {
        var all = Enumerable.Range(0, context.Labels.Count).ToArray();
        if (all.Length <= MostEmbedded) return all;
        var ordered = all.OrderBy(row => context.Labels[row].Machine.Name, StringComparer.Ordinal)
            .ThenBy(row => context.Labels[row].Seed).ToArray();
        return [.. Enumerable.Range(0, MostEmbedded).Select(i => ordered[(int)((long)i * ordered.Length / MostEmbedded)]).Order()];
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
