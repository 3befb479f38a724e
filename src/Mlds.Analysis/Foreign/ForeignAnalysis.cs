using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Training;

namespace Mlds.Analysis.Foreign;

/// <summary>What was found, and what each number rests on.</summary>
/// <param name="Predictions">Every prediction of every label, by each view and method, and by the metadata alone.</param>
public sealed record ForeignResult(AnalysisResult Analysis, IReadOnlyList<Prediction> Predictions);

/// <summary>Asks of anybody's networks what can be asked of weights and a table (docs/your-own-zoo.md).</summary>
public static class ForeignAnalysis
{
    const string Pictures = "projections";

    const string NotAsked = "It wasn't asked: --questions names others.";

    /// <summary>What an analysis consists of, by the names that <see cref="AnalysisOptions.Questions"/> takes.</summary>
    public static IReadOnlyList<string> Parts { get; } =
        [NamesFromWeights.Id, NumbersFromWeights.Id, ClustersWithoutLabels.Id, NearestNetworks.Id, Pictures];

    /// <summary>
    /// The same networks, table and options give the same result to the bit on the same processor type, but for
    /// <see cref="AnalysisResult.Seconds"/>; interrupted or not, on however many threads.
    /// </summary>
    /// <param name="options">The views are the zoo's.</param>
    /// <param name="progress">Called before each step and within long ones; may be null.</param>
    /// <exception cref="ArgumentException">An option names a question that there isn't.</exception>
    public static ForeignResult Run(
        ForeignZoo zoo, AnalysisOptions? options = null, IProgress<AnalysisProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new AnalysisOptions();
        if (options.Questions?.FirstOrDefault(name => !Parts.Contains(name)) is { } unknown)
            throw new ArgumentException($"There is no question '{unknown}'. There are {string.Join(", ", Parts)}.", nameof(options));
        var watch = Stopwatch.StartNew();
        using var threads = Parallelism.Of(options.Threads);
        using var kept = WorkFolder.Open(options.WorkFolder, Key(zoo, options));
        var agenda = new Agenda(progress, options.Threads);
        var context = new ForeignContext(zoo, options, agenda.Tell, cancellation);
        ForeignQuestion[] questions =
        [
            new NamesFromWeights(context), new NumbersFromWeights(context), new ClustersWithoutLabels(context),
            new NearestNetworks(context),
        ];
        bool IsWanted(string part) => options.Questions is null || options.Questions.Contains(part);
        var asked = Array.FindAll(questions, question => question.Lack is null && IsWanted(question.Asked.Id));
        var maps = new Maps(context);
        var steps = new Steps(zoo, asked, IsWanted(Pictures) ? maps : null, kept, agenda);
        var found = steps.Carry(cancellation);

        QuestionResult[] answers =
        [
            .. questions.Select(question => !IsWanted(question.Asked.Id) ? question.Asked.Skip(NotAsked)
                : question.Lack is { } lack ? question.Asked.Skip(lack)
                : question.Answer(found.Without[question.Asked.Id], found.Parts[question.Asked.Id])),
        ];
        agenda.End();
        var result = new AnalysisResult(
            Provenance.Version, options.Seed, Summary(zoo, maps), found.Views, new Headlines(null, null, null), [.. Findings(answers)],
            answers, [.. found.Projections.OrderBy(projection => projection.Method, StringComparer.Ordinal)], [])
        {
            Foreign = Foreign(zoo, maps),
            LeftOut = zoo.ViewsLeftOut.Count > 0 ? zoo.ViewsLeftOut : null,
            ManyNumbers = Conclusions.ManyNumbers(answers),
            Seconds = watch.Elapsed.TotalSeconds,
        };
        return new ForeignResult(result, [.. asked.SelectMany(question => found.Parts[question.Asked.Id].Prepend(
            found.Without[question.Asked.Id])).SelectMany(part => part.Predictions)]);
    }

    /// <summary>What the steps gave, by the question's id.</summary>
    sealed record Found(
        IReadOnlyDictionary<string, ForeignPart> Without, IReadOnlyDictionary<string, List<ForeignPart>> Parts,
        IReadOnlyList<ViewSummary> Views, IReadOnlyList<Projection> Projections);

    /// <summary>Every question of every view: kept when it is answered, and a view is made only for what isn't there yet.</summary>
    sealed class Steps(ForeignZoo zoo, ForeignQuestion[] asked, Maps? maps, WorkFolder kept, Agenda agenda)
    {
        const string Without = "without";

