using System.Globalization;

namespace Mlds.Tasks.Machines.Expressions;

/// <summary>
/// The nondeterministic automaton of some expressions, each with an end of its own: nodes that wait for a symbol, forks that wait for
/// nothing, and ends.
/// </summary>
/// <remarks>K. Thompson: Regular Expression Search Algorithm. Communications of the ACM 11(6), 1968.</remarks>
sealed class PatternGraph
{
    /// <summary>Repetitions are written out; so written, expressions have at most this many nodes.</summary>
    internal const int MostNodes = 1 << 17;

    readonly List<Node> _nodes = [];

    /// <param name="patterns">1 … 32 expressions.</param>
    /// <exception cref="ArgumentException">They have more than <see cref="MostNodes"/> nodes.</exception>
    internal PatternGraph(IReadOnlyList<Pattern> patterns) =>
        Starts = [.. patterns.Select((pattern, line) => Before(pattern, Add(new Node(0, -1, -1, line))))];

    /// <summary>A node waits for one of <paramref name="Symbols"/> and goes on to <paramref name="Next"/>; with none, it is a fork to
    /// both <paramref name="Next"/> and <paramref name="Other"/>, or, with a line, the end of that line's expression.</summary>
    internal readonly record struct Node(uint Symbols, int Next, int Other, int Line)
    {
        internal bool IsFork => Symbols == 0 && Line < 0;
    }

    /// <summary>Where each expression begins.</summary>
    internal IReadOnlyList<int> Starts { get; }

    internal int Count => _nodes.Count;

    internal Node this[int node] => _nodes[node];

    /// <summary>The first node of <paramref name="pattern"/>, after which <paramref name="next"/> follows.</summary>
    int Before(Pattern pattern, int next) => pattern switch
    {
        OneOf one => Add(new Node(one.Symbols, next, -1, -1)),
        Sequence sequence => sequence.Parts.Reverse().Aggregate(next, (after, part) => Before(part, after)),
        Choice choice => choice.Alternatives.Select(alternative => Before(alternative, next)).ToArray()
            .Aggregate((one, other) => Fork(one, other)),
        Repeat repeat => Before(repeat, next),
        _ => throw new InvalidOperationException($"No pattern: {pattern}."),
    };

    int Before(Repeat repeat, int next)
    {
        var first = next;
        if (repeat.Most is { } most)
        {
            // (x(x(x)?)?)?, not x?x?x?: from no node more than two ways lead on.
            for (var i = repeat.Least; i < most; i++) first = Fork(Before(repeat.Part, first), next);
        }
        else
        {
            first = Add(default);
            _nodes[first] = new Node(0, Before(repeat.Part, first), next, -1);
        }

        for (var i = 0; i < repeat.Least; i++) first = Before(repeat.Part, first);
        return first;
    }

    int Fork(int one, int other) => Add(new Node(0, one, other, -1));

    int Add(Node node)
    {
        if (_nodes.Count == MostNodes)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"with its repetitions written out it has more than {MostNodes:N0} parts; repeat less"));
        }

        _nodes.Add(node);
        return _nodes.Count - 1;
    }
}
