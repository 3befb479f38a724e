using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Analysis.Questions;

/// <summary>
/// The networks of a population that varies more than seeds, or whose machines have factors of their own, whatever their outcome and shape,
/// as its questions see them: thinned evenly to what can be regressed in a few minutes.
/// </summary>
sealed class Sweep
{
    /// <summary>Networks that take part at most.</summary>
    internal const int MostRows = 2_000;

    /// <summary>The same of networks with more parameters than <see cref="AnalysisOptions.Wide"/>.</summary>
    const int MostRowsOfWide = 500;

    const int BootstrapRounds = 500;

    /// <summary>What stands in a protocol of such a question.</summary>
    internal const string Networks =
        "All networks whose losses and weights are finite numbers take part, whether they converged or not, and of every shape; of more "
        + "than 2,000 (500 if they have more than 20,000 parameters) as many, evenly thinned. Views whose columns depend on the shape are "
        + "left out where there are several. ";

    /// <summary>Views that are of a network's weights alone, whatever other networks there are.</summary>
    static readonly string[] s_views = ["raw", "statistics", "invariants", "spectral"];

    Sweep(IReadOnlyList<NetworkLabel> labels, IReadOnlyList<(string Name, FeatureMatrix Features)> views, IReadOnlyList<string> leftOut) =>
        (Labels, Views, LeftOut) = (labels, views, leftOut);

    internal IReadOnlyList<NetworkLabel> Labels { get; }

    /// <summary>The views that all these networks have.</summary>
    internal IReadOnlyList<(string Name, FeatureMatrix Features)> Views { get; }

    internal IReadOnlyList<string> LeftOut { get; }

    /// <summary>Why a question on these networks can't be asked; null if it can.</summary>
    internal string? Lack(QuestionContext context)
    {
        if (Labels.Count < context.Options.MinimumPerClass)
            return $"It needs at least {context.Options.MinimumPerClass} networks with finite losses.";
        return Views.Count == 0
            ? "The networks' shapes differ so much that no view has the same columns for all; choose a shape with --where."
            : null;
    }

    /// <summary>The settings, in order of their names.</summary>
    internal IReadOnlyList<(string Name, FactorKind Kind)> Factors =>
        [.. Labels[0].Settings.Select(setting => (setting.Key, setting.Value.Kind))];

    /// <summary>Null where a population says how its networks were trained.</summary>
    internal static string? AppliesTo(WeightMatrix networks) => networks.Labels.Any(label => label.Settings.Count > 0)
        ? null
        : "The networks of a machine differ in their seed alone, and its file declares no factor besides family, variant and key.";

    /// <summary>Null where networks of one machine were trained in different ways.</summary>
    internal static string? AppliesToVaried(WeightMatrix networks) => IsVaried(networks)
        ? null
        : "The networks of a machine differ in their seed alone: its file has no 'vary'.";

    /// <summary>Whether networks of one machine have different settings.</summary>
    internal static bool IsVaried(WeightMatrix networks) => networks.Labels.GroupBy(label => label.Machine.Name)
        .Any(machine => machine.Any(label => !label.Settings.SequenceEqual(machine.First().Settings)));

    /// <summary>What a question on these networks costs.</summary>
    internal static double Work(Workload work) => 20 * work.Fits(Math.Min(MostRows, work.Networks), 3);

    internal static Sweep Of(QuestionContext context) => context.Sweep ??= Make(context);