        internal Found Carry(CancellationToken cancellation)
        {
            foreach (var question in asked) Plan($"{question.Name}: metadata", Step(question, Without), 1);
            foreach (var view in zoo.Views)
            {
                Plan($"Computing the view: {view.Name}", Step(view), Workload.Building(view.Name, zoo.Networks, zoo.Matrix.Parameters));
                var columns = Columns(view);
                foreach (var question in asked) Plan($"{question.Name}: {view.Name}", Step(question, view.Name), question.Work(columns));
                if (maps is not null) Plan($"Projecting: {view.Name}", $"{Pictures}-{view.Name}", maps.Work(view.Name, columns));
            }

            var without = asked.ToDictionary(question => question.Asked.Id, question =>
            {
                agenda.Next();
                return kept.Once(Step(question, Without), question.WithoutViews);
            });
            var parts = asked.ToDictionary(question => question.Asked.Id, _ => new List<ForeignPart>());
            var (views, projections) = (new List<ViewSummary>(), new List<Projection>());
            foreach (var view in zoo.Views)
            {
                // One view is in memory at a time, and none for what is kept.
                var features = new Lazy<FeatureMatrix>(view.Build);
                agenda.Next();
                views.Add(kept.Once(Step(view), () => new ViewSummary(view.Name, features.Value.Columns, view.Description)));
                foreach (var question in asked)
                {
                    cancellation.ThrowIfCancellationRequested();
                    agenda.Next();
                    parts[question.Asked.Id].Add(kept.Once(
                        Step(question, view.Name), () => question.Ask(view, features.Value, without[question.Asked.Id])));
                }

                if (maps is null) continue;
                cancellation.ThrowIfCancellationRequested();
                agenda.Next();
                projections.AddRange(kept.Once($"{Pictures}-{view.Name}", () => maps.Draw(view, features.Value)));
            }

            return new Found(without, parts, views, projections);
        }

        void Plan(string name, string step, double work) => agenda.Add(name, kept.Has(step) ? 0 : work);

        static string Step(ForeignQuestion question, string of) => $"{question.Asked.Id}-{of}";

        static string Step(ForeignView view) => $"view-{view.Name}";

        /// <summary>About as many as the view has.</summary>
        double Columns(ForeignView view) => view.Name switch
        {
            "statistics" => 7 * zoo.Matrix.Tensors.Count,
            "spectral" => 3 * zoo.Matrix.Tensors.Count(tensor => tensor.Rows > 1 && tensor.Columns > 1),
            "invariants" => 100 * zoo.Matrix.Tensors.Count,
            _ => zoo.Matrix.Parameters,
        };
    }

    static PopulationSummary Summary(ForeignZoo zoo, Maps maps)
    {
        var tensors = zoo.Matrix.Tensors;
        var network = tensors.Count == 1
            ? $"one tensor, {tensors[0].Name}"
            : $"{tensors.Count} tensors, {tensors[0].Name} to {tensors[^1].Name}";
        return new PopulationSummary(
            zoo.Name, "matrix", zoo.WeightsDigest(), zoo.Matrix.Parameters, network, zoo.Found, zoo.Networks, zoo.Notes,
            [
                .. maps.Classes.Select(name => new MachineSummary(
                    name, name, "original", maps.Count(name), maps.Count(name), 0, 0, null, null, null)),
            ]);
    }

    static ForeignSummary Foreign(ForeignZoo zoo, Maps maps) => new(
        [.. zoo.Labels.Select(label => label.Name)], maps.ColouredBy.Name, zoo.Metadata.Names, zoo.Group, zoo.Grouping.Count,
        zoo.Grouping.Joined);

    static IEnumerable<Finding> Findings(IReadOnlyList<QuestionResult> answers)
    {
        foreach (var score in ForeignQuestion.Quoted(answers.First(answer => answer.Id == NamesFromWeights.Id).Scores))
            yield return new Finding($"{score.Subject}, from the weights", NamesFromWeights.Sentence(score), [score]);
        var numbers = answers.First(answer => answer.Id == NumbersFromWeights.Id).Scores.Where(score => score.Metric == "r2");
        foreach (var score in ForeignQuestion.Quoted(numbers))
            yield return new Finding($"{score.Subject}, from the weights", NumbersFromWeights.Sentence(score), [score]);
    }

    /// <summary>
    /// Equal for analyses whose steps have equal results: the program, the processor's type, weights, table, splits, and all options that
    /// answers depend on.
    /// </summary>
    static string Key(ForeignZoo zoo, AnalysisOptions options)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Provenance.Version} {typeof(ForeignAnalysis).Module.ModuleVersionId} ");
        text.Append(CultureInfo.InvariantCulture, $"{Vector256.IsHardwareAccelerated} {Vector512.IsHardwareAccelerated}\n");
        text.Append(CultureInfo.InvariantCulture, $"{zoo.Name} {zoo.WeightsDigest()} {zoo.Group} {zoo.Symmetries?.Groups.Count}\n");
        text.AppendJoin(' ', zoo.Grouping.Of).Append('\n');
        foreach (var tensor in zoo.Matrix.Tensors)
            text.Append(CultureInfo.InvariantCulture, $"{tensor.Name} {tensor.Offset} {tensor.Length} {tensor.Rows}\n");
        text.AppendJoin(' ', zoo.Symmetries?.Groups.Select(group => $"{group.Scales}") ?? []).Append('\n');
        foreach (var label in zoo.Labels)
        {
            text.Append(label.Name).Append('\n').AppendJoin(' ', label.Rows).Append('\n').AppendJoin(' ', label.ClassNames).Append('\n');
            text.AppendJoin(' ', label.Classes).Append('\n');
            text.AppendJoin(' ', label.Numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
            if (zoo.Metadata.Of(label.Rows, label.Name) is not { } metadata) continue;
            text.AppendJoin(' ', metadata.ColumnNames).Append(' ').Append(WeightsHash.Of(metadata.Values)).Append('\n');
        }

        text.AppendJoin(' ', zoo.Views.Select(view => view.Name)).Append('\n');
        text.Append(options with { Questions = null, Memory = 0, WorkFolder = null, Threads = 1 });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
