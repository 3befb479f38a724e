using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Extraction;

/// <summary>
/// A network followed through every state of its machine: words are tried breadth-first in the product of the network and the machine's
/// minimal automaton, up to K words into every state, each continued by every command. These include long words that a list of all words
/// would never get to, such as a key and what comes after it in each of 256 register states.
/// </summary>
/// <remarks>
/// With K = 1 this is the transition cover of T. S. Chow: Testing Software Design Modeled by Finite-State Machines. IEEE TSE 4(3), 1978.
/// </remarks>
/// <param name="Steps">Transitions tried.</param>
/// <param name="Wrong">How many of them the network answered otherwise than the machine.</param>
/// <param name="Longest">Commands of the longest word tried.</param>
/// <param name="Counterexample">The first wrong word, and so a shortest of those tried; null if there is none.</param>
sealed record TransitionCover(int Steps, int Wrong, int Longest, int[]? Counterexample)
{
    internal static TransitionCover Of(NetworkStepper network, IMachine machine, MinimalAutomaton automaton, int words)
    {
        var nodes = new List<Node> { new(new float[network.StateSize], 0, -1, -1, 0) };
        var visits = new int[automaton.States];
        visits[0] = 1;
        int steps = 0, wrong = 0, longest = 0;
        int[]? counterexample = null;
        var after = new float[network.StateSize];
        for (var at = 0; at < nodes.Count; at++)
        {
            for (var symbol = 0; symbol < machine.Symbols; symbol++)
            {
                network.Step(nodes[at].Hidden, machine.Encode(symbol), after);
                steps++;
                var next = automaton.Next(nodes[at].State, symbol);
                longest = Math.Max(longest, nodes[at].Depth + 1);
                if (network.Read(after) != automaton.Output(next))
                {
                    // What comes after a wrong answer tells nothing new.
                    wrong++;
                    counterexample ??= Word(nodes, at, symbol);
                }
                else if (visits[next] < words)
                {
                    visits[next]++;
                    nodes.Add(new Node([.. after], next, at, symbol, nodes[at].Depth + 1));
                }
            }
        }

        return new TransitionCover(steps, wrong, longest, counterexample);
    }

    readonly record struct Node(float[] Hidden, int State, int Parent, int Symbol, int Depth);

    static int[] Word(List<Node> nodes, int at, int last)
    {
        var word = new List<int> { last };
        for (; nodes[at].Parent >= 0; at = nodes[at].Parent) word.Add(nodes[at].Symbol);
        word.Reverse();
        return [.. word];
    }
}