    static Sweep Make(QuestionContext context)
    {
        WeightMatrix[] shapes = [context.Population, .. context.Population.OtherShapes];
        var all = shapes.SelectMany((shape, i) => Enumerable.Range(0, shape.Networks).Select(row => (Shape: i, Row: row))).ToArray();
        var finite = all.Where(one => IsFinite(shapes[one.Shape], one.Row)).ToArray();
        var leftOut = new List<string>();
        if (finite.Length < all.Length)
            leftOut.Add($"{all.Length - finite.Length} networks whose losses or weights aren't finite numbers.");
        var kept = finite.OrderBy(one => shapes[one.Shape].Labels[one.Row].Seed).ToArray();
        var most = shapes.Max(shape => shape.Layout.Parameters) > AnalysisOptions.Wide ? MostRowsOfWide : MostRows;
        if (kept.Length > most) leftOut.Add($"{kept.Length - most} of {kept.Length} networks, evenly thinned.");
        kept = [.. Regressions.Thinned(kept, most).OrderBy(one => one.Shape).ThenBy(one => one.Row)];
        var parts = kept.GroupBy(one => one.Shape).Select(part => shapes[part.Key].Rows([.. part.Select(one => one.Row)])).ToArray();
        var views = new List<(string, FeatureMatrix)>();
        foreach (var view in context.Options.Views.Where(view => s_views.Contains(view.Name)))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (parts.Any(part => view.AppliesTo(part.Layout.Spec) is not null)) continue;
            // A small sample shows whether the columns are the same.
            if (parts.Length > 1 && parts.Select(part => view.Build(part.Rows([0])).ColumnNames).ToArray() is var names
                && names.Any(columns => !columns.SequenceEqual(names[0])))
            {
                continue;
            }

            views.Add((view.Name, Together([.. parts.Select(view.Build)])));
        }

        if (parts.Length > 1 && views.Count > 0)
        {
            var names = string.Join(", ", views.Select(view => view.Item1));
            leftOut.Add($"Views other than {names}: there are networks of {parts.Length} shapes.");
        }

