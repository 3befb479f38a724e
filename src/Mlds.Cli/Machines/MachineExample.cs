using Mlds.Tasks.Machines;

namespace Mlds.Cli.Machines;

/// <summary>One step of an example word.</summary>
/// <param name="Outputs">What the machine shows.</param>
/// <param name="WithoutKey">What it would show without its key's rule.</param>
/// <param name="KeyComplete">Whether this command completes the key.</param>
/// <param name="Changed">Which of the steps after the key this is, from 1; 0 for none.</param>
readonly record struct ExampleStep(int Symbol, uint Outputs, uint WithoutKey, bool KeyComplete, int Changed);

/// <summary>A word that shows what a machine does.</summary>
static class MachineExample
{
    /// <summary>
    /// The first sequence; for a keyed machine the first in which the key and all its changed steps fit and the rule changes an output,
    /// or, if there is no such sequence, the key and what comes after it.
    /// </summary>
    public static IReadOnlyList<ExampleStep> Of(IMachine machine, SequenceSet sequences)
    {
        var words = Enumerable.Range(0, sequences.Count)
            .Select(sequence => sequences.Symbols[(sequence * sequences.Length)..((sequence + 1) * sequences.Length)]);
        if (machine is not KeyedMachine keyed) return Steps(machine, words.First());
        return words.Select(word => Steps(keyed, word)).FirstOrDefault(steps => Shows(keyed, steps))
            ?? Steps(keyed, [
                .. keyed.Key.Select(symbol => (byte)symbol),
                .. Enumerable.Range(0, keyed.Steps + 1).Select(step => (byte)(step % keyed.Symbols))]);
    }

    static bool Shows(KeyedMachine machine, IReadOnlyList<ExampleStep> steps) =>
        steps.Any(step => step.Changed == machine.Steps) && steps.Any(step => step.Outputs != step.WithoutKey) && steps[^1].Changed == 0;

    static List<ExampleStep> Steps(IMachine machine, byte[] word)
    {
        var keyed = machine as KeyedMachine;
        var unkeyed = keyed?.Unkeyed ?? machine;
        var (state, plain, changed) = (machine.Start, unkeyed.Start, 0);
        var steps = new List<ExampleStep>();
        foreach (var symbol in word)
        {
            (state, plain) = (machine.Next(state, symbol), unkeyed.Next(plain, symbol));
            changed = keyed is not null && keyed.IsChanged(state) ? changed + 1 : 0;
            steps.Add(new ExampleStep(
                symbol, machine.Read(state), unkeyed.Read(plain), keyed is not null && keyed.IsKeyComplete(state), changed));
        }

        return steps;
    }
}
