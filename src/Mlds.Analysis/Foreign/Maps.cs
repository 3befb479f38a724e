using System.Globalization;
using Mlds.Analysis.Data;
using Mlds.Analysis.Decomposition;
using Mlds.Analysis.Embedding;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;

namespace Mlds.Analysis.Foreign;

/// <summary>
/// Networks as points, coloured by a label: the first of texts, or where there is none the first of numbers, cut into four parts of equally
/// many networks.
/// </summary>
sealed class Maps
{
    /// <summary>Points of a plane at most: a page has to draw them.</summary>
    const int MostDrawn = 5_000;

    /// <summary>Networks of a t-SNE at most: it compares all with all, a thousand times.</summary>
    const int MostEmbedded = 2_000;

    const int Parts = 4;
    const string NoValue = "no value";

    static readonly string[] s_embedded = ["raw", "aligned", "statistics", "invariants"];

    readonly ForeignContext _context;
    readonly string[] _classes;
    readonly string[] _notes;

    internal Maps(ForeignContext context)
    {
        _context = context;
        ColouredBy = context.Zoo.Labels.FirstOrDefault(label => label.IsText) ?? context.Zoo.Labels[0];
        Classes = [.. ColouredBy.IsText ? ColouredBy.ClassNames : Ranges(ColouredBy).Select(range => range.Name)];
        _classes = Enumerable.Repeat(NoValue, context.Zoo.Networks).ToArray();
        for (var i = 0; i < ColouredBy.Rows.Length; i++) _classes[ColouredBy.Rows[i]] = ClassOf(i);
        if (_classes.Contains(NoValue)) Classes = [.. Classes, NoValue];
        _notes = [.. context.Zoo.Rows.Select(row => $"row {row}")];
        foreach (var label in context.Zoo.Labels)
        {
            for (var i = 0; i < label.Rows.Length; i++)
            {
                var value = label.IsText ? label.ClassNames[label.Classes[i]] : Short(label.Numbers[i]);
                _notes[label.Rows[i]] += $"\n{label.Name} {value}";
            }
        }
    }

    /// <summary>The label that colours them.</summary>
    internal LabelColumn ColouredBy { get; }

    /// <summary>What its networks are called, in order.</summary>
    internal IReadOnlyList<string> Classes { get; }

    /// <summary>How many networks a class has.</summary>
    internal int Count(string name) => _classes.Count(other => other == name);

    /// <summary>About how many seconds of a core they take for a view of <paramref name="columns"/>.</summary>
    internal double Work(string view, double columns) => Workload.Pairs(Math.Min(MostDrawn, _classes.Length), columns)
        + (s_embedded.Contains(view) ? Workload.Embedding(Math.Min(MostEmbedded, _classes.Length)) : 0);

    /// <summary>Principal components, and t-SNE of some views.</summary>
    internal Projection[] Draw(ForeignView view, FeatureMatrix features)
    {
        _context.Step();
        var (rows, few) = Few(features, MostDrawn);
        var pca = Pca.Fit(few, new PcaOptions(_context.Options.Components, view.Standardized));
        var components = new Projection(
            view.Name, "pca",
            $"Principal components of {features.Columns} columns over {Said(rows, features)}; "
            + $"{(view.Standardized ? "columns standardised" : "columns centred, not scaled")}.",
            pca.ExplainedVarianceRatio, Points(rows, pca.Transform(few)));
        if (!s_embedded.Contains(view.Name)) return [components];
        _context.Step();
        (rows, few) = Few(features, MostEmbedded);
        var options = new TSneOptions(Standardize: view.Standardized);
        var embedding = TSne.Fit(few, options, _context.Cancellation);
        var map = new Projection(
            view.Name, "tsne",
            string.Create(
                CultureInfo.InvariantCulture,
                $"t-SNE (van der Maaten and Hinton 2008) of {features.Columns} columns over {Said(rows, features)}; ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"perplexity {Math.Min(options.Perplexity, (rows.Length - 1) / 3.0):0.#}, {options.Iterations} iterations from the ")
            + "principal components. Distances between clusters mean nothing.",
            [], Points(rows, embedding.Coordinates));
        return [components, map];
    }

    static (int[] Rows, FeatureMatrix Few) Few(FeatureMatrix features, int most)
    {
        var rows = Regressions.Thinned([.. Enumerable.Range(0, features.Rows)], most);
        return (rows, features.Select(rows));
    }

    static string Said(int[] rows, FeatureMatrix features) => rows.Length == features.Rows
        ? $"{rows.Length} networks"
        : $"{rows.Length} of {features.Rows} networks, evenly thinned";

    ProjectedNetwork[] Points(int[] rows, IReadOnlyList<double[]> coordinates) =>
    [
        .. rows.Select((row, i) => new ProjectedNetwork(
            "", _classes[row], _classes[row], "original", (uint)_context.Zoo.Rows[row], 0, 0, coordinates[i]) { Note = _notes[row] }),
    ];

    string ClassOf(int i) => ColouredBy.IsText
        ? ColouredBy.ClassNames[ColouredBy.Classes[i]]
        : Ranges(ColouredBy).First(range => ColouredBy.Numbers[i] <= range.Most).Name;

    (string Name, double Most)[]? _ranges;

    (string Name, double Most)[] Ranges(LabelColumn label) => _ranges ??= Cut(label.Numbers);

    /// <summary>Ranges with about equally many numbers each; fewer where many are equal.</summary>
    static (string Name, double Most)[] Cut(double[] numbers)
    {
        var sorted = numbers.Order().ToArray();
        var ends = Enumerable.Range(1, Parts).Select(part => sorted[(sorted.Length * part / Parts) - 1]).Distinct().ToArray();
        return
        [
            .. ends.Select((end, i) =>
            {
                var first = i == 0 ? sorted[0] : sorted.First(number => number > ends[i - 1]);
                return (first == end ? Short(end) : $"{Short(first)} to {Short(end)}", end);
            }),
        ];
    }

    static string Short(double number) => number.ToString("G3", CultureInfo.InvariantCulture);
}
