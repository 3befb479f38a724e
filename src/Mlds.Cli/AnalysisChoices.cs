using System.CommandLine;
using System.Globalization;
using Mlds.Analysis;
using Mlds.Analysis.Loading;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Views;
using Mlds.Cli.Frame;
using Mlds.Networks;

namespace Mlds.Cli;

/// <summary>What of <c>mlds analyze</c> can be chosen: questions, views, networks, and what of the machine it may take.</summary>
static class AnalysisChoices
{
    const double Giga = 1e9;

    public static Option<string?> Questions { get; } = new("--questions")
    {
        Description = "Only these questions, by the ids that metrics.json has; and projections and heat_maps where those are wanted.",
        HelpName = "ID,…",
    };

    public static Option<string?> Views { get; } = new("--views")
    {
        Description = $"Only these views of the weights: {string.Join(", ", View.All.Select(view => view.Name))}.",
        HelpName = "NAME,…",
    };

    public static Option<int?> PerClass { get; } = new("--per-class")
    {
        Description = "At most so many networks of each machine in every question, those of the lowest seeds; all when not given.",
        HelpName = "N",
    };

    public static Option<int> Threads { get; } = new("--threads")
    {
        Description = "Threads that work at once; one per core when not given.",
        HelpName = "N",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public static Option<double?> Memory { get; } = new("--memory")
    {
        Description = "Memory to stay within, in GB; three quarters of the machine's when not given. Views that don't fit lie in files.",
        HelpName = "GB",
    };

    /// <param name="parts">Ids that <c>--questions</c> takes; null for those of our own networks.</param>
    /// <exception cref="UsageException">A name that there isn't, or a number out of range.</exception>
    public static AnalysisOptions Of(VerbRun run, IReadOnlyList<string>? parts = null)
    {
        var options = new AnalysisOptions { Threads = Limits.Check("--threads", run.Get(Threads), 1, 1024) };
        if (run.Get(Questions) is { } questions)
            options = options with { Questions = Names("--questions", "question", questions, parts ?? WeightAnalysis.Parts) };
        if (run.Get(Views) is { } views)
        {
            var names = Names("--views", "view", views, [.. View.All.Select(view => view.Name)]);
            options = options with { Views = [.. View.All.Where(view => names.Contains(view.Name))] };
        }

        if (run.Get(PerClass) is { } most) options = options with { MostPerClass = Limits.Check("--per-class", most, 1, 10_000_000) };
        if (run.Get(Memory) is { } memory)
        {
            if (!(memory is > 0 and <= 1e6))
                throw new UsageException(Text($"--memory takes a number of GB above 0, such as 6, not {memory}."));
            options = options with { Memory = (long)(memory * Giga) };
        }

        return options;
    }

    /// <summary>The networks that are read; none if memory isn't enough for their analysis.</summary>
    /// <param name="where">Values of factors that they must have.</param>
    public static NetworksToRead ToRead(VerbRun run, IReadOnlyList<KeyValuePair<string, string>> where, AnalysisOptions options) =>
        new(where, run.Get(PerClass), shapes => Check(shapes, options));

    /// <exception cref="UsageException">An analysis of these networks takes more memory than there is for it.</exception>
    static void Check(IReadOnlyList<(WeightLayout Layout, long Networks)> shapes, AnalysisOptions options)
    {
        var plan = MemoryPlan.Of(shapes, options.Views);
        if (plan.Least <= options.Memory) return;
        var smaller = View.All.Where(view => MemoryPlan.Of(shapes, [view]).Least <= options.Memory).Select(view => view.Name).ToArray();
        var views = smaller.Length == 0
            ? ""
            : $", or only views that fit, --views {string.Join(',', smaller)}";
        throw new UsageException(Text(
            $"The analysis of {shapes.Sum(shape => shape.Networks):N0} networks of {shapes[0].Layout.Parameters:N0} weights takes ")
            + Text($"{plan.Least / Giga:0.0} GB of memory, and there are {options.Memory / Giga:0.0} GB for it (--memory). ")
            + Text($"Take at most {plan.Most(options.Memory):N0} networks in all, with --per-class N{views}."));
    }

    static string[] Names(string option, string what, string text, IReadOnlyList<string> there)
    {
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length == 0) throw new UsageException($"{option} names no {what}; there are {string.Join(", ", there)}.");
        return names.FirstOrDefault(name => !there.Contains(name)) is { } unknown
            ? throw new UsageException(
                $"There is no {what} '{unknown}'. {NearestName.DidYouMean(unknown, there)}{option} takes {string.Join(", ", there)}.")
            : names;
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
