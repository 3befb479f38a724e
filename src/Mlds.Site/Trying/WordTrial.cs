using System.Globalization;
using System.Text;
using Mlds.Analysis.Extraction;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Site.Trying;

/// <summary>One command and what came of it.</summary>
/// <param name="Outputs">The network's, O numbers.</param>
/// <param name="Read">The lines that they are read as: line k is 1 where output k is at least ½.</param>
/// <param name="State">Layer after layer the H numbers h, then the cell's memory.</param>
/// <param name="MachineState">The machine's state without its key.</param>
/// <param name="Expected">The lines that the machine shows.</param>
/// <param name="WithoutKey">The lines that it would show without its key's rule.</param>
/// <param name="KeyComplete">Whether this command completes the key.</param>
/// <param name="Changed">Which of the steps after the key this is, from 1; 0 for none.</param>
public sealed record TrialStep(
    int Symbol, float[] Outputs, uint Read, float[] State, ulong MachineState, uint Expected, uint WithoutKey, bool KeyComplete,
    int Changed)
{
    /// <summary>Lines in which network and machine differ.</summary>
    internal uint Differing => Read ^ Expected;
}

/// <summary>A recurrent network and its machine on one word, side by side.</summary>
public sealed class WordTrial
{
    WordTrial(RecurrentSpec network, IMachine machine, TrialStep[] steps) => (Network, Machine, Steps) = (network, machine, steps);

    internal RecurrentSpec Network { get; }

    internal IMachine Machine { get; }

    internal IReadOnlyList<TrialStep> Steps { get; }

    /// <summary>The machine's key; null of a machine without one.</summary>
    internal KeyedMachine? Keyed => Machine as KeyedMachine;

    /// <summary>Outputs by the training kernels, states as they have them.</summary>
    internal static WordTrial Of(RecurrentSpec network, float[] weights, IMachine machine, int[] word)
    {
        if (word.Length == 0) return new WordTrial(network, machine, []);
        var inputs = Array.ConvertAll(word, machine.Encode);
        var outputs = Evaluation.Outputs(network, weights, new Sequences(1, word.Length, inputs, new uint[word.Length]));
        var stepper = new NetworkStepper(network.Layout, weights);
        var (keyed, unkeyed) = (machine as KeyedMachine, machine is KeyedMachine key ? key.Unkeyed : machine);
        var (hidden, state, plain, changed) = (new float[stepper.StateSize], machine.Start, unkeyed.Start, 0);
        var steps = new TrialStep[word.Length];
        for (var t = 0; t < word.Length; t++)
        {
            var after = new float[stepper.StateSize];
            stepper.Step(hidden, inputs[t], after);
            hidden = after;
            (state, plain) = (machine.Next(state, word[t]), unkeyed.Next(plain, word[t]));
            changed = keyed?.IsChanged(state) == true ? changed + 1 : 0;
            var own = outputs[(t * network.Outputs)..((t + 1) * network.Outputs)];
            steps[t] = new TrialStep(
                word[t], own, Lines(own), after, plain, machine.Read(state), unkeyed.Read(plain), keyed?.IsKeyComplete(state) == true,
                changed);
        }

        return new WordTrial(network, machine, steps);
    }

    /// <summary>Numbers of a layer's units: H of h, then the cell's memory.</summary>
    internal int LayerSize => (1 + Network.Cell.Memory) * Network.Hidden;

    /// <summary>h of one layer after a step.</summary>
    internal ReadOnlySpan<float> HiddenOf(TrialStep step, int layer) => step.State.AsSpan(layer * LayerSize, Network.Hidden);

    /// <summary>The n-th number that the cell remembers of each unit besides h.</summary>
    internal ReadOnlySpan<float> MemoryOf(TrialStep step, int layer, int number) =>
        step.State.AsSpan((layer * LayerSize) + ((1 + number) * Network.Hidden), Network.Hidden);

    /// <summary>The machine's state in words: a register's bits, bit 0 first; the number of an automaton's state.</summary>
    internal string StateWords(TrialStep step) => (Keyed?.Unkeyed ?? Machine) is RegisterMachine register
        ? Digits((uint)step.MachineState, register.Symbols / 2)
        : step.MachineState.ToString(CultureInfo.InvariantCulture);

    /// <summary>Lines as digits, line 0 first.</summary>
    internal static string Digits(uint lines, int count) =>
        string.Create(count, lines, (text, bits) =>
        {
            for (var k = 0; k < text.Length; k++) text[k] = (bits >> k & 1) == 1 ? '1' : '0';
        });

    /// <summary>All of it, a row for each step; numbers are written so that they are read again to the bit.</summary>
    internal string Csv(CommandNotation notation)
    {
        var csv = new StringBuilder("step,command");
        var outputs = Enumerable.Range(0, Network.Outputs).ToArray();
        foreach (var k in outputs) csv.Append(CultureInfo.InvariantCulture, $",output_{k}");
        csv.Append(",read,machine_state,machine_outputs,machine_outputs_without_key,key_complete,changed_step");
        for (var layer = 0; layer < Network.Layers; layer++)
        {
            for (var number = 0; number <= Network.Cell.Memory; number++)
            {
                var name = number == 0 ? "h" : Network.Cell.Memory == 1 ? "c" : $"c{number}_";
                for (var unit = 0; unit < Network.Hidden; unit++) csv.Append(CultureInfo.InvariantCulture, $",{name}{layer}_{unit}");
            }
        }

        foreach (var (at, step) in Steps.Index())
        {
            csv.Append(CultureInfo.InvariantCulture, $"\n{at + 1},{Quoted(notation.Names[step.Symbol])}");
            foreach (var k in outputs) csv.Append(CultureInfo.InvariantCulture, $",{step.Outputs[k]}");
            csv.Append(CultureInfo.InvariantCulture, $",{Digits(step.Read, Network.Outputs)},{StateWords(step)}");
            csv.Append(',').Append(Digits(step.Expected, Network.Outputs)).Append(',').Append(Digits(step.WithoutKey, Network.Outputs));
            csv.Append(CultureInfo.InvariantCulture, $",{(step.KeyComplete ? 1 : 0)},{step.Changed}");
            foreach (var number in step.State) csv.Append(CultureInfo.InvariantCulture, $",{number}");
        }

        return csv.Append('\n').ToString();
    }

    static string Quoted(string text) =>
        text.AsSpan().ContainsAny(',', '"', '\n') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    static uint Lines(float[] outputs)
    {
        var lines = 0u;
        for (var k = 0; k < outputs.Length; k++)
            if (outputs[k] >= 0.5f) lines |= 1u << k;
        return lines;
    }
}
