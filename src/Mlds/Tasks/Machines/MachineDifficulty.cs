namespace Mlds.Tasks.Machines;

/// <summary>
/// How hard a machine is to imitate, known before anything is trained: computed exactly, over all words of one length, each as likely as
/// the others. Planted keys are none of it; <see cref="Learnability"/> measures a machine on its own sequences.
/// </summary>
public sealed class MachineDifficulty
{
    /// <summary>Windows of the last 0 … this many symbols are tried.</summary>
    public const int LongestWindow = 3;

    MachineDifficulty(int states, int length, IReadOnlyList<double> told, double constantError) =>
        (States, Length, ToldByLast, ConstantError) = (states, length, told, constantError);

    /// <summary>States of the minimal automaton.</summary>
    public int States { get; }

    /// <summary>Symbols T of each word.</summary>
    public int Length { get; }

    /// <summary>
    /// Item k, for k = 0 … <see cref="LongestWindow"/>: the share of the output bits (all lines, steps 1 … T) that the best guess from the
    /// last k symbols gets right, 0.5 … 1. A guess knows nothing else of the word, but sees that it has just begun where it has fewer than
    /// k symbols. Item 0 is the best constant's. 1: a window of k symbols is all the memory it takes.
    /// </summary>
    public IReadOnlyList<double> ToldByLast { get; }

    /// <summary>
    /// Mean squared error of the best constant answer over lines and steps, 0 … 0.25: the plateau on which a network sits that has
    /// learned nothing.
    /// </summary>
    public double ConstantError { get; }

    /// <summary>The difficulty of <paramref name="machine"/>; for S symbols and n states it takes S³ · n additions.</summary>
    /// <param name="length">Symbols T of each word, at least 1: as many as its networks' sequences have.</param>
    /// <exception cref="ArgumentException">The machine has more than four million reachable states.</exception>
    public static MachineDifficulty Of(IMachine machine, int length = 16)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var minimal = MinimalAutomaton.Of(machine);
        var windows = new WindowSums(minimal, machine.Outputs, length);
        var told = new double[LongestWindow + 1];
        for (var window = 0; window < told.Length; window++) told[window] = windows.Told(window);
        return new MachineDifficulty(minimal.States, length, told, windows.ConstantError());
    }

    /// <summary>Expected output bits over all words, by what the last symbols were.</summary>
    sealed class WindowSums
    {
        readonly MinimalAutomaton _automaton;
        readonly int _lines;
        readonly int _length;
        readonly uint[] _outputs; // the different outputs
        readonly int[] _outputOf; // states: which of them

        internal WindowSums(MinimalAutomaton automaton, int lines, int length)
        {
            (_automaton, _lines, _length) = (automaton, lines, length);
            _outputs = [.. Enumerable.Range(0, automaton.States).Select(automaton.Output).Distinct()];
            var numbers = _outputs.Index().ToDictionary(output => output.Item, output => output.Index);
            _outputOf = [.. Enumerable.Range(0, automaton.States).Select(state => numbers[automaton.Output(state)])];
        }

        /// <summary>Share of the output bits that the best guess from the last <paramref name="window"/> symbols gets right.</summary>
        internal double Told(int window)
        {
            // Fewer symbols than the window are the whole word, and that settles the state.
            var begun = Math.Min(Math.Max(window - 1, 0), _length);
            var right = (double)begun * _lines;
            if (begun < _length) AfterEachWord(Visits(window), window, 1, (ones, all) => right += Math.Max(ones, all - ones));
            return right / ((double)_length * _lines);
        }

        internal double ConstantError()
        {
            var squares = 0.0;
            AfterEachWord(Visits(0), 0, 1, (ones, all) => squares += ones * (all - ones) / all);
            return squares / ((double)_length * _lines);
        }

        /// <summary>
        /// How often each state is expected where a window begins: before those symbols that are the last of steps 1 … T, or, for an empty
        /// window, in steps 1 … T themselves.
        /// </summary>
        double[] Visits(int window)
        {
            var states = new double[_automaton.States];
            var visits = new double[_automaton.States];
            states[0] = 1;
            for (var step = 0; step <= _length - window; step++)
            {
                if (step > 0) states = AfterAnySymbol(states);
                if (window == 0 && step == 0) continue;
                for (var state = 0; state < visits.Length; state++) visits[state] += states[state];
            }

            return visits;
        }

        double[] AfterAnySymbol(double[] before)
        {
            var after = new double[before.Length];
            for (var symbol = 0; symbol < _automaton.Symbols; symbol++) AddAfter(before, symbol, after);
            for (var state = 0; state < after.Length; state++) after[state] /= _automaton.Symbols;
            return after;
        }

        void AddAfter(double[] before, int symbol, double[] after)
        {
            for (var state = 0; state < before.Length; state++) after[_automaton.Next(state, symbol)] += before[state];
        }

        /// <summary>
        /// For each word of <paramref name="symbols"/> symbols and each line: how many ones of how many bits are expected.
        /// </summary>
        /// <param name="states">How often each state is expected before the word.</param>
        /// <param name="share">The word's probability so far.</param>
        void AfterEachWord(double[] states, int symbols, double share, Action<double, double> take)
        {
            if (symbols == 0)
            {
                TakeLines(states, share, take);
                return;
            }

            for (var symbol = 0; symbol < _automaton.Symbols; symbol++)
            {
                var after = new double[states.Length];
                AddAfter(states, symbol, after);
                AfterEachWord(after, symbols - 1, share / _automaton.Symbols, take);
            }
        }

        void TakeLines(double[] states, double share, Action<double, double> take)
        {
            var shown = new double[_outputs.Length];
            for (var state = 0; state < states.Length; state++) shown[_outputOf[state]] += share * states[state];
            var all = shown.Sum();
            for (var line = 0; line < _lines; line++)
            {
                var ones = 0.0;
                for (var output = 0; output < shown.Length; output++)
                {
                    if ((_outputs[output] >> line & 1) == 1) ones += shown[output];
                }

                take(ones, all);
            }
        }
    }
}
