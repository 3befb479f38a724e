namespace Mlds.Tasks.Machines;

/// <summary>One live line on given sequences.</summary>
/// <param name="Ones">Share of the steps in which it is 1.</param>
/// <param name="ConstantError">Mean squared error of the best constant on this line: ones · (1 − ones).</param>
public sealed record LineStatistics(int Line, double Ones, double ConstantError);

/// <summary>What a key does on given sequences.</summary>
/// <param name="KeysASequence">Completed keys per sequence, planted and by chance.</param>
/// <param name="ChangedShare">Share of the steps whose outputs the rule decides.</param>
/// <param name="ErrorIgnoringKey">
/// Loss of the best predictor that knows the machine without its rule, and the step's number, but nothing of keys: what a network that
/// learns all but the key arrives at.
/// </param>
public sealed record KeyStatistics(double KeysASequence, double ChangedShare, double ErrorIgnoringKey)
{
    /// <summary>The share of the rule's effect that a network must have learned to reach <paramref name="goalLoss"/>; 0 if none.</summary>
    public double ShareToLearn(double goalLoss) => ErrorIgnoringKey <= goalLoss ? 0 : 1 - (goalLoss / ErrorIgnoringKey);
}

/// <summary>
/// How much of a machine must be learned to reach a loss, measured on its own sequences. All errors are mean squared errors over
/// sequences, steps and all outputs, as the loss is, of the best predictor of its kind fitted to the very sequences it is measured on:
/// no such predictor does better.
/// </summary>
public sealed class Learnability
{
    /// <summary>Windows of the last 0 … this many commands are tried.</summary>
    public const int LongestWindow = 3;

    Learnability(IReadOnlyList<LineStatistics> lines, double entropy, IReadOnlyList<double> windows, KeyStatistics? key) =>
        (Lines, OutputEntropy, ErrorWithLast, Key) = (lines, entropy, windows, key);

    /// <summary>The live lines.</summary>
    public IReadOnlyList<LineStatistics> Lines { get; }

    /// <summary>Shannon entropy of a step's outputs, in bits, all steps taken together.</summary>
    public double OutputEntropy { get; }

    /// <summary>
    /// Item k: loss of the best predictor that sees the last k commands (fewer where the sequence has just begun) and nothing else. Item
    /// 0 is the best constant's: the plateau on which a network sits that has learned nothing.
    /// </summary>
    public IReadOnlyList<double> ErrorWithLast { get; }

    /// <summary>What the key does; null for a machine without one.</summary>
    public KeyStatistics? Key { get; }

    /// <summary>The best constant's loss.</summary>
    public double PlateauLoss => ErrorWithLast[0];

    /// <summary>Measures <paramref name="machine"/> on <paramref name="sequences"/>, which it must have answered.</summary>
    public static Learnability Of(IMachine machine, SequenceSet sequences)
    {
        var windows = Enumerable.Range(0, LongestWindow + 1).Select(window => WindowError(machine, sequences, window)).ToArray();
        var lines = Enumerable.Range(0, machine.Outputs).Where(line => (machine.LiveOutputs >> line & 1) == 1)
            .Select(line => Line(sequences, line)).ToArray();
        return new Learnability(
            lines, Entropy(sequences.Targets), windows, machine is KeyedMachine keyed ? MeasureKey(keyed, sequences) : null);
    }

    static LineStatistics Line(SequenceSet sequences, int line)
    {
        var ones = sequences.Targets.Sum(target => (long)(target >> line & 1)) / (double)sequences.Targets.Length;
        return new LineStatistics(line, ones, ones * (1 - ones));
    }

    static double Entropy(uint[] outputs)
    {
        var counts = outputs.CountBy(output => output).Select(pair => pair.Value / (double)outputs.Length);
        return Math.Abs(counts.Sum(share => -share * Math.Log2(share)));
    }

    static double WindowError(IMachine machine, SequenceSet sequences, int window)
    {
        // A window is a number of so many digits, the newest command last; digit 0 stands for "before the beginning".
        var (digits, cells) = (machine.Symbols + 1, 1);
        for (var i = 0; i < window; i++) cells *= digits;
        var counts = new CellCounts(cells, machine.Outputs);
        for (var sequence = 0; sequence < sequences.Count; sequence++)
        {
            var cell = 0;
            for (var t = sequence * sequences.Length; t < (sequence + 1) * sequences.Length; t++)
            {
                cell = ((cell * digits) + sequences.Symbols[t] + 1) % cells;
                counts.Add(cell, sequences.Targets[t]);
            }
        }

        return counts.Error();
    }

    static KeyStatistics MeasureKey(KeyedMachine machine, SequenceSet sequences)
    {
        var unkeyed = machine.Unkeyed;
        var lines = Enumerable.Range(0, machine.Outputs).Select(_ => new CellCounts(2 * sequences.Length, 1)).ToArray();
        long keys = 0, changed = 0;
        for (var sequence = 0; sequence < sequences.Count; sequence++)
        {
            var (state, plain) = (machine.Start, unkeyed.Start);
            for (var t = 0; t < sequences.Length; t++)
            {
                var symbol = sequences.Symbols[(sequence * sequences.Length) + t];
                (state, plain) = (machine.Next(state, symbol), unkeyed.Next(plain, symbol));
                if (machine.IsKeyComplete(state)) keys++;
                if (machine.IsChanged(state)) changed++;
                var (told, known) = (machine.Read(state), unkeyed.Read(plain));
                for (var line = 0; line < lines.Length; line++) lines[line].Add((2 * t) + (int)(known >> line & 1), told >> line & 1);
            }
        }

        return new KeyStatistics(
            keys / (double)sequences.Count,
            changed / (double)sequences.Symbols.Length,
            lines.Average(line => line.Error()));
    }

    /// <summary>How often each line was 1 in each cell of what a predictor knows; its best guess there is the mean.</summary>
    sealed class CellCounts(int cells, int lines)
    {
        readonly int[] _steps = new int[cells];
        readonly int[] _ones = new int[cells * lines];

        internal void Add(int cell, uint outputs)
        {
            _steps[cell]++;
            for (var line = 0; line < lines; line++) _ones[(cell * lines) + line] += (int)(outputs >> line & 1);
        }

        internal double Error()
        {
            var squares = 0.0;
            for (var i = 0; i < _ones.Length; i++)
            {
                if (_steps[i / lines] > 0) squares += _ones[i] * (1 - (_ones[i] / (double)_steps[i / lines]));
            }

            return squares / ((double)_steps.Sum(steps => (long)steps) * lines);
        }
    }
}
