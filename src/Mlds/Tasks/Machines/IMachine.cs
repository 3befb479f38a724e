namespace Mlds.Tasks.Machines;

/// <summary>
/// A machine to imitate: a Moore machine over a finite alphabet. In every time step one symbol (a command) goes in, the state moves,
/// and the outputs of the <em>new</em> state are read (docs/formats/machine.md).
/// </summary>
/// <remarks>
/// States are any 64-bit numbers a machine likes (a register's bits, a row of a table); they mean nothing outside it.
/// Implementations are immutable and safe to share between threads.
/// </remarks>
public interface IMachine
{
    /// <summary>
    /// The full definition: what goes into a recipe and from which <see cref="MachineDefinition.Build"/> makes the same machine again.
    /// </summary>
    MachineDefinition Definition { get; }

    /// <summary>Number of symbols of the alphabet; symbols are 0 … <c>Symbols − 1</c>.</summary>
    int Symbols { get; }

    /// <summary>Network inputs a symbol is encoded in, 1 … 32.</summary>
    int Inputs { get; }

    /// <summary>Output lines, 1 … 32.</summary>
    int Outputs { get; }

    /// <summary>Mask of the lines that are 1 after some word; bit k is line k. The others are constant 0.</summary>
    uint LiveOutputs { get; }

    /// <summary>The state before the first command.</summary>
    ulong Start { get; }

    /// <summary>The state after <paramref name="symbol"/> in <paramref name="state"/>.</summary>
    ulong Next(ulong state, int symbol);

    /// <summary>Output lines read in <paramref name="state"/>; bit k is line k.</summary>
    uint Read(ulong state);

    /// <summary>Network inputs for <paramref name="symbol"/>; bit i is input i (each input is 0 or 1).</summary>
    uint Encode(int symbol);

    /// <summary>The symbol in words, as a researcher would say it: "set 3", "clear 7", "a".</summary>
    string Describe(int symbol);
}
