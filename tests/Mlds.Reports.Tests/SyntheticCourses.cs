using Mlds.Analysis.Results;

namespace Mlds.Reports.Tests;

/// <summary>What an analysis of a zoo with training courses adds to a <see cref="SyntheticResult"/>.</summary>
static class SyntheticCourses
{
    static readonly string[] s_machines =
        ["SingleDirectModified", "SimpleXORModified", "SimpleXORControl", "AMachineWithAVeryLongNameIndeedModified", "ParityControl"];

    internal static AnalysisResult AddTo(AnalysisResult result) => result with
    {
        Projections =
        [
            .. result.Projections,
            .. result.Projections.Select(projection => projection with { Method = "tsne", ExplainedVariance = [] }),
        ],
        HeatMaps =
        [
            .. from machine in s_machines
               from view in new[] { "raw", "aligned" }
               select new HeatMap(machine, view, "gru.weight_ih_l0", 7, [.. Enumerable.Range(0, 36)
                   .Select(i => (IReadOnlyList<double>)[.. Enumerable.Range(0, 9).Select(j => Math.Sin(i + (3 * j)))])])
               {
                   Blocks = ["r", "z", "n"],
               },
            .. from machine in s_machines
               from view in new[] { "raw", "aligned" }
               from inputs in new[] { 1, 2 }
               select new HeatMap(machine, view, $"conv.{inputs - 1}.weight", 7, [.. Enumerable.Range(0, 5)
                   .Select(i => (IReadOnlyList<double>)[.. Enumerable.Range(0, 12 * inputs).Select(j => Math.Cos(i + (2 * j)))])])
               {
                   Kernel = [inputs, 4, 3],
               },
        ],
        Triggers =
        [
            new TriggerImage("pattern", ["FooModified", "FooControl"], 6, 28, 28, [[24, 26, 255], [25, 25, 255], [26, 24, 200]]),
            new TriggerImage("[0, 0, 7]", ["BarModified"], 3, 8, 6, [[0, 0, 7]]),
        ],
        ManyNumbers = "There are 412 scores and 9 tests.",
        Questions = [.. result.Questions, Twins, Barriers, TwinBarriers, Shares, LinearWeights, Exact],
    };

    static QuestionResult Question(string id, IReadOnlyList<Curve> curves) =>
        new(id, $"What of <{id}>?", "Asked so.", null, "Answered so.", [], [], curves, [], []);

    static QuestionResult Twins => Question("twins_divergence",
    [
        .. from machine in s_machines
           from view in new[] { "raw", "aligned", "invariants" }
           from kind in new[] { "twins", "strangers" }
           select Line($"{kind}, {view}", view, kind, "epoch", machine, [1, 2, 5, 40], x => Math.Log(1 + x)),
    ]) with
    {
        Significances = [new("SimpleXORModified", "invariants", "energy_distance", 1.25, 0.004, 0.02, 499, 16) { Epoch = 3 }, new(
            "SimpleXORModified", "raw", "energy_distance", 0.25, 0.4, 0.4, 499, 16)],
    };

    static QuestionResult Barriers => Question("interpolation_barriers",
    [
        .. from machine in s_machines
           from view in new[] { "raw", "aligned" }
           select Line($"{machine}, {view}", view, "line", "place on the line", machine, [0, 0.5, 1], x => x * (1 - x)),
    ]);

    static QuestionResult TwinBarriers => Question("twin_barriers",
    [
        .. from machine in s_machines
           from view in new[] { "raw", "aligned" }
           from kind in new[] { "twins", "strangers" }
           select Line($"{machine}, {view}", view, kind, "place on the line", machine, [0, 0.5, 1], x => 1 + x - (x * x)),
    ]);

    static QuestionResult LinearWeights => Question("linear_weight_classification",
    [
        .. from trigger in new[] { "pixel", "pattern" }
           from view in new[] { "raw", "aligned" }
           select Line(
               view, view, "logistic", "share of altered training examples", $"modified or original, same machine, {trigger}",
               [0.01, 0.05, 0.1], x => 0.5 + x),
    ]) with
    {
        Scores =
        [
            .. from view in new[] { "raw", "aligned" }
               select new Score(
                   "modified or original, same machine", view, "logistic", "auc", new(0.9, 0.85, 0.95), 0.5, 40, 2, 20,
                   new(0.5, 0.4, 0.6), null),
        ],
    };

    static QuestionResult Shares => Question("how_small_a_change",
    [
        .. from contrast in new[] { "modified or original", "modified or control" }
           from view in new[] { "raw", "invariants", "validation_loss" }
           select Line(
               $"{view}", view, view == "validation_loss" ? "value" : "forest", "share of altered training sequences",
               contrast, [0.001, 0.01, 0.1, 1], x => 0.5 + (x / 2)),
    ]);

    static QuestionResult Exact => Question("exact_behaviour", []) with
    {
        Tallies = [new(
            "SimpleXORModified", "answer every word of up to 4 commands as the machine does",
            3, 5, "shortest counterexample: set 0, <clear 3>")],
        Automata =
        [
            Automaton("SingleDirectMachine", 2, true), Automaton("SimpleXORMachine", 4, true), Automaton("SimpleXORModified", 22, false),
            new("EightBitMachine", 0, 300, 256, 256, true, 1, [], []),
        ],
    };

    static FoundAutomaton Automaton(string machine, int states, bool equivalent) => new(
        machine, 1, states + 3, states, states, equivalent, 0.98,
        [.. Enumerable.Range(0, states).Select(state => (state % 2).ToString(System.Globalization.CultureInfo.InvariantCulture))],
        [.. Enumerable.Range(0, states).SelectMany(state => new[]
        {
            new AutomatonEdge(state, state, "14 others"),
            new AutomatonEdge(state, (state + 1) % states, "set 0, <clear 3>"),
            new AutomatonEdge(state, (state + (states / 2)) % states, "clear 1"),
        })]);

    static Curve Line(string name, string view, string method, string xLabel, string subject, double[] xs, Func<double, double> y) => new(
        name, view, method, xLabel, "value", null, [.. xs.Select(x => new CurvePoint(x, new Estimate(y(x), y(x) * 0.9, y(x) * 1.1), 8))])
    { Subject = subject };
}
