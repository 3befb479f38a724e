using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Training;

namespace Mlds.Analysis;

/// <summary>Every question about a population's weights, asked and answered (docs/analysis.md).</summary>
public static class WeightAnalysis
{
    const string Maps = "projections";
    const string Heat = "heat_maps";

    const string NotAsked = "It wasn't asked: --questions names others.";

    /// <summary>
    /// What an analysis consists of, by the names that <see cref="AnalysisOptions.Questions"/> takes: the questions' ids, and the pictures.
    /// </summary>
    public static IReadOnlyList<string> Parts { get; } = [.. Question.All.Select(question => question.Asked.Id), Maps, Heat];

    /// <summary>
    /// The networks that questions are asked of, unless they say otherwise: the converged ones. Where a population varies how networks are
    /// trained and hardly one reached its goal, as in a sweep of fixed length, those that didn't diverge.
    /// </summary>
    public static WeightMatrix Used(WeightMatrix matrix) => matrix.Where(IsUsed(matrix));

    /// <summary>How many <see cref="Used"/> has; copies no weights.</summary>
    public static int CountUsed(WeightMatrix matrix) => matrix.Labels.Count(IsUsed(matrix));

    static Func<NetworkLabel, bool> IsUsed(WeightMatrix matrix)
    {
        static bool HasConverged(NetworkLabel label) => label.Outcome == Outcome.Converged;
        return matrix.Labels.Count(HasConverged) >= 2 || !Sweep.IsVaried(matrix)
            ? HasConverged
            : label => label.Outcome != Outcome.Diverged;
    }

    /// <summary>
    /// Analyses the converged networks of <paramref name="matrix"/>. The same networks and options give the same result to the bit on the
    /// same processor type, but for <see cref="AnalysisResult.Seconds"/>, which no file holds. Neither memory and threads nor whether it
    /// was interrupted make a difference.
    /// </summary>
    /// <param name="progress">Called before each step and within long ones, from any thread; may be null.</param>
    /// <exception cref="ArgumentException">Fewer than two networks converged, or an option names a question that there isn't.</exception>
    public static AnalysisResult Run(
        WeightMatrix matrix, AnalysisOptions? options = null, IProgress<AnalysisProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options ??= new AnalysisOptions();
        var watch = Stopwatch.StartNew();
        var used = Used(matrix);
        if (used.Networks < 2)
        {
            throw new ArgumentException(
                $"An analysis needs at least 2 converged networks; '{matrix.Name}' has {used.Networks} among {matrix.Networks}. "
                + "Generate more, or raise the recipe's epoch limit.",
                nameof(matrix));
        }

        using var threads = Parallelism.Of(options.Threads);
        using var memory = MemoryBudget.Of(options.Memory);
        var wanted = Wanted(options);
        var (applying, leftOut) = View.For(
            matrix.Layout.Spec, options.Views, matrix.NoMachines.Count > 0 ? matrix.WhyNoMachine : null);
        options = options with { Views = applying };
        using var kept = WorkFolder.Open(options.WorkFolder, Key(matrix, used, options));
        var agenda = new Agenda(progress, options.Threads);
        var context = new QuestionContext(matrix, used, options, cancellation, kept) { JobDone = agenda.Tell };
        using var views = context.Features;
        Plan(agenda, context, wanted, kept);

        foreach (var question in Question.All)
        {
            cancellation.ThrowIfCancellationRequested();
            agenda.Next();
            context.Answered.Add(wanted.Contains(question.Asked.Id)
                ? kept.Once(question.Asked.Id, () => question.Of(matrix, context))
                : question.Asked.Skip(NotAsked));
        }

        var projections = wanted.Contains(Maps)
            ? options.Views.SelectMany((view, i) =>
            {
                agenda.Next();
                return kept.Once($"{Maps}-{view.Name}", () => Projections.Of(context, i));
            }).ToArray()
            : [];
        agenda.Next();
        var questions = context.Answered;
        var summaries = options.Views.Select((view, i) => new ViewSummary(view.Name, views.Columns(i), view.Description));
        var result = new AnalysisResult(
            Provenance.Version, options.Seed, PopulationSummaries.Of(matrix, used), [.. summaries], Conclusions.Headlines(questions),
            Conclusions.Findings(questions, used.MachineLabels.Any(machine => machine.Poison is not null) ? "trigger" : "key"),
            questions, [.. projections.OrderBy(projection => projection.Method, StringComparer.Ordinal)], LossCurves.Of(matrix))
        {
            HeatMaps = wanted.Contains(Heat) ? kept.Once(Heat, () => HeatMaps.Of(context)) : [],
            Triggers = Triggers.Of(used),
            LeftOut = leftOut.Count > 0 ? leftOut : null,
            ManyNumbers = Conclusions.ManyNumbers(questions),
        };
        agenda.End();
        return result with { Seconds = watch.Elapsed.TotalSeconds };
    }

