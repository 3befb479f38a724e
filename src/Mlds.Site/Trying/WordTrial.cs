using System.Globalization;
using Mlds.Analysis.Extraction;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Reports.Figures;
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
    internal Numbers Csv(CommandNotation notation)
    {
        string[] states = [.. from layer in Enumerable.Range(0, Network.Layers)
            from number in Enumerable.Range(0, 1 + Network.Cell.Memory)
            let name = number == 0 ? "h" : Network.Cell.Memory == 1 ? "c" : $"c{number}_"
            from unit in Enumerable.Range(0, Network.Hidden)
            select $"{name}{layer}_{unit}"];
        return new Numbers(
            [
                "step", "command", .. Enumerable.Range(0, Network.Outputs).Select(k => $"output_{k}"), "read", "machine_state",
                "machine_outputs", "machine_outputs_without_key", "key_complete", "changed_step", .. states,
            ],
            Steps.Select((step, at) => (object?[])
            [
                at + 1, notation.Names[step.Symbol], .. step.Outputs, Digits(step.Read, Network.Outputs), StateWords(step),
                Digits(step.Expected, Network.Outputs), Digits(step.WithoutKey, Network.Outputs), step.KeyComplete ? 1 : 0, step.Changed,
                .. step.State,
            ]));
    }

    static uint Lines(float[] outputs)
    {
        var lines = 0u;
        for (var k = 0; k < outputs.Length; k++)
            if (outputs[k] >= 0.5f) lines |= 1u << k;
        return lines;
    }
}
