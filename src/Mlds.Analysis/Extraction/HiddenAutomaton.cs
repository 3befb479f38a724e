using Mlds.Analysis.Results;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Extraction;

/// <summary>
/// The automaton in a network's hidden states, found without knowing the machine. Hidden states met breadth-first from the start are taken
/// for one state if the network answers alike from both, now and to every word of a growing list of test words; each new test word is one
/// that the automaton so far answered otherwise than the network. The final table is minimised by partition refinement.
/// </summary>
/// <remarks>
/// After G. Weiss, Y. Goldberg and E. Yahav: Extracting Automata from Recurrent Neural Networks Using Queries and Counterexamples. ICML
/// 2018, who let Angluin's algorithm ask a network; test words from a disagreement as R. L. Rivest and R. E. Schapire: Inference of Finite
/// Automata Using Homing Sequences. Information and Computation 103(2), 1993. Clusters by distance alone, as in Omlin and Giles 1996, merge
/// the phases of a key, whose hidden states are near each other.
/// </remarks>
sealed class HiddenAutomaton
{
    const int MostStates = 300;
    const int MostTests = 15;
    const int TestsARound = 5;
    const int MostDrawn = 24;

    readonly NetworkStepper _network;
    readonly IMachine _machine;
    readonly SequenceSet _words;
    readonly uint[] _answers;
    readonly List<int[]> _tests = [];

    HiddenAutomaton(NetworkStepper network, IMachine machine, SequenceSet words) =>
        (_network, _machine, _words, _answers) = (network, machine, words, Answers(network, words));

    /// <summary>The automaton that agrees best with the network on <paramref name="words"/>, or null if it has too many states.</summary>
    /// <param name="machine">Only its symbols and lines are used.</param>
    /// <param name="minimal">The machine's own minimal automaton, to compare with at the end.</param>
    internal static FoundAutomaton? Of(
        NetworkStepper network, IMachine machine, MinimalAutomaton minimal, SequenceSet words, string name, uint seed)
    {
        if (new HiddenAutomaton(network, machine, words).Find() is not { } best) return null;
        var found = MinimalAutomaton.Of(new Automaton(best.Table));
        var drawn = found.States <= MostDrawn;
        return new FoundAutomaton(
            name, seed, best.Table.Output.Count, found.States, minimal.States, found.BehavesAs(minimal), best.Agreement,
            drawn ? [.. Enumerable.Range(0, found.States).Select(state => Lines(found.Output(state), machine))] : [],
            drawn ? Edges(found, machine) : []);
    }

    (double Agreement, AutomatonDefinition Table)? Find()
    {
        (double Agreement, AutomatonDefinition Table)? best = null;
        while (Table() is { } hypothesis)
        {
            var (wrong, tests) = Compare(hypothesis);
            var agreement = 1 - ((double)wrong / _answers.Length);
            if (best is null || agreement > best.Value.Agreement) best = (agreement, hypothesis.Table);
            if (tests.Count == 0 || _tests.Count >= MostTests) break;
            _tests.AddRange(tests);
        }

        return best;
    }

    static uint[] Answers(NetworkStepper network, SequenceSet words)
    {
        var answers = new uint[words.Inputs.Length];
        float[] before = new float[network.StateSize], after = new float[network.StateSize];
        for (var i = 0; i < answers.Length; i++)
        {
            if (i % words.Length == 0) Array.Clear(before);
            network.Step(before, words.Inputs[i], after);
            answers[i] = network.Read(after);
            (before, after) = (after, before);
        }

        return answers;
    }

    /// <summary>A table and, for each of its states, the hidden state that stands for it.</summary>
    sealed record Hypothesis(AutomatonDefinition Table, List<float[]> Hidden);

    /// <summary>Groups hidden states by their answers to the test words; null if there are too many groups.</summary>
    Hypothesis? Table()
    {
        // Nobody reads the start before a command, so no other state is taken for it.
        var hidden = new List<float[]> { new float[_network.StateSize] };
        var outputs = new List<uint> { 0 };
        var next = new List<IReadOnlyList<int>>();
        var groups = new Dictionary<string, int>();
        var after = new float[_network.StateSize];
        for (var at = 0; at < hidden.Count; at++)
        {
            var row = new int[_machine.Symbols];
            for (var symbol = 0; symbol < row.Length; symbol++)
            {
                _network.Step(hidden[at], _machine.Encode(symbol), after);
                var signature = Signature(after);
                if (!groups.TryGetValue(signature, out row[symbol]))
                {
                    if (hidden.Count == MostStates) return null;
                    row[symbol] = groups[signature] = hidden.Count;
                    hidden.Add([.. after]);
                    outputs.Add(_network.Read(after));
                }
            }

            next.Add(row);
        }

        return new Hypothesis(new AutomatonDefinition(_machine.Symbols, _machine.Outputs, 0, next, outputs), hidden);
    }