    /// <summary>The parts that are asked for, and those that these are made from.</summary>
    static HashSet<string> Wanted(AnalysisOptions options)
    {
        if (options.Questions is not { } named) return [.. Parts];
        if (named.FirstOrDefault(name => !Parts.Contains(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"There is no question '{unknown}'. There are {string.Join(", ", Parts)}.", nameof(options));
        }

        var needed = Question.All.Where(question => named.Contains(question.Asked.Id)).SelectMany(question => question.Needs);
        return [.. named, .. needed];
    }

    /// <summary>What each step will cost; nothing for one that is there already or isn't wanted.</summary>
    static void Plan(Agenda agenda, QuestionContext context, HashSet<string> wanted, WorkFolder kept)
    {
        var work = new Workload(context);
        var making = work.MakingViews;
        void Add(string name, string step, string part, Func<double> seconds)
        {
            if (!wanted.Contains(part) || kept.Has(step))
            {
                agenda.Add(name, 0);
                return;
            }

            // Views are made when they are first asked for.
            agenda.Add(name, making + seconds());
            making = 0;
        }

        foreach (var question in Question.All)
        {
            var id = question.Asked.Id;
            Add(question.Name, id, id, () => question.AppliesTo(context.Population) is null ? question.Work(work) : 0);
        }

        if (wanted.Contains(Maps))
        {
            for (var i = 0; i < context.Options.Views.Count; i++)
            {
                var view = i;
                var name = context.Options.Views[view].Name;
                Add($"Projecting {name}", $"{Maps}-{name}", Maps, () => work.Projection(view));
            }
        }

        Add("Drawing together", Heat, Heat, () => work.Alignments(200));
    }

    /// <summary>
    /// Equal for analyses whose questions have equal answers: the program, the processor's type, the networks, and all options that answers
    /// depend on.
    /// </summary>
    static string Key(WeightMatrix matrix, WeightMatrix used, AnalysisOptions options)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Provenance.Version} {typeof(WeightAnalysis).Module.ModuleVersionId} ");
        text.Append(CultureInfo.InvariantCulture, $"{Vector256.IsHardwareAccelerated} {Vector512.IsHardwareAccelerated}\n");
        text.Append(CultureInfo.InvariantCulture, $"{matrix.Name} {matrix.WeightsDigest()} {used.Networks} {used.Courses.Count}\n");
        foreach (var label in matrix.Labels)
        {
            text.Append(CultureInfo.InvariantCulture, $"{label.Machine.Name} {label.Seed} {label.Outcome} {label.Epochs} ");
            text.Append(CultureInfo.InvariantCulture, $"{label.ValidationLoss} {label.TrainingLoss} {label.LongLoss} ");
            text.AppendJoin(' ', label.Measures).AppendJoin(' ', label.Settings).Append('\n');
        }

        text.AppendJoin(' ', options.Views.Select(view => view.Name)).Append('\n');
        text.Append(options with { Questions = null, Memory = 0, WorkFolder = null, Threads = 1 });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
