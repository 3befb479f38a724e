using Mlds.Analysis.Data;
using Mlds.Analysis.Extraction;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Questions;

/// <summary>From how many networks can their machine's minimal automaton be had, by machine? (docs/decisions/0008)</summary>
static class ExtractedAutomata
{
    internal const string All = "all machines";

    const int MostStates = 4096;
    const int BootstrapRounds = 1000;

    const string What = "have exactly their machine's minimal automaton in their hidden states";

    static readonly Asked s_asked = new(
        "extracted_automata",
        "From how many networks can their machine's automaton be extracted exactly?",
        "The converged networks of the lowest seeds of each original machine, a bounded number. An automaton is looked for in the hidden "
        + "states of each, without knowing the machine, by test words on 128 validation sequences, as for exact behaviour (at most 300 "
        + "states and about 15 test words), and minimised; it counts if it answers every word as the machine does. By machine with what "
        + "was found instead; for all machines, the mean share with a percentile bootstrap over machines. The curve: machines by the "
        + "states of their minimal automaton, with Wilson's interval over networks.");

    internal static Question Question => new("Extracted automata", s_asked, AppliesTo, Ask);

    static string? AppliesTo(WeightMatrix population) =>
        ManyMachines.AppliesToKnown(population) ?? NetworkStepper.AppliesTo(population.Layout.Spec);

    static QuestionResult Ask(QuestionContext context)
    {
        var leftOut = new List<string>();
        var machines = new List<Extracted>();
        foreach (var label in context.Networks.MachineLabels.Where(label => label.Variant == Recipes.Variant.Original))
        {
            var learned = context.Networks.Machines[label.Name];
            var minimal = MinimalAutomaton.Of(learned.Machine);
            if (minimal.States > MostStates)
                leftOut.Add($"{label.Name} has {minimal.States:N0} states; automata of at most {MostStates:N0} are compared.");
            else machines.Add(Extract(context, label, minimal));
        }

        if (machines.Count == 0) return s_asked.Skip($"All machines have more than {MostStates:N0} states.", leftOut);
        var (exact, networks) = (machines.Sum(machine => machine.Exact), machines.Sum(machine => machine.Found.Length));
        Tally[] tallies =
        [
            new(All, What, exact, networks, ""),
            .. machines.Select(machine => new Tally(machine.Name, What, machine.Exact, machine.Found.Length, machine.Instead)),
        ];
        return s_asked.Answer(Answer(context, machines), leftOut, [], [Curve(machines)]) with { Tallies = tallies };
    }

    /// <param name="Found">By network: the automaton, or null if it has too many states.</param>
    sealed record Extracted(string Name, int States, FoundAutomaton?[] Found)
    {
        internal int Exact => Found.Count(found => found is { Equivalent: true });

        /// <summary>What was found of the other networks.</summary>
        internal string Instead
        {
            get
            {
                var others = Found.Where(found => found is not { Equivalent: true }).ToArray();
                return others.Length == 0
                    ? ""
                    : $"of {States} states; found instead: "
                        + string.Join(", ", others.Select(found => found is null ? "more than 300" : $"{found.States}"));
            }
        }
    }

    static Extracted Extract(QuestionContext context, MachineLabel label, MinimalAutomaton minimal)
    {
        var learned = context.Networks.Machines[label.Name];
        var words = ExactBehaviour.ValidationWords(learned);
        var rows = Selection.RowsWhere(context, other => other.Machine.Name == label.Name).OrderBy(row => context.Labels[row].Seed)
            .Take(context.Options.ExtractedPerMachine).ToArray();
        var found = context.InParallel(rows, row => HiddenAutomaton.Of(
            new NetworkStepper(context.Networks.Layout, context.Networks.Row(row)), learned.Machine, minimal, words, label.Name,
            context.Labels[row].Seed));
        return new Extracted(label.Name, minimal.States, found);
    }

    static Curve Curve(IEnumerable<Extracted> machines)
    {
        var points = machines.GroupBy(machine => machine.States).OrderBy(states => states.Key).Select(states =>
        {
            var networks = states.Sum(machine => machine.Found.Length);
            return new CurvePoint(
                states.Key, Intervals.Proportion((double)states.Sum(machine => machine.Exact) / networks, networks), networks);
        });
        return new Curve(
            "exact automata", "hidden_states", "extraction", "states of the minimal automaton", "share of the networks", null, [.. points]);
    }

    static string Answer(QuestionContext context, IReadOnlyList<Extracted> machines)
    {
        double[] shares = [.. machines.Select(machine => (double)machine.Exact / machine.Found.Length)];
        var mean = Bootstrap.Interval(
            [.. Enumerable.Range(0, shares.Length)], rows => rows.Average(row => shares[row]), BootstrapRounds, context.Options.Seed);
        return $"From {machines.Sum(machine => machine.Exact)} of {machines.Sum(machine => machine.Found.Length)} networks exactly their "
            + $"machine's minimal automaton was extracted, on average over machines from {Words.Percent(mean)}; "
            + $"from all networks for {shares.Count(share => share == 1)} of {machines.Count} machines, from none for "
            + $"{shares.Count(share => share == 0)}.";
    }
}
