using Mlds.Analysis.Results;

namespace Mlds.Reports.Tests;

/// <summary>A <see cref="SyntheticResult"/> as an analysis of a hundred machines gives it.</summary>
static class SyntheticMany
{
    const int Machines = 100;
    const int PerMachine = 4;

    static readonly string[] s_views = ["raw", "aligned", "invariants"];

    static string Name(int machine) => $"Automaton{machine:000}";

    internal static AnalysisResult Make()
    {
        var result = SyntheticResult.Make(networks: 2);
        var points = result.Projections[0].Points;
        var machines = Enumerable.Range(0, Machines).Select(i => result.Population.Machines[0] with
        {
            Name = Name(i),
            Family = Name(i),
            Networks = PerMachine,
            Converged = PerMachine - (i % 3 == 0 ? 1 : 0),
            NotConverged = i % 3 == 0 ? 1 : 0,
            Factors = new Dictionary<string, string> { ["states"] = $"{3 + (i % 8)}" },
        }).ToArray();
        return result with
        {
            Population = result.Population with
            {
                Machines = machines,
                Networks = Machines * PerMachine,
                Used = machines.Sum(machine => machine.Converged),
            },
            Projections =
            [
                .. result.Projections.Select(projection => projection with
                {
                    Points = [.. Enumerable.Range(0, Machines * PerMachine).Select(i => points[0] with
                    {
                        Machine = Name(i / PerMachine),
                        Family = Name(i / PerMachine),
                        Seed = (uint)(i % PerMachine),
                        Coordinates = [Math.Sin(i), Math.Cos(3 * i), 0],
                    })],
                }),
            ],
            LossCurves = [.. Enumerable.Range(0, Machines).Select(i => result.LossCurves[0] with { Machine = Name(i), Family = Name(i) })],
            Questions = [Which, Never, Distances, Difficulty, Extracted, Barriers],
        };
    }

    static Estimate Around(double value) => new(value, value - 0.04, value + 0.04);

    static Score One(string subject, string view, string method, string metric, double value, double chance) => new(
        subject, view, method, metric, Around(value), chance, Machines * PerMachine, Machines, PerMachine, Around(chance), Around(chance));

    static QuestionResult Of(string id, IReadOnlyList<Score> scores, IReadOnlyList<Curve>? curves = null) =>
        new(id, $"What of {id}?", "Asked so.", null, "Answered so.", [], scores, curves ?? [], [], []);

    static Curve Line(string view, string method, string x, string y, params (double X, double Y)[] points) => new(
        $"{view}, {method}", view, method, x, y, 0.01, [.. points.Select(point => new CurvePoint(point.X, Around(point.Y), 300))]);

    static QuestionResult Which => Of(
        "which_machine",
        [
            .. from view in s_views
               from method in new[] { "ridge", "forest" }
               from metric in new[] { "accuracy", "top5_accuracy" }
               select One("original machines", view, method, metric, metric == "accuracy" ? 0.7 : 0.9, 0.01),
        ],
        [
            .. from view in s_views
               from method in new[] { "ridge", "forest" }
               from score in new[] { "accuracy", "top-5 accuracy" }
               select Line(view, method, "training networks per class", score, (1, 0.3), (2, 0.5), (4, 0.8)),
        ]) with
    {
        ConfusionMatrices = [Confusion("raw", 7), Confusion("invariants", 3)],
    };

    /// <summary>Machine i is often taken for the next one where <paramref name="every"/> divides i.</summary>
    static ConfusionMatrix Confusion(string view, int every) => new(
        "original machines", view, "forest", [.. Enumerable.Range(0, Machines).Select(Name)],
        [
            .. Enumerable.Range(0, Machines).Select(i => (IReadOnlyList<int>)[.. Enumerable.Range(0, Machines).Select(j =>
                j == i ? PerMachine - (i % every == 0 ? 2 : 0) : j == (i + 1) % Machines && i % every == 0 ? 2 : 0)]),
        ]);

    static QuestionResult Never => Of("nearest_known_machines",
    [
        .. from view in s_views
           from method in new[] { "centroid", "ridge" }
           from metric in new[] { ("nearest_in_5", 0.06), ("rank_correlation", 0.0) }
           select One("unseen machines", view, method, metric.Item1, 0.3, metric.Item2),
    ]);

    static QuestionResult Distances => Of(
        "machine_distances",
        [.. s_views.Select(view => One("pairs of machines", view, "distance", "mantel_r", view == "raw" ? -0.1 : 0.4, 0))],
        [
            .. s_views.Select(view => Line(
                view, "distance", "share of output bits that differ", "distance by weights", (0, 0.6), (0.3, 0.9), (0.6, 1.1))),
        ]) with
    {
        Significances = [.. s_views.Select(view => new Significance(
            "pairs of machines", view, "mantel", 0.4, 0.0001, 0.0003, 9999, Machines * PerMachine))],
    };

    static QuestionResult Difficulty => Of("difficulty_from_weights",
    [
        .. from subject in new[] { "states", "error of the best constant" }
           from view in s_views
           from metric in new[] { "r2", "kendall_tau" }
           select One(subject, view, "ridge", metric, view == "raw" ? -7 : 0.4, 0),
    ]);

    static QuestionResult Extracted => Of(
        "extracted_automata", [],
        [Line("hidden_states", "extraction", "states of the minimal automaton", "share of the networks", (3, 0.9), (6, 0.8), (10, 0.4))])
        with
    {
        Tallies = [.. Enumerable.Range(0, Machines).Select(i => new Tally(
            Name(i), "have exactly their machine's minimal automaton in their hidden states", i % 4, PerMachine, ""))],
        Automata = [.. Enumerable.Range(0, Machines).Select(i => new FoundAutomaton(Name(i), 0, 4, 3, 3, true, 1, [], []))],
    };

    static QuestionResult Barriers => Of("interpolation_barriers", []) with
    {
        Distributions =
        [
            .. from machine in Enumerable.Range(0, Machines)
               from view in new[] { "raw", "aligned" }
               let median = 0.1 + (machine / 1000.0)
               select new Distribution(
                   "barrier", view, "two seeds of one machine", Name(machine), 3, 0.01, 0.02, 0.05, median, 0.25, 0.3, 0.4),
        ],
    };
}
