using System.Numerics;

namespace Mlds.Tasks.Machines;

/// <summary>
/// What a machine does, whatever its symbols and lines are called: two are equal exactly if some renaming of the symbols and some
/// renaming of the lines makes the machines answer every word alike.
/// </summary>
/// <remarks>
/// The canonical form is the least text that any order of the symbols gives. An order is extended symbol by symbol, and after each symbol
/// all states that the symbols so far lead to are numbered in the order in which they are met. Only extensions that give the least
/// numbers are followed, and symbols that do the same are tried once: almost always one order is left. A machine that many renamings
/// leave as it is takes longer, S! steps at worst, which is why S is limited.
/// </remarks>
public sealed class UnnamedAutomaton : IEquatable<UnnamedAutomaton>
{
    /// <summary>Machines of at most this many symbols can be compared.</summary>
    public const int MostSymbols = 10;

    readonly string _form;

    UnnamedAutomaton(string form) => _form = form;

    /// <summary>The <paramref name="machine"/> without its symbols' and lines' names.</summary>
    /// <exception cref="ArgumentException">It has more than <see cref="MostSymbols"/> symbols or four million states.</exception>
    public static UnnamedAutomaton Of(IMachine machine)
    {
        if (machine.Symbols > MostSymbols)
        {
            throw new ArgumentException(
                $"Machines of at most {MostSymbols} symbols can be compared under all renamings; this one has {machine.Symbols}.");
        }

        var search = new Search(MinimalAutomaton.Of(machine), machine.Outputs);
        return new UnnamedAutomaton(search.LeastForm());
    }

    public bool Equals(UnnamedAutomaton? other) => other is not null && _form == other._form;

    public override bool Equals(object? obj) => Equals(obj as UnnamedAutomaton);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_form);

    sealed class Search(MinimalAutomaton automaton, int lines)
    {
        int[]? _least;
        string _leastLines = "";

        internal string LeastForm()
        {
            // Nobody sees the start's outputs before the first symbol, so any state that goes on as it does may be the start.
            foreach (var start in Enumerable.Range(0, automaton.States).Where(GoesOnAsStart)) Extend(Naming.From(automaton, start));
            return $"{automaton.States} {automaton.Symbols} {lines}: {string.Join(' ', _least!)}: {_leastLines}";
        }

        bool GoesOnAsStart(int state) =>
            Enumerable.Range(0, automaton.Symbols).All(symbol => automaton.Next(state, symbol) == automaton.Next(0, symbol));

        void Extend(Naming naming)
        {
            if (naming.Symbols.Length == automaton.Symbols)
            {
                Keep(naming);
                return;
            }

            var longer = Unlike(naming.Symbols).Select(naming.With).ToArray();
            var least = longer.Aggregate((a, b) => Compare(b.Numbers, a.Numbers) < 0 ? b : a);
            foreach (var next in longer.Where(next => Compare(next.Numbers, least.Numbers) == 0 && !IsBeaten(next))) Extend(next);
        }

        bool IsBeaten(Naming naming) =>
            _least is not null && Compare(naming.Numbers, _least.AsSpan(0, Math.Min(_least.Length, naming.Numbers.Length))) > 0;

        void Keep(Naming naming)
        {
            var order = _least is null ? -1 : Compare(naming.Numbers, _least);
            var shown = naming.Lines(lines);
            if (order > 0 || (order == 0 && string.CompareOrdinal(shown, _leastLines) >= 0)) return;
            (_least, _leastLines) = (naming.Numbers, shown);
        }

        /// <summary>The symbols not in <paramref name="used"/>, one of each kind of those that do the same in every state.</summary>
        IEnumerable<int> Unlike(int[] used)
        {
            var unused = Enumerable.Range(0, automaton.Symbols).Except(used).ToArray();
            return unused.Where((symbol, place) => !unused[..place].Any(other => DoTheSame(symbol, other)));
        }

        bool DoTheSame(int one, int other) =>
            Enumerable.Range(0, automaton.States).All(state => automaton.Next(state, one) == automaton.Next(state, other));

        static int Compare(ReadOnlySpan<int> one, ReadOnlySpan<int> other) => one.SequenceCompareTo(other);
    }

    /// <summary>An order of some symbols, and the states that they lead to in the order in which they are met.</summary>
    /// <param name="Symbols">The symbols, in order.</param>
    /// <param name="Met">The states, in order.</param>
    /// <param name="Numbers">
    /// For each symbol how many numbers follow; then for each state and symbol that weren't looked at before, the number of the state they
    /// lead to and how many lines it shows.
    /// </param>
    sealed record Naming(MinimalAutomaton Automaton, int[] Symbols, int[] Met, int[] Numbers)
    {
        internal static Naming From(MinimalAutomaton automaton, int start) => new(automaton, [], [start], []);

        internal Naming With(int symbol)
        {
            int[] symbols = [.. Symbols, symbol];
            var met = new List<int>(Met);
            var places = met.Index().ToDictionary(state => state.Item, state => state.Index);
            var block = new List<int>();
            for (var place = 0; place < met.Count; place++)
            {
                // Old states were looked at under the old symbols.
                foreach (var next in (place < Met.Length ? [symbol] : symbols).Select(by => Automaton.Next(met[place], by)))
                {
                    if (places.TryAdd(next, met.Count)) met.Add(next);
                    block.Add(places[next]);
                    block.Add(BitOperations.PopCount(Automaton.Output(next)));
                }
            }

            return new Naming(Automaton, symbols, [.. met], [.. Numbers, block.Count, .. block]);
        }

        /// <summary>For each line, whether it is 1 in each state met; lines in ascending order, so that their names don't matter.</summary>
        internal string Lines(int lines) =>
            string.Join(' ', Enumerable.Range(0, lines)
                .Select(line => string.Concat(Met.Select(state => (Automaton.Output(state) >> line & 1) == 1 ? '1' : '0')))
                .Order(StringComparer.Ordinal));
    }
}