        return new Sweep([.. parts.SelectMany(part => part.Labels)], views, leftOut);
    }

    static bool IsFinite(WeightMatrix networks, int row)
    {
        var label = networks.Labels[row];
        if (label.Outcome == Outcome.Diverged || !double.IsFinite(label.ValidationLoss) || !double.IsFinite(label.LongLoss)) return false;
        if (label.TrainingLoss is { } training && !double.IsFinite(training)) return false;
        foreach (var weight in networks.Row(row))
            if (!float.IsFinite(weight)) return false;
        return true;
    }

    static FeatureMatrix Together(FeatureMatrix[] parts) => parts.Length == 1
        ? parts[0]
        : new FeatureMatrix(parts.SelectMany(part => part.Values).ToArray(), parts.Sum(part => part.Rows), parts[0].ColumnNames);

    /// <summary>Folds by seed.</summary>
    internal int[] Folds(QuestionContext context) =>
        Validation.Folds.BySeed([.. Labels.Select(label => label.Seed)], context.Options.Folds, context.Random("folds"));

    /// <summary>A factor's numbers; those above 0 that reach over a factor of 10 as decimal logarithms.</summary>
    internal (double[] Values, bool IsLogarithm) Numbers(string factor)
    {
        var values = Labels.Select(label => label.Setting(factor).Number).ToArray();
        var isLogarithm = values.Min() > 0 && values.Max() >= 10 * values.Min();
        return (isLogarithm ? Array.ConvertAll(values, Regressions.Log) : values, isLogarithm);
    }

    /// <summary>Texts as indicators, numbers as <see cref="Numbers"/> has them, machines as indicators, and further columns.</summary>
    internal FeatureMatrix Metadata(params IReadOnlyList<(string Name, Func<NetworkLabel, double> Value)> further)
    {
        var columns = new List<(string Name, double[] Values)>();
        void Indicators(string name, string[] texts)
        {
            foreach (var text in texts.Distinct().Order(StringComparer.Ordinal).Skip(1))
                columns.Add(($"{name}={text}", Array.ConvertAll(texts, other => other == text ? 1.0 : 0.0)));
        }

        Indicators("machine", [.. Labels.Select(label => label.Machine.Name)]);
        foreach (var (name, kind) in Factors)
        {
            if (kind == FactorKind.Number) columns.Add((name, Numbers(name).Values));
            else Indicators(name, [.. Labels.Select(label => label.Setting(name).ToString())]);
        }

        return Matrix([.. columns, .. further.Select(one => (one.Name, Labels.Select(one.Value).ToArray()))]);
    }

    internal FeatureMatrix Matrix(IReadOnlyList<(string Name, double[] Values)> columns)
    {
        var values = new double[Labels.Count * columns.Count];
        for (var row = 0; row < Labels.Count; row++)
            for (var column = 0; column < columns.Count; column++) values[(row * columns.Count) + column] = columns[column].Values[row];
        return new FeatureMatrix(values, Labels.Count, [.. columns.Select(column => column.Name)]);
    }

    /// <summary>R² with its interval: a bootstrap over seeds.</summary>
    internal Estimate R2(QuestionContext context, double[] truth, double[] predicted)
    {
        var spread = Bootstrap.Interval(
            [.. Labels.Select(label => (int)label.Seed)],
            rows => Fit.R2(Array.ConvertAll(rows, row => truth[row]), Array.ConvertAll(rows, row => predicted[row])),
            BootstrapRounds, context.Options.Seed);
        var value = Fit.R2(truth, predicted);
        return new Estimate(value, Math.Min(value, spread.Low), Math.Max(value, spread.High));
    }

    /// <summary>
    /// R² of every target from every view and by both methods, with shuffled targets beside, and what <paramref name="metadata"/> alone
    /// tell by the same method.
    /// </summary>
    internal IReadOnlyList<Score> Scores(
        QuestionContext context, IReadOnlyList<(string Name, double[] Values)> targets, IReadOnlyList<FeatureMatrix> metadata)
    {
        var folds = Folds(context);
        int[] order = Validation.Folds.Shuffled([.. Enumerable.Range(0, Labels.Count)], folds, context.Random("sweep_shuffle"));
        double[][] truths = [.. targets.Select(target => target.Values)];
        double[][] shuffled = [.. truths.Select(truth => Array.ConvertAll(order, i => truth[i]))];
        var scores = new List<Score>();
        foreach (var method in (string[])[Regressions.Ridge, Regressions.Forest])
        {
            var alone = targets.Select((_, t) => Regressions.OutOfFold(context, method, metadata[t], [truths[t]], folds)[0]).ToArray();
            foreach (var (view, features) in Views)
            {
                var predicted = Regressions.OutOfFold(context, method, features, [.. truths, .. shuffled], folds);
                for (var t = 0; t < targets.Count; t++)
                {
                    scores.Add(new Score(
                        targets[t].Name, view, method, "r2", R2(context, truths[t], predicted[t]), 0, Labels.Count, 1, Labels.Count,
                        R2(context, shuffled[t], predicted[targets.Count + t]), R2(context, truths[t], alone[t])));
                }
            }
        }

        return [.. scores.OrderBy(score => targets.Select(target => target.Name).ToList().IndexOf(score.Subject))];
    }

    /// <summary>Whether a score is of the view and method that are quoted: chosen beforehand, not by what did best.</summary>
    internal static bool IsQuoted(Score score) => score is { View: "statistics", Method: Regressions.Forest };

    /// <summary>A sentence for each subject: the view and method that are quoted, and metadata alone.</summary>
    internal static string Sentences(IEnumerable<Score> scores) => string.Join(" ", scores.GroupBy(score => score.Subject).Select(subject =>
    {
        var shown = subject.FirstOrDefault(IsQuoted) ?? subject.First();
        var what = shown.Metric == "r2" ? "R²" : "accuracy";
        // A factor is called as its column is.
        var name = subject.Key.Contains(' ') ? $"{char.ToUpperInvariant(subject.Key[0])}{subject.Key[1..]}" : subject.Key;
        return $"{name}: {what} {Words.Number(shown.Value)} from {shown.View}"
            + $"{(shown.MetadataOnly is { } alone ? $", {Words.Number(alone.Value)} from metadata alone" : "")}.";
    }));
}
