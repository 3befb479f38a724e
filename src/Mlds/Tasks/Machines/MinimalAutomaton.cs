namespace Mlds.Tasks.Machines;

/// <summary>
/// The smallest Moore machine that answers every word as a given machine does. It is canonical: states are numbered breadth-first from
/// the start, so two machines behave alike exactly if their minimal automata are equal.
/// </summary>
public sealed class MinimalAutomaton
{
    readonly IMachine _machine;
    readonly int[] _next; // states × symbols
    readonly uint[] _output;

    MinimalAutomaton(IMachine machine, int given, int reachable, int[] next, uint[] output) =>
        (_machine, GivenStates, ReachableStates, _next, _output) = (machine, given, reachable, next, output);

    /// <summary>States as given: of an automaton its table's, of other machines the reachable ones.</summary>
    public int GivenStates { get; }

    /// <summary>States of the given machine that its start leads to.</summary>
    public int ReachableStates { get; }

    /// <summary>States that words can tell apart.</summary>
    public int States => _output.Length;

    public int Symbols => _machine.Symbols;

    /// <summary>Transitions: states × symbols.</summary>
    public int Transitions => _next.Length;

    /// <summary>Whether the machine as given had no superfluous state.</summary>
    public bool WasMinimal => GivenStates == States;

    /// <summary>The state after a symbol; the start is state 0.</summary>
    public int Next(int state, int symbol) => _next[(state * Symbols) + symbol];

    /// <summary>The lines read in a state.</summary>
    public uint Output(int state) => _output[state];

    /// <summary>The minimal automaton of <paramref name="machine"/>.</summary>
    /// <exception cref="ArgumentException">The machine has more than four million reachable states.</exception>
    public static MinimalAutomaton Of(IMachine machine)
    {
        var graph = new StateGraph(machine);
        var partition = new StatePartition(graph);
        var (next, output) = Quotient(graph, partition);
        var start = SmallestLikeStart(next, output, partition.BlockOf(0), graph);
        (next, output) = NumberFrom(start, next, output, graph.Symbols);
        return new MinimalAutomaton(machine, machine is Automaton given ? given.States : graph.States, graph.States, next, output);
    }

    /// <summary>Whether both answer every word alike. Only machines with equally many symbols and outputs can be compared.</summary>
    public bool BehavesAs(MinimalAutomaton other) =>
        Symbols == other.Symbols && _next.SequenceEqual(other._next) && _output.SequenceEqual(other._output);

    /// <summary>This automaton as a definition, with the machine's words for its symbols.</summary>
    /// <exception cref="InvalidOperationException">It has more states than a definition may hold.</exception>
    public AutomatonDefinition ToDefinition()
    {
        if (States > Automaton.MostStates)
        {
            throw new InvalidOperationException(
                $"The minimal automaton has {States:N0} states; a definition holds at most {Automaton.MostStates:N0}.");
        }

        return new AutomatonDefinition(
            Symbols,
            _machine.Outputs,
            0,
            [.. _next.Chunk(Symbols)],
            _output,
            [.. Enumerable.Range(0, Symbols).Select(_machine.Describe)]);
    }

    /// <summary>
    /// The smallest k such that the last k symbols always settle the state, whatever came before; null if none up to
    /// <paramref name="most"/> does. Such a machine needs no memory of its own: a window of k symbols is enough.
    /// </summary>
    /// <remarks>M. Perles, M. O. Rabin, E. Shamir: The Theory of Definite Automata. IEEE Trans. EC-12(3), 1963.</remarks>
    public int? DefiniteMemory(int most = 64)
    {
        // After round k two states share a class if every word of k symbols leads both to one state.
        var classes = Enumerable.Range(0, States).ToArray();
        var count = States;
        for (var k = 0; k <= most; k++)
        {
            if (count == 1) return k;
            var before = count;
            (classes, count) = ClassesOfRows([.. _next.Select(state => classes[state])]);
            if (count == before) return null;
        }

        return null;
    }

    (int[] Classes, int Count) ClassesOfRows(int[] rows)
    {
        var numbers = new Dictionary<int, int>(new RowComparer(rows, Symbols));
        var classes = new int[States];
        for (var state = 0; state < States; state++)
        {
            numbers.TryAdd(state, numbers.Count);
            classes[state] = numbers[state];
        }

        return (classes, numbers.Count);
    }

    static (int[] Next, uint[] Output) Quotient(StateGraph graph, StatePartition partition)
    {
        var next = new int[partition.Blocks * graph.Symbols];
        var output = new uint[partition.Blocks];
        for (var state = 0; state < graph.States; state++)
        {
            var block = partition.BlockOf(state);
            output[block] = graph.Output[state];
            for (var symbol = 0; symbol < graph.Symbols; symbol++)
                next[(block * graph.Symbols) + symbol] = partition.BlockOf(graph.Next[(state * graph.Symbols) + symbol]);
        }

        return (next, output);
    }

    /// <summary>
    /// Nobody sees the start's outputs before the first symbol, so any state that goes on in the same way can take its place; the one with
    /// the smallest outputs does. A start that is never entered again and is like no other stays a state of its own, with outputs 0.
    /// </summary>
    static int SmallestLikeStart(int[] next, uint[] output, int start, StateGraph graph)
    {
        var row = next.AsSpan(start * graph.Symbols, graph.Symbols);
        var best = graph.StartIsEnteredAgain ? start : -1;
        for (var state = 0; state < output.Length; state++)
        {
            if (state != start && (best < 0
                || output[state] < output[best]) && next.AsSpan(state * graph.Symbols, graph.Symbols).SequenceEqual(row))
            {
                best = state;
            }
        }

        if (best >= 0) return best;
        output[start] = 0;
        return start;
    }

    static (int[] Next, uint[] Output) NumberFrom(int start, int[] next, uint[] output, int symbols)
    {
        var numbers = new int[output.Length];
        Array.Fill(numbers, -1);
        var order = new List<int> { start };
        numbers[start] = 0;
        for (var i = 0; i < order.Count; i++)
        {
            foreach (var successor in next.AsSpan(order[i] * symbols, symbols))
            {
                if (numbers[successor] >= 0) continue;
                numbers[successor] = order.Count;
                order.Add(successor);
            }
        }

        var renumbered = new int[order.Count * symbols];
        for (var i = 0; i < renumbered.Length; i++)
            renumbered[i] = numbers[next[(order[i / symbols] * symbols) + (i % symbols)]];
        return (renumbered, [.. order.Select(state => output[state])]);
    }

    /// <summary>Compares states by their rows of a table.</summary>
    sealed class RowComparer(int[] rows, int width) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => rows.AsSpan(x * width, width).SequenceEqual(rows.AsSpan(y * width, width));

        public int GetHashCode(int state)
        {
            var hash = default(HashCode);
            foreach (var value in rows.AsSpan(state * width, width)) hash.Add(value);
            return hash.ToHashCode();
        }
    }
}
