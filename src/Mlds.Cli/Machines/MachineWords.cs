using System.Globalization;
using Mlds.Tasks.Machines;

namespace Mlds.Cli.Machines;

/// <summary>Machines in the words of a researcher.</summary>
static class MachineWords
{
    /// <summary>"line 0 = R0 xor R1; the others are always 0".</summary>
    public static string Outputs(IMachine machine)
    {
        var live = LiveLines(machine);
        var unkeyed = machine is KeyedMachine keyed ? keyed.Unkeyed.Definition : machine.Definition;
        var words = unkeyed is RegisterDefinition register
            ? string.Join(", ", register.Lines.Select(Line))
            : $"{Lines(live)} of {machine.Outputs}, read from the state";
        return live.Count == machine.Outputs ? words : $"{words}; the others are always 0";
    }

    /// <summary>"9 inputs: the value, then which bit, one-hot".</summary>
    public static string Inputs(IMachine machine)
    {
        var unkeyed = machine is KeyedMachine keyed ? keyed.Unkeyed : machine;
        return unkeyed is RegisterMachine
            ? $"{machine.Inputs}: the value, then the bit's number, one-hot"
            : $"{machine.Inputs}: the symbol, one-hot";
    }

    /// <summary>"clear 0, set 0, clear 1 … set 7".</summary>
    public static string Symbols(IMachine machine)
    {
        var names = Enumerable.Range(0, machine.Symbols).Select(machine.Describe).ToArray();
        var shown = names.Length <= 8 ? string.Join(", ", names) : $"{string.Join(", ", names[..3])} … {names[^1]}";
        return $"{machine.Symbols}: {shown}";
    }

    /// <summary>"clear 1, set 4, clear 6", or "none".</summary>
    public static string Key(IMachine machine) =>
        machine is KeyedMachine keyed ? string.Join(", ", keyed.Key.Select(keyed.Describe)) : "none";

    /// <summary>"the live outputs of the next 4 steps are inverted".</summary>
    public static string Rule(KeyedMachine machine)
    {
        var steps = machine.Steps == 1 ? "the next step" : $"the next {machine.Steps} steps";
        return machine.Rule == KeyRule.Invert
            ? $"after it the live outputs of {steps} are inverted"
            : $"after it the live outputs are held for {steps}";
    }

    /// <summary>How long a window of commands would have to be.</summary>
    public static string Memory(MinimalAutomaton minimal) => minimal.DefiniteMemory() switch
    {
        null => "unbounded: no window of the last commands settles the state",
        0 => "none: the outputs never change",
        1 => "the last command alone settles the state",
        var k => $"the last {k} commands always settle the state",
    };

    public static string Count(int number, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {one}{(number == 1 ? "" : "s")}");

    public static IReadOnlyList<int> LiveLines(IMachine machine) =>
        [.. Enumerable.Range(0, machine.Outputs).Where(line => (machine.LiveOutputs >> line & 1) == 1)];

    /// <summary>Lines as digits, line 0 first.</summary>
    public static string Digits(IMachine machine, uint outputs) =>
        string.Concat(Enumerable.Range(0, machine.Outputs).Select(line => (outputs >> line & 1) == 1 ? '1' : '0'));

    /// <summary>"0", "0-7", "0, 3".</summary>
    public static string Ranges(IReadOnlyList<int> lines) => lines switch
    {
        [] => "none",
        [var first, .., var last] when last - first == lines.Count - 1 => $"{first}-{last}",
        _ => string.Join(", ", lines),
    };

    static string Lines(IReadOnlyList<int> lines) => $"line{(lines.Count == 1 ? "" : "s")} {Ranges(lines)}";

    static string Line(RegisterLine line)
    {
        var bits = string.Join(" xor ", line.Xor.Select(bit => $"R{bit}"));
        return line switch
        {
            { Invert: false } => $"y{line.Line} = {bits}",
            { Xor.Count: 1 } => $"y{line.Line} = not {bits}",
            _ => $"y{line.Line} = not ({bits})",
        };
    }
}
