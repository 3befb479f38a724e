namespace Mlds.Tasks.Machines;

/// <summary>
/// The coarsest partition of a machine's states into blocks that no word can tell apart, by Hopcroft's algorithm: O(S · n · log n)
/// for n states and S symbols.
/// </summary>
/// <remarks>
/// J. E. Hopcroft: An n log n Algorithm for Minimizing States in a Finite Automaton. 1971. A block's states lie together in
/// <c>_members</c>; those that a splitter leads back to are swapped to its front, and of the two parts the smaller becomes the new
/// block, which is the one that must split others later.
/// </remarks>
sealed class StatePartition
{
    readonly StateGraph _graph;
    readonly int[] _members;
    readonly int[] _place;
    readonly int[] _block;
    readonly List<(int First, int End, int Marked)> _blocks = [];
    readonly Stack<(int Block, int Symbol)> _splitters = new();
    readonly int[] _sourcesFirst; // S × (n + 1)
    readonly int[] _sources; // S × n

    internal StatePartition(StateGraph graph)
    {
        _graph = graph;
        _members = new int[graph.States];
        _place = new int[graph.States];
        _block = new int[graph.States];
        (_sourcesFirst, _sources) = Sources(graph);
        GroupByOutput();
        while (_splitters.TryPop(out var splitter)) SplitBy(splitter.Block, splitter.Symbol);
    }

    /// <summary>Number of blocks.</summary>
    internal int Blocks => _blocks.Count;

    /// <summary>The block of a state.</summary>
    internal int BlockOf(int state) => _block[state];

    /// <summary>The first blocks: one per output. A start whose outputs nobody ever sees is a block of its own.</summary>
    void GroupByOutput()
    {
        var hiddenStart = _graph.StartIsEnteredAgain ? -1 : 0;
        var place = 0;
        foreach (var group in Enumerable.Range(0, _graph.States)
            .GroupBy(state => state == hiddenStart ? ulong.MaxValue : _graph.Output[state]))
        {
            var first = place;
            foreach (var state in group)
            {
                _block[state] = _blocks.Count;
                _place[state] = place;
                _members[place++] = state;
            }

            Add(first, place);
        }
    }

    /// <summary>
    /// Splits every block of which some states, but not all, go to <paramref name="block"/> with <paramref name="symbol"/>.
    /// </summary>
    void SplitBy(int block, int symbol)
    {
        var touched = new List<int>();
        var offsets = _sourcesFirst.AsSpan(symbol * (_graph.States + 1), _graph.States + 1);
        var sources = _sources.AsSpan(symbol * _graph.States, _graph.States);
        var (first, end, _) = _blocks[block];
        foreach (var target in _members.AsSpan(first, end - first).ToArray())
        {
            foreach (var source in sources[offsets[target]..offsets[target + 1]]) Mark(source, touched);
        }

        foreach (var candidate in touched) Split(candidate);
    }

    void Mark(int state, List<int> touched)
    {
        var (first, end, marked) = _blocks[_block[state]];
        if (marked == 0) touched.Add(_block[state]);
        var (from, to) = (_place[state], first + marked);
        (_members[from], _members[to]) = (_members[to], _members[from]);
        (_place[_members[from]], _place[_members[to]]) = (from, to);
        _blocks[_block[state]] = (first, end, marked + 1);
    }

    void Split(int block)
    {
        var (first, end, marked) = _blocks[block];
        var middle = first + marked;
        var markedIsNew = marked <= end - middle;
        if (middle == end)
        {
            _blocks[block] = (first, end, 0);
            return;
        }

        _blocks[block] = markedIsNew ? (middle, end, 0) : (first, middle, 0);
        var (newFirst, newEnd) = markedIsNew ? (first, middle) : (middle, end);
        foreach (var state in _members.AsSpan(newFirst, newEnd - newFirst)) _block[state] = _blocks.Count;
        Add(newFirst, newEnd);
    }

    void Add(int first, int end)
    {
        for (var symbol = 0; symbol < _graph.Symbols; symbol++) _splitters.Push((_blocks.Count, symbol));
        _blocks.Add((first, end, 0));
    }

    /// <summary>For each symbol, the states that lead to each state: where they begin, and themselves.</summary>
    static (int[] First, int[] States) Sources(StateGraph graph)
    {
        var (n, symbols) = (graph.States, graph.Symbols);
        var first = new int[symbols * (n + 1)];
        var states = new int[symbols * n];
        for (var symbol = 0; symbol < symbols; symbol++)
        {
            var begins = first.AsSpan(symbol * (n + 1), n + 1);
            for (var state = 0; state < n; state++) begins[graph.Next[(state * symbols) + symbol] + 1]++;
            for (var state = 0; state < n; state++) begins[state + 1] += begins[state];
            var fill = begins.ToArray();
            for (var state = 0; state < n; state++)
                states[(symbol * n) + fill[graph.Next[(state * symbols) + symbol]]++] = state;
        }

        return (first, states);
    }
}
