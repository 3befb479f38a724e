namespace Mlds.Tasks.Machines;

/// <summary>
/// States that an automaton's table could do without. Such a table is a machine like any other, but hardly the one that was meant, and its
/// number of states says nothing.
/// </summary>
/// <param name="Unreachable">States that no word leads to from the start, ascending.</param>
/// <param name="Equal">
/// Groups of two and more reachable states that no word tells apart, each ascending, in the order of their first. The start, whose outputs
/// nobody sees before the first symbol, is in the group of a state that goes on as it does, unless it is entered again.
/// </param>
public sealed record SuperfluousStates(IReadOnlyList<int> Unreachable, IReadOnlyList<IReadOnlyList<int>> Equal)
{
    const int MostNamed = 10;

    /// <summary>How many states could go.</summary>
    public int Count => Unreachable.Count + Equal.Sum(group => group.Count - 1);

    /// <summary>
    /// What is wrong, with the states by their numbers: "State 3 can't be reached; states 1 and 4 answer every word alike." Empty if
    /// nothing is.
    /// </summary>
    public string Sentence()
    {
        var parts = new List<string>();
        if (Unreachable.Count > 0) parts.Add($"{Named(Unreachable)} can't be reached");
        parts.AddRange(Equal.Take(MostNamed).Select(group => $"{Named(group)} answer every word alike"));
        if (Equal.Count > MostNamed) parts.Add($"and so do those of {Equal.Count - MostNamed} more groups");
        if (parts.Count == 0) return "";
        var sentence = string.Join("; ", parts);
        return $"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}.";
    }

    internal static SuperfluousStates Of(Automaton automaton)
    {
        var graph = new StateGraph(automaton);
        var partition = new StatePartition(graph);
        var block = Enumerable.Range(0, graph.States).Select(partition.BlockOf).ToArray();
        if (!graph.StartIsEnteredAgain && LikeStart(graph, block) is { } like) block[0] = block[like];
        var reached = graph.Given.Select(state => (int)state).ToHashSet();
        return new SuperfluousStates(
            [.. Enumerable.Range(0, automaton.States).Where(state => !reached.Contains(state))],
            [.. Enumerable.Range(0, graph.States)
                .GroupBy(state => block[state], state => (int)graph.Given[state])
                .Where(group => group.Skip(1).Any())
                .Select(group => (IReadOnlyList<int>)[.. group.Order()])
                .OrderBy(group => group[0])]);
    }

    /// <summary>
    /// Of the states that go on as the start does, the one with the smallest outputs, as <see cref="MinimalAutomaton"/> has it.
    /// </summary>
    static int? LikeStart(StateGraph graph, int[] block)
    {
        bool GoesOnAlike(int state) =>
            Enumerable.Range(0, graph.Symbols).All(
                symbol => block[graph.Next[(state * graph.Symbols) + symbol]] == block[graph.Next[symbol]]);
        var alike = Enumerable.Range(1, graph.States - 1).Where(GoesOnAlike).ToArray();
        return alike.Length == 0 ? null : alike.MinBy(state => graph.Output[state]);
    }

    static string Named(IReadOnlyList<int> states) =>
        states.Count == 1 ? $"state {states[0]}"
            : states.Count > MostNamed ? $"states {string.Join(", ", states.Take(MostNamed))} and {states.Count - MostNamed} more"
            : $"states {string.Join(", ", states.Take(states.Count - 1))} and {states[^1]}";
}
