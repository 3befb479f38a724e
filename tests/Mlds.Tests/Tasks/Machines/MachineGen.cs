using CsCheck;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

/// <summary>Random machines and words for property tests.</summary>
static class MachineGen
{
    /// <summary>Automata of 1 … 12 states over 1 … 3 symbols with 1 … 2 lines; many have unreachable and equivalent states.</summary>
    internal static Gen<AutomatonDefinition> Automata { get; } =
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 3], Gen.Int[1, 2]).SelectMany((states, symbols, outputs) =>
            Gen.Select(
                Gen.Int[0, states - 1],
                Gen.Int[0, states - 1].Array[symbols].Array[states],
                Gen.UInt[0, (1u << outputs) - 1].Array[states],
                (start, next, output) => new AutomatonDefinition(symbols, outputs, start, next, output)));

    /// <summary>Register machines of 1 … 4 bits with 1 … 3 lines.</summary>
    internal static Gen<RegisterDefinition> Registers { get; } =
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3]).SelectMany((bits, lines) =>
            Gen.Select(Gen.Int[1, (1 << bits) - 1], Gen.Bool).Array[lines].Select(masks => new RegisterDefinition(
                bits,
                lines + 1,
                [.. masks.Select((line, number) => new RegisterLine(
                    number, [.. Enumerable.Range(0, bits).Where(bit => (line.Item1 >> bit & 1) == 1)], line.Item2))])));

    static Gen<MachineDefinition> Unkeyed { get; } =
        Gen.OneOf(
            Automata.Select(definition => (MachineDefinition)definition), Registers.Select(definition => (MachineDefinition)definition));

    /// <summary>Keyed forms of both, with keys of 1 … 4 symbols (also such that overlap themselves) and 1 … 3 changed steps.</summary>
    internal static Gen<KeyedDefinition> Keyed { get; } =
        Unkeyed.SelectMany(machine =>
            Gen.Select(
                Gen.Int[0, machine.Build().Symbols - 1].Array[1, 4],
                Gen.Enum<KeyRule>(),
                Gen.Int[1, 3],
                (key, rule, steps) => new KeyedDefinition(machine, key, rule, steps)));

    internal static Gen<MachineDefinition> Any { get; } =
        Gen.OneOf(Unkeyed, Keyed.Select(definition => (MachineDefinition)definition));

    /// <summary>A word whose symbols are given by any numbers, taken modulo the alphabet.</summary>
    internal static int[] Word(IMachine machine, IEnumerable<uint> numbers) =>
        [.. numbers.Select(number => (int)(number % (uint)machine.Symbols))];

    internal static uint[] Answers(IMachine machine, IEnumerable<int> word)
    {
        var state = machine.Start;
        return [.. word.Select(symbol => machine.Read(state = machine.Next(state, symbol)))];
    }
}
