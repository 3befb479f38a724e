using Mlds.Kernels.Random;

namespace Mlds.Tasks.Machines;

/// <summary>
/// A set of random automata: Moore machines drawn from a seed (docs/formats/machine.md, Random automata). Each is minimal, strongly
/// connected, and no two are equal under any renaming of symbols or lines. The first automata of a larger set are those of the smaller.
/// </summary>
/// <param name="Seed">Seed of the set.</param>
/// <param name="LeastStates">States of the smallest automata, 2 … <see cref="MostStates"/>.</param>
/// <param name="LargestStates">
/// States of the largest. Automaton i has as many as its place in the row from the smallest to the largest says, over and over.
/// </param>
/// <param name="Symbols">Symbols of all, 1 … <see cref="UnnamedAutomaton.MostSymbols"/>.</param>
/// <param name="Outputs">Output lines of all, 1 … 32; none is constant.</param>
/// <param name="Stay">Probability that a symbol leaves a state as it is, 0 … 1; else each other state is as likely as any.</param>
public sealed record RandomAutomata(uint Seed, int LeastStates, int LargestStates, int Symbols, int Outputs, double Stay)
{
    /// <summary>Drawn automata have at most this many states.</summary>
    public const int MostStates = 1000;

    /// <summary>So many tables are drawn for an automaton before it counts as impossible.</summary>
    public const int MostTries = 10_000;

    /// <summary>States of automaton <paramref name="number"/>, which counts from 0.</summary>
    public int StatesOf(int number) => LeastStates + (number % (LargestStates - LeastStates + 1));

    /// <summary>
    /// The first <paramref name="count"/> automata of the set, in order, drawn as they are asked for. States are numbered breadth-first
    /// from the start, which is 0.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A parameter out of its range; or, while drawing, none of <see cref="MostTries"/> tables was accepted; the message has the reasons.
    /// </exception>
    public IEnumerable<AutomatonDefinition> Draw(int count)
    {
        Check();
        return Enumerable.Range(0, count).Select(new Drawing(this).Next);
    }

    void Check()
    {
        Within("states", LeastStates, 2, MostStates);
        Within("states", LargestStates, LeastStates, MostStates);
        Within("symbols", Symbols, 1, UnnamedAutomaton.MostSymbols);
        Within("output lines", Outputs, 1, 32);
        if (Stay is not (>= 0 and <= 1))
            throw new ArgumentException(FormattableString.Invariant($"The probability that a symbol stays is 0 to 1, not {Stay}."));
    }

    static void Within(string what, int value, int low, int high)
    {
        if (value < low || value > high) throw new ArgumentException($"Random automata have {low} to {high} {what}, not {value}.");
    }

    /// <summary>The set while it is drawn.</summary>
    sealed class Drawing(RandomAutomata set)
    {
        readonly HashSet<UnnamedAutomaton> _drawn = [];

        internal AutomatonDefinition Next(int number)
        {
            var random = new PhiloxStream(set.Seed, RandomStream.Automata, (uint)number);
            var refused = new Dictionary<string, int>();
            for (var attempt = 0; attempt < MostTries; attempt++)
            {
                var machine = new Automaton(Table(ref random, set.StatesOf(number)));
                if (Fault(machine) is not { } fault) return MinimalAutomaton.Of(machine).ToDefinition() with { Names = null };
                refused[fault] = refused.GetValueOrDefault(fault) + 1;
            }

            throw new ArgumentException(Sentence(number, refused));
        }

        AutomatonDefinition Table(ref PhiloxStream random, int states)
        {
            var next = new int[states][];
            for (var state = 0; state < states; state++)
            {
                next[state] = new int[set.Symbols];
                for (var symbol = 0; symbol < set.Symbols; symbol++) next[state][symbol] = Successor(ref random, state, states);
            }

            var output = new uint[states];
            for (var state = 0; state < states; state++) output[state] = random.NextUInt32() >> (32 - set.Outputs);
            return new AutomatonDefinition(set.Symbols, set.Outputs, 0, next, output);
        }

        int Successor(ref PhiloxStream random, int state, int states)
        {
            // Scaling by a power of two is exact.
            if (random.NextUInt32() < (ulong)(set.Stay * (1L << 32))) return state;
            var other = (int)random.Below((uint)states - 1);
            return other < state ? other : other + 1;
        }

        string? Fault(Automaton machine)
        {
            if (HasConstantLine(machine)) return "had a constant line";
            if (!IsStronglyConnected(machine)) return "weren't strongly connected";
            if (!MinimalAutomaton.Of(machine).WasMinimal) return "weren't minimal";
            return _drawn.Add(UnnamedAutomaton.Of(machine)) ? null : "were equal to an earlier one";
        }

        string Sentence(int number, Dictionary<string, int> refused)
        {
            var reasons = refused.OrderByDescending(pair => pair.Value)
                .Select(pair => FormattableString.Invariant($"{pair.Value:N0} {pair.Key}"));
            return FormattableString.Invariant($"Automaton {number} of {set.StatesOf(number)} states can't be drawn: ")
                + FormattableString.Invariant($"of {MostTries:N0} tables {string.Join(", ", reasons)}; ")
                + "change the numbers of states, symbols or outputs, let symbols stay more or less often, or draw fewer.";
        }

        static bool HasConstantLine(Automaton machine)
        {
            var (everywhere, somewhere) = (uint.MaxValue, 0u);
            for (var state = 0; state < machine.States; state++)
            {
                everywhere &= machine.Read((ulong)state);
                somewhere |= machine.Read((ulong)state);
            }

            return everywhere != 0 || somewhere != uint.MaxValue >> (32 - machine.Outputs);
        }

        /// <summary>Whether the start leads to every state and every state to the start.</summary>
        static bool IsStronglyConnected(Automaton machine)
        {
            if (new StateGraph(machine).States < machine.States) return false;
            var before = Enumerable.Range(0, machine.States)
                .SelectMany(state => Enumerable.Range(0, machine.Symbols).Select(
                    symbol => (From: state, To: (int)machine.Next((ulong)state, symbol))))
                .ToLookup(step => step.To, step => step.From);
            var leading = new HashSet<int> { 0 };
            var waiting = new Stack<int>(leading);
            while (waiting.TryPop(out var state))
            {
                foreach (var source in before[state].Where(leading.Add)) waiting.Push(source);
            }

            return leading.Count == machine.States;
        }
    }
}
