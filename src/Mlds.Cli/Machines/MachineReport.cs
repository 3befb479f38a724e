using System.Globalization;
using Mlds.Tasks.Machines;

namespace Mlds.Cli.Machines;

/// <summary>Machines as text for people: the table of many, the description of one.</summary>
static class MachineReport
{
    public static void WriteTable(TextWriter output, IReadOnlyList<(NamedMachine Named, MinimalAutomaton Minimal)> machines)
    {
        var name = Math.Max("machine".Length, machines.Max(machine => machine.Named.Name.Length));
        var lines = Math.Max("live outputs".Length, machines.Max(machine => Live(machine.Named.Machine).Length));
        output.WriteLine($"{"machine".PadRight(name)}  {"live outputs".PadRight(lines)}  {"states",9}  {"transitions",11}  key");
        foreach (var (named, minimal) in machines)
        {
            var key = named.Machine is KeyedMachine keyed
                ? $"{MachineWords.Key(keyed)} → {(keyed.Rule == KeyRule.Invert ? "inverted" : "held")} for {keyed.Steps}"
                : "none";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{named.Name.PadRight(name)}  {Live(named.Machine).PadRight(lines)}  {minimal.States,9:N0}  "
                + $"{minimal.Transitions,11:N0}  {key}"));
        }

        output.WriteLine("States and transitions are those of the minimal automaton. `mlds machines NAME` describes one machine.");
        foreach (var (named, _) in machines)
        {
            if (Superfluous(named.Machine) is { Length: > 0 } fault) output.WriteLine($"{named.Name}: {fault}");
        }
    }

    public static void Write(TextWriter output, MachineStudy study)
    {
        var machine = study.Named.Machine;
        output.WriteLine(study.Named.Name);
        output.WriteLine($"  outputs     {MachineWords.Outputs(machine)}");
        output.WriteLine($"  commands    {MachineWords.Symbols(machine)}");
        output.WriteLine($"  inputs      {MachineWords.Inputs(machine)}");
        output.WriteLine(
            $"  key         {MachineWords.Key(machine)}{(machine is KeyedMachine keyed ? $"; {MachineWords.Rule(keyed)}" : "")}");
        output.WriteLine($"  minimal     {Minimal(study.Minimal)}");
        if (Superfluous(machine) is { Length: > 0 } fault) output.WriteLine($"              {fault}");
        output.WriteLine($"  memory      {MachineWords.Memory(study.Minimal)}");
        output.WriteLine();
        WriteExample(output, machine, study.Example);
        output.WriteLine();
        WriteLearnability(output, study);
    }

    static string Live(IMachine machine) => $"{MachineWords.Ranges(MachineWords.LiveLines(machine))} of {machine.Outputs}";

    /// <summary>Which states a table could do without; nothing is wrong with it otherwise.</summary>
    static string Superfluous(IMachine machine) => Automaton.Within(machine)?.Superfluous().Sentence() ?? "";

    static string Minimal(MinimalAutomaton minimal)
    {
        var size = $"{MachineWords.Count(minimal.States, "state")}, {MachineWords.Count(minimal.Transitions, "transition")}";
        return minimal.WasMinimal
            ? $"{size}; the definition is minimal"
            : $"{size}; the definition has {MachineWords.Count(minimal.GivenStates, "state")}";
    }

    static void WriteExample(TextWriter output, IMachine machine, IReadOnlyList<ExampleStep> steps)
    {
        var isKeyed = machine is KeyedMachine;
        var command = Math.Max("command".Length, steps.Max(step => machine.Describe(step.Symbol).Length));
        var width = Math.Max("outputs".Length, machine.Outputs);
        output.WriteLine($"  step  {"command".PadRight(command)}  {"outputs".PadRight(width)}{(isKeyed ? "  without key" : "")}".TrimEnd());
        for (var t = 0; t < steps.Count; t++)
        {
            var step = steps[t];
            var without = isKeyed ? $"  {MachineWords.Digits(machine, step.WithoutKey).PadRight("without key".Length)}" : "";
            var remark = step.KeyComplete ? "  key complete"
                : step.Changed > 0 ? $"  {Changed((KeyedMachine)machine)} {step.Changed} of {((KeyedMachine)machine).Steps}"
                : "";
            var outputs = MachineWords.Digits(machine, step.Outputs).PadRight(width);
            output.WriteLine($"  {t + 1,4}  {machine.Describe(step.Symbol).PadRight(command)}  {outputs}{without}{remark}".TrimEnd());
        }

        output.WriteLine("  Outputs are read after the command, line 0 first.");
    }

    static string Changed(KeyedMachine machine) => machine.Rule == KeyRule.Invert ? "inverted" : "held";

    static void WriteLearnability(TextWriter output, MachineStudy study)
    {
        var measured = study.Learnability;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  Learnability, on {study.Sequences.Count:N0} sequences of {study.Sequences.Length} commands "
            + $"{study.Named.DataSource}{Planted(study.Named)}; goal {study.Named.GoalLoss:g3}"));
        Row(output, "plateau", $"{measured.PlateauLoss:g3} is the loss of the best constant outputs");
        for (var k = 1; k < measured.ErrorWithLast.Count; k++)
        {
            Row(
                output, k == 1 ? "window" : "",
                $"{measured.ErrorWithLast[k]:g3} is the lowest that the last {(k == 1 ? "command" : $"{k} commands")} alone can reach");
        }

        Row(output, "entropy", $"{measured.OutputEntropy:0.000} bits per step");
        Row(output, "ones", string.Join(
            ", ", measured.Lines.Select(line => FormattableString.Invariant($"y{line.Line} {line.Ones:0.0%}"))));
        if (measured.Key is { } key) WriteKey(output, key, study.Named.GoalLoss);
    }

    static void WriteKey(TextWriter output, KeyStatistics key, double goal)
    {
        Row(output, "key", $"{key.KeysASequence:0.00} per sequence; its rule decides {key.ChangedShare:0.0%} of the steps");
        var verdict = key.ShareToLearn(goal) is var share and > 0
            ? FormattableString.Invariant($"so the goal needs at least {Math.Floor(share * 1000) / 10:0.0} % of the rule's effect")
            : "so the goal can be reached WITHOUT the key: plant it more often or lower the goal";
        Row(output, "", $"{key.ErrorIgnoringKey:g3} is the lowest loss of a network that learns all but the key,");
        Row(output, "", verdict);
    }

    static string Planted(NamedMachine named) =>
        named.Data.Planted is { } planted
            ? $", key {string.Join(", ", planted.Key.Select(named.Machine.Describe))} planted 1 in {planted.OneIn} steps"
            : "";

    static void Row(TextWriter output, string name, string text) => output.WriteLine($"  {name,-12}{text}".TrimEnd());
}