    string Signature(float[] state)
    {
        var answers = new char[2 * (_tests.Count + 1)];
        for (var test = 0; test <= _tests.Count; test++)
        {
            var lines = test == 0 ? _network.Read(state) : Last(state, _tests[test - 1]);
            (answers[2 * test], answers[(2 * test) + 1]) = ((char)(lines & 0xFFFF), (char)(lines >> 16));
        }

        return new string(answers);
    }

    /// <summary>The lines after <paramref name="word"/> from a hidden state.</summary>
    uint Last(ReadOnlySpan<float> state, ReadOnlySpan<int> word)
    {
        float[] before = [.. state], after = new float[before.Length];
        foreach (var symbol in word)
        {
            _network.Step(before, _machine.Encode(symbol), after);
            (before, after) = (after, before);
        }

        return _network.Read(before);
    }

    /// <summary>How many steps the automaton answers otherwise than the network, and new test words from the first disagreements.</summary>
    (int Wrong, List<int[]> Tests) Compare(Hypothesis hypothesis)
    {
        var wrong = 0;
        var tests = new List<int[]>();
        for (var sequence = 0; sequence < _words.Count; sequence++)
        {
            var word = Array.ConvertAll(
                _words.Symbols[(sequence * _words.Length)..((sequence + 1) * _words.Length)], symbol => (int)symbol);
            var states = new int[word.Length + 1];
            var first = -1;
            for (var t = 0; t < word.Length; t++)
            {
                states[t + 1] = hypothesis.Table.Next[states[t]][word[t]];
                if (hypothesis.Table.Output[states[t + 1]] == _answers[(sequence * word.Length) + t]) continue;
                wrong++;
                if (first < 0) first = t;
            }

            if (first < 0 || tests.Count >= TestsARound) continue;
            var test = TestOf(hypothesis, word, states, first, _answers[(sequence * word.Length) + first]);
            if (test.Length > 0 && !tests.Concat(_tests).Any(known => known.SequenceEqual(test))) tests.Add(test);
        }

        return (wrong, tests);
    }

    /// <summary>
    /// The end of the word that parts a hidden state from the one that stands for its group: up to some place the network, put into the
    /// standing-in state, still answers the whole word's last step right; from the next place on it doesn't.
    /// </summary>
    int[] TestOf(Hypothesis hypothesis, int[] word, int[] states, int last, uint truth)
    {
        int right = 0, wrong = last + 1;
        while (wrong - right > 1)
        {
            var middle = (right + wrong) / 2;
            if (Last(hypothesis.Hidden[states[middle]], word.AsSpan(middle..(last + 1))) == truth) right = middle;
            else wrong = middle;
        }

        return word[wrong..(last + 1)];
    }

    /// <summary>The live lines' values, line 0 first.</summary>
    static string Lines(uint lines, IMachine machine) =>
        string.Concat(
            Enumerable.Range(0, machine.Outputs).Where(line => (machine.LiveOutputs >> line & 1) == 1).Select(line => lines >> line & 1));

    static AutomatonEdge[] Edges(MinimalAutomaton automaton, IMachine machine) =>
    [
        .. from state in Enumerable.Range(0, automaton.States)
           from target in Enumerable.Range(0, machine.Symbols).GroupBy(symbol => automaton.Next(state, symbol))
           select new AutomatonEdge(state, target.Key, Symbols([.. target], machine)),
    ];

    static string Symbols(int[] symbols, IMachine machine)
    {
        if (symbols.Length == machine.Symbols) return "any";
        if (symbols.Length > machine.Symbols / 2)
            return symbols.Length == machine.Symbols - 1 ? $"not {machine.Describe(Missing(symbols))}" : $"{symbols.Length} others";
        return symbols.Length <= 3
            ? string.Join(", ", symbols.Select(machine.Describe))
            : $"{machine.Describe(symbols[0])} and {symbols.Length - 1} more";
    }

    static int Missing(int[] symbols) => Enumerable.Range(0, symbols.Length + 1).First(symbol => !symbols.Contains(symbol));
}
