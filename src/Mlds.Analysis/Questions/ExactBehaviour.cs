using Mlds.Analysis.Data;
using Mlds.Analysis.Extraction;
using Mlds.Analysis.Results;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Questions;

/// <summary>
/// Does a network implement its machine exactly: on every word up to some length, and through every state of the machine's minimal
/// automaton? If not, what is the shortest word on which they differ; and which automaton is in its hidden states?
/// </summary>
static class ExactBehaviour
{
    const int WordsPerState = 4;
    const int MostStates = 4096;
    const int Sequences = 128;

    static readonly Asked s_asked = new(
        "exact_behaviour",
        "Do networks implement their machine exactly, and which automaton is in their hidden states?",
        "The converged networks of the lowest seeds of each machine, a bounded number. An output of at least ½ is read as 1. "
        + "All words: every word up to the length whose words take at most 2²⁰ steps in all (4 commands of 16), a proof for these words; "
        + "a counterexample is the shortest, and the first in order among these. All states: breadth-first through the product of network "
        + "and the machine's minimal automaton, up to 4 words into every state, each continued by every command (Chow's transition cover "
        + "with 4 words a state): long words, keys and what follows them, but not all; a counterexample is the shortest of those tried. "
        + "Automaton: hidden states of the lowest seed's network, met breadth-first from the start, are taken for one state "
        + "if the network answers alike from both, now and to every test word; test words come from disagreements between the automaton so "
        + "far and the network on 128 validation sequences (Weiss, Goldberg and Yahav 2018); at most 300 states and about 15 test words; "
        + "then minimised by partition refinement and compared with the machine's minimal automaton, which takes no part in finding it.");

    internal static Question Question => new("Exact behaviour", s_asked, AppliesTo, Ask);

    static string? AppliesTo(WeightMatrix population) =>
        NetworkStepper.AppliesTo(population.Layout.Spec) ?? (population.Machines.Count > 0 ? null : population.WhyNoMachine);

    static QuestionResult Ask(QuestionContext context)
    {
        var machines = context.Labels.Select(label => label.Machine.Name).Distinct().Where(context.Networks.Machines.ContainsKey).ToArray();
        if (machines.Length == 0) return s_asked.Skip(context.Networks.WhyNoMachine);
        List<string> leftOut = context.Networks.NoMachines.Count > 0 ? [context.Networks.WhyNoMachine] : [];
        var tallies = new List<Tally>();
        var minima = new List<(string Name, int Row, MinimalAutomaton Minimal)>();
        foreach (var name in machines)
        {
            var learned = context.Networks.Machines[name];
            var minimal = MinimalAutomaton.Of(learned.Machine);
            if (minimal.States > MostStates)
            {
                leftOut.Add($"{name} has {minimal.States:N0} states; at most {MostStates:N0} are gone through.");
                continue;
            }

            var length = AllWords.Length(learned.Machine.Symbols, context.Options.ExactSteps);
            var all = AllWords.Of(learned.Machine, length);
            var rows = Selection.RowsWhere(context, label => label.Machine.Name == name).OrderBy(row => context.Labels[row].Seed)
                .Take(context.Options.ExactPerMachine).ToArray();
            var tried = context.InParallel(rows, row => (
                AllWords.Counterexample(context.Networks.Layout.Spec, context.Networks.Row(row), all),
                Cover: TransitionCover.Of(
                    new NetworkStepper(context.Networks.Layout, context.Networks.Row(row)), learned.Machine, minimal, WordsPerState)));
            tallies.Add(Tally(
                name, $"answer every word of up to {length} commands as the machine does",
                learned.Machine, [.. tried.Select(one => one.Item1)]));
            tallies.Add(Tally(
                name,
                $"follow the machine through all {minimal.States:N0} states, "
                + $"on words of up to {tried.Max(one => one.Cover.Longest)} commands",
                learned.Machine, [.. tried.Select(one => one.Cover.Counterexample)]));
            minima.Add((name, rows[0], minimal));
        }

        var found = context.InParallel(minima, one => Hidden(context, one.Name, one.Row, one.Minimal));
        leftOut.AddRange(minima.Where((_, i) => found[i] is null).Select(one => "No automaton of at "
            + $"most 300 states was found in the hidden states of the network of {one.Name}, seed {context.Labels[one.Row].Seed}."));
        FoundAutomaton[] automata = [.. found.OfType<FoundAutomaton>()];
        return s_asked.Answer(Answer(tallies, automata), leftOut, []) with { Tallies = tallies, Automata = automata };
    }

    static FoundAutomaton? Hidden(QuestionContext context, string name, int row, MinimalAutomaton minimal)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var learned = context.Networks.Machines[name];
        return HiddenAutomaton.Of(
            new NetworkStepper(context.Networks.Layout, context.Networks.Row(row)), learned.Machine,
            minimal, ValidationWords(learned), name, context.Labels[row].Seed);
    }

    /// <summary>The first of the machine's validation sequences.</summary>
    internal static SequenceSet ValidationWords(LearnedMachine learned) => SequenceData.Generate(learned.Machine, learned.Data with
    {
        Training = 1,
        LongTest = 1,
        LongLength = 1,
        Validation = Math.Min(Sequences, learned.Data.Validation),
    }).Validation;

    static Tally Tally(string name, string what, IMachine machine, int[]?[] counterexamples)
    {
        var shortest = counterexamples.OfType<int[]>().MinBy(word => word.Length);
        var detail = shortest is null ? "" : $"shortest counterexample: {string.Join(", ", shortest.Select(machine.Describe))}";
        return new Tally(name, what, counterexamples.Count(word => word is null), counterexamples.Length, detail);
    }

    static string Answer(IReadOnlyList<Tally> tallies, IReadOnlyList<FoundAutomaton> automata)
    {
        var words = tallies.Where(tally => tally.What.StartsWith("answer", StringComparison.Ordinal)).ToArray();
        var states = tallies.Where(tally => tally.What.StartsWith("follow", StringComparison.Ordinal)).ToArray();
        return $"{words.Sum(tally => tally.Count)} of {words.Sum(tally => tally.Of)} networks answer every word up to the stated length as "
            + $"their machine does, {states.Sum(tally => tally.Count)} of {states.Sum(tally => tally.Of)} follow it through every state; "
            + $"in the hidden states of {automata.Count(automaton => automaton.Equivalent)} of {automata.Count} "
            + "networks looked into an automaton was found that answers every word as the machine does.";
    }
}
