namespace Mlds.Tasks.Machines;

/// <summary>
/// The states of a machine that its start leads to, numbered in breadth-first order (symbols ascending), with their transitions.
/// </summary>
sealed class StateGraph
{
    /// <summary>
    /// Machines with more reachable states than this are refused: their table would not fit the memory of a small computer.
    /// </summary>
    internal const int MostStates = 1 << 22;

    internal StateGraph(IMachine machine)
    {
        Symbols = machine.Symbols;
        var numbers = new Dictionary<ulong, int> { [machine.Start] = 0 };
        var states = new List<ulong> { machine.Start };
        var next = new List<int>();
        for (var state = 0; state < states.Count; state++)
        {
            for (var symbol = 0; symbol < Symbols; symbol++)
            {
                var successor = machine.Next(states[state], symbol);
                if (!numbers.TryGetValue(successor, out var number))
                {
                    if (states.Count == MostStates)
                        throw new ArgumentException($"The machine has more than {MostStates:N0} reachable states.");
                    number = states.Count;
                    numbers.Add(successor, number);
                    states.Add(successor);
                }

                next.Add(number);
            }
        }

        Given = [.. states];
        Next = [.. next];
        Output = [.. states.Select(machine.Read)];
        StartIsEnteredAgain = next.Contains(0);
    }

    /// <summary>Symbols S of the alphabet.</summary>
    internal int Symbols { get; }

    /// <summary>Reachable states; the start is state 0.</summary>
    internal int States => Output.Length;

    /// <summary>States: what the machine itself calls them.</summary>
    internal ulong[] Given { get; }

    /// <summary>States × S successors.</summary>
    internal int[] Next { get; }

    /// <summary>Lines read in each state. State 0's are never seen unless it is entered again.</summary>
    internal uint[] Output { get; }

    internal bool StartIsEnteredAgain { get; }
}
