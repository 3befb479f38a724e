using System.Globalization;

namespace Mlds.Tasks.Machines;

/// <summary>A Moore machine run from its table. Symbol s is the network input s, one-hot.</summary>
public sealed class Automaton : IMachine
{
    /// <summary>A table in a recipe holds at most this many states.</summary>
    public const int MostStates = 65_536;

    readonly AutomatonDefinition _definition;
    readonly int[] _next; // states × symbols
    readonly uint[] _output;

    /// <exception cref="ArgumentException">The table is ragged, leads to a state that isn't there, or has a line that isn't
    /// there.</exception>
    public Automaton(AutomatonDefinition definition)
    {
        Check(definition);
        _definition = definition;
        _next = [.. definition.Next.SelectMany(row => row)];
        _output = [.. definition.Output];
        LiveOutputs = Reached().Aggregate(0u, (lines, state) => lines | _output[state]);
    }

    public MachineDefinition Definition => _definition;

    /// <summary>States of the table, reachable or not.</summary>
    public int States => _output.Length;

    public int Symbols => _definition.Symbols;

    public int Inputs => _definition.Symbols;

    public int Outputs => _definition.Outputs;

    public uint LiveOutputs { get; }

    public ulong Start => (ulong)_definition.Start;

    /// <summary>The automaton that <paramref name="machine"/> is, or to which it adds a key; null if it is of another form.</summary>
    public static Automaton? Within(IMachine machine) => (machine is KeyedMachine keyed ? keyed.Unkeyed : machine) as Automaton;

    /// <summary>The states that the table could do without.</summary>
    public SuperfluousStates Superfluous() => SuperfluousStates.Of(this);

    public ulong Next(ulong state, int symbol) => (ulong)_next[((int)state * Symbols) + symbol];

    public uint Read(ulong state) => _output[state];

    public uint Encode(int symbol) => 1u << symbol;

    public string Describe(int symbol) => _definition.Names?[symbol] ?? symbol.ToString(CultureInfo.InvariantCulture);

    /// <summary>The states that some word of at least one symbol leads to.</summary>
    IEnumerable<int> Reached()
    {
        var seen = new bool[States];
        var waiting = new Stack<int>([_definition.Start]);
        while (waiting.TryPop(out var state))
        {
            for (var symbol = 0; symbol < Symbols; symbol++)
            {
                var next = _next[(state * Symbols) + symbol];
                if (seen[next]) continue;
                seen[next] = true;
                waiting.Push(next);
                yield return next;
            }
        }
    }

    static void Check(AutomatonDefinition definition)
    {
        var (symbols, outputs, states) = (definition.Symbols, definition.Outputs, definition.Next.Count);
        if (symbols is < 1 or > 32) throw new ArgumentException($"An automaton has 1 to 32 symbols, not {symbols}.");
        if (outputs is < 1 or > 32) throw new ArgumentException($"A machine has 1 to 32 outputs, not {outputs}.");
        if (states is < 1 or > MostStates) throw new ArgumentException($"An automaton has 1 to {MostStates} states, not {states}.");
        if (definition.Start < 0 || definition.Start >= states)
            throw new ArgumentException($"The start state {definition.Start} isn't one of the states 0 to {states - 1}.");
        if (definition.Output.Count != states)
            throw new ArgumentException($"There are {states} states but {definition.Output.Count} outputs.");
        for (var state = 0; state < states; state++)
        {
            if (definition.Next[state].Count != symbols)
            {
                throw new ArgumentException(
                    $"State {state} has {definition.Next[state].Count} successors; it needs {symbols}, one per symbol.");
            }

            if (definition.Next[state].Any(next => next < 0 || next >= states))
                throw new ArgumentException($"State {state} leads to a state that isn't one of 0 to {states - 1}.");
            if (definition.Output[state] >= 1UL << outputs)
                throw new ArgumentException($"The output of state {state} sets a line beyond the {outputs} outputs.");
        }

        if (definition.Names is { } names && (names.Count != symbols || names.Distinct().Count() != symbols))
            throw new ArgumentException($"The names of the symbols must be {symbols} different ones.");
    }
}
