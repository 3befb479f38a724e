using Mlds.Kernels.Random;
using Mlds.Tasks.Machines;

namespace Mlds.Site.Trying;

/// <summary>Words to begin with.</summary>
static class TrialWords
{
    /// <summary>Commands of a random word.</summary>
    internal const int RandomLength = 20;

    /// <summary>The same commands for the same seed, each as likely.</summary>
    internal static int[] Random(IMachine machine, uint seed)
    {
        var random = new PhiloxStream(seed, RandomStream.LongTestSequences);
        var word = new int[RandomLength];
        for (var i = 0; i < word.Length; i++) word[i] = (int)random.Below((uint)machine.Symbols);
        return word;
    }

    /// <summary>
    /// Two other commands, the key, all steps that it changes, and two more. Commands after the key are such that the rule changes an
    /// output wherever one can.
    /// </summary>
    internal static int[] WithKey(KeyedMachine machine)
    {
        var before = Enumerable.Range(0, machine.Symbols).Where(symbol => symbol != machine.Key[0]).Take(2);
        int[] word = [.. before, .. machine.Key];
        var state = word.Aggregate(machine.Start, machine.Next);
        var plain = word.Aggregate(machine.Unkeyed.Start, machine.Unkeyed.Next);
        var after = new List<int>();
        for (var step = 0; step < machine.Steps + 2; step++)
        {
            // Where none shows it, another one each time.
            var symbol = Enumerable.Range(0, machine.Symbols).Select(i => (i + step) % machine.Symbols)
                .Cast<int?>().FirstOrDefault(i => machine.Read(machine.Next(state, i!.Value)) != machine.Unkeyed.Read(
                    machine.Unkeyed.Next(plain, i.Value))) ?? (step % machine.Symbols);
            (state, plain) = (machine.Next(state, symbol), machine.Unkeyed.Next(plain, symbol));
            after.Add(symbol);
        }

        return [.. word, .. after];
    }
}
