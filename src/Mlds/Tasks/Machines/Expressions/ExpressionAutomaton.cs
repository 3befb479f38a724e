using System.Globalization;

namespace Mlds.Tasks.Machines.Expressions;

/// <summary>
/// The automaton that reads regular expressions: line k is 1 in the steps in which the word so far matches expression k as a whole. It is
/// the minimal one, so any two ways to write the same languages give the same table.
/// </summary>
/// <remarks>
/// Subset construction, then partition refinement: M. O. Rabin, D. Scott: Finite Automata and Their Decision Problems. IBM Journal of
/// Research and Development 3(2), 1959.
/// </remarks>
sealed class ExpressionAutomaton
{
    /// <summary>
    /// Nodes looked at while the automaton is built; more is refused. It bounds time and memory, and counts alike on every machine.
    /// </summary>
    internal const long MostWork = 1 << 26;

    readonly PatternGraph _graph;
    readonly int[] _seen; // by node, the set that last held it
    readonly Stack<int> _waiting = new();
    readonly Dictionary<int[], int> _numbers = new(new SetComparer());
    readonly List<int[]> _sets = [];
    int _set;
    long _work;

    ExpressionAutomaton(PatternGraph graph) => (_graph, _seen) = (graph, new int[graph.Count]);

    /// <summary>The minimal automaton of <paramref name="patterns"/>, with the symbols' names.</summary>
    /// <param name="patterns">1 … 32, one per line.</param>
    /// <param name="symbols">1 … 32 different names.</param>
    /// <exception cref="ArgumentException">The automaton is too large to be built; the message says by what measure.</exception>
    internal static AutomatonDefinition Of(IReadOnlyList<Pattern> patterns, IReadOnlyList<string> symbols)
    {
        var graph = new PatternGraph(patterns);
        var (next, output) = new ExpressionAutomaton(graph).Determinise(symbols.Count);
        var table = new AutomatonDefinition(symbols.Count, patterns.Count, 0, next, output, symbols);
        return MinimalAutomaton.Of(new Automaton(table)).ToDefinition();
    }

    (int[][] Next, uint[] Output) Determinise(int symbols)
    {
        var next = new List<int[]>();
        Number(Reached(_graph.Starts));
        for (var state = 0; state < _sets.Count; state++)
        {
            var row = new int[symbols];
            for (var symbol = 0; symbol < symbols; symbol++) row[symbol] = Number(Reached(After(_sets[state], symbol)));
            next.Add(row);
        }

        return ([.. next], [.. _sets.Select(Lines)]);
    }

    IEnumerable<int> After(int[] set, int symbol)
    {
        foreach (var node in set)
        {
            if ((_graph[node].Symbols >> symbol & 1) == 1) yield return _graph[node].Next;
        }

        Count(set.Length);
    }

    /// <summary>The nodes that aren't forks and that <paramref name="nodes"/> lead to without a symbol, ascending.</summary>
    int[] Reached(IEnumerable<int> nodes)
    {
        _set++;
        var reached = new List<int>();
        foreach (var node in nodes) Wait(node);
        while (_waiting.TryPop(out var node))
        {
            var its = _graph[node];
            if (its.IsFork)
            {
                Wait(its.Next);
                Wait(its.Other);
            }
            else
            {
                reached.Add(node);
            }
        }

        reached.Sort();
        return [.. reached];
    }

    void Wait(int node)
    {
        if (_seen[node] == _set) return;
        Count(1);
        _seen[node] = _set;
        _waiting.Push(node);
    }

    int Number(int[] set)
    {
        if (_numbers.TryGetValue(set, out var number)) return number;
        if (_sets.Count == Automaton.MostStates)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"its automaton has more than {Automaton.MostStates:N0} states, the most that a table holds; repeat less, or remember "
                + $"less of the word: what stood n symbols ago takes 2ⁿ states"));
        }

        _numbers.Add(set, _sets.Count);
        _sets.Add(set);
        return _sets.Count - 1;
    }

    uint Lines(int[] set) => set.Where(node => _graph[node].Line >= 0).Aggregate(0u, (lines, node) => lines | (1u << _graph[node].Line));

    void Count(int nodes)
    {
        _work += nodes;
        if (_work > MostWork)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"its automaton takes more than {MostWork:N0} steps to build; repeat less, or write what can be left out ('?') only once"));
        }
    }

    sealed class SetComparer : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] set)
        {
            var hash = default(HashCode);
            foreach (var node in set) hash.Add(node);
            return hash.ToHashCode();
        }
    }
}
