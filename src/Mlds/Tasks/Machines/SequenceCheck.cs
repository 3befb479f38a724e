using Mlds.Kernels.Shapes;

namespace Mlds.Tasks.Machines;

/// <summary>
/// Compares sequences with the machine that they should be of, word by word. It knows the machine and its label noise alone: how commands
/// are drawn, and what wrote the targets, it doesn't use.
/// </summary>
static class SequenceCheck
{
    /// <summary>The first contradiction, or null.</summary>
    internal static string? ContradictionIn(MachineTask task, TrainingData data)
    {
        var machine = task.Build();
        var every = task.Data.Planted?.SequenceEvery ?? 1;
        return Of("training", data.Training, machine, task.Data.Training, task.Data.Length, every, task.Data)
            ?? Of("validation", data.Validation, machine, task.Data.Validation, task.Data.Length, every, null)
            ?? Of("long test", data.LongTest, machine, task.Data.LongTest, task.Data.LongLength, 1, null);
    }

    /// <param name="every">Only the sequences whose number this divides follow a keyed machine's rule.</param>
    /// <param name="noise">Whose label noise the answers have; null for none.</param>
    static string? Of(string name, Examples examples, IMachine machine, int count, int length, int every, DataSpec? noise)
    {
        if (examples is not SequenceSet set) return $"the {name} examples are no sequences";
        if (set.Count != count || set.Length != length)
            return $"there are {set.Count} {name} sequences of {set.Length} commands, not {count} of {length}";
        var unkeyed = machine is KeyedMachine keyed ? keyed.Unkeyed : machine;
        var flips = new uint[length];
        for (var sequence = 0; sequence < count; sequence++)
        {
            if (noise is not null) LabelNoise.Draw(noise, sequence, machine.Outputs, flips);
            var follows = sequence % every == 0 ? machine : unkeyed;
            var state = follows.Start;
            for (var t = 0; t < length; t++)
            {
                var at = (sequence * length) + t;
                var symbol = set.Symbols[at];
                if (symbol >= machine.Symbols) return $"{name} sequence {sequence}, step {t} has symbol {symbol}, which it hasn't";
                if (set.Inputs[at] != machine.Encode(symbol))
                    return $"{name} sequence {sequence}, step {t} shows the network another command than '{machine.Describe(symbol)}'";
                state = follows.Next(state, symbol);
                var answer = follows.Read(state) ^ flips[t];
                if (answer != set.Targets[at])
                {
                    var noisy = flips[t] == 0 ? "" : "with its label noise ";
                    return $"to {name} sequence {sequence}, step {t} it {noisy}answers {Lines(answer, machine)}, "
                        + $"but the examples say {Lines(set.Targets[at], machine)}";
                }
            }
        }

        return null;
    }

    /// <summary>Output lines as digits, line 0 first.</summary>
    static string Lines(uint outputs, IMachine machine) =>
        string.Concat(Enumerable.Range(0, machine.Outputs).Select(line => (outputs >> line & 1) == 1 ? '1' : '0'));
}
