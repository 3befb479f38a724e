using System.Numerics;
using System.Text.Json.Nodes;

namespace Mlds.Tasks.Machines;

/// <summary>One output line of a register machine: y = xor of some register bits, or its complement.</summary>
/// <param name="Line">Output line, 0 … outputs − 1.</param>
/// <param name="Xor">The register bits, ascending; at least one.</param>
/// <param name="Invert">Whether the line is the complement.</param>
public sealed record RegisterLine(int Line, IReadOnlyList<int> Xor, bool Invert)
{
    public bool Equals(RegisterLine? other) =>
        other is not null && (Line, Invert) == (other.Line, other.Invert) && Xor.SequenceEqual(other.Xor);

    public override int GetHashCode() => HashCode.Combine(Line, Invert, Xor.Count);
}

/// <summary>A register of bits that commands set and clear, some lines of which are read. Lines not mentioned are constant 0.</summary>
/// <param name="Bits">Register bits, 1 … 16.</param>
/// <param name="Outputs">Output lines, 1 … 32.</param>
/// <param name="Lines">The live lines, ascending.</param>
public sealed record RegisterDefinition(int Bits, int Outputs, IReadOnlyList<RegisterLine> Lines) : MachineDefinition
{
    internal const string Form = "register";

    public override IMachine Build() => new RegisterMachine(this);

    public override JsonObject ToJson() => new()
    {
        ["form"] = Form,
        ["bits"] = Bits,
        ["outputs"] = Outputs,
        ["lines"] = new JsonArray([.. Lines.Select(LineJson)]),
    };

    public bool Equals(RegisterDefinition? other) =>
        other is not null && (Bits, Outputs) == (other.Bits, other.Outputs) && Lines.SequenceEqual(other.Lines);

    public override int GetHashCode() => HashCode.Combine(Bits, Outputs, Lines.Count);

    internal static RegisterDefinition ReadForm(StrictJson json)
    {
        json.WithKeys("form", "bits", "outputs", "lines");
        return new RegisterDefinition(
            json.Required("bits").Integer(1, RegisterMachine.MostBits),
            json.Required("outputs").Integer(1, 32),
            [.. json.Required("lines").Items(1, 32).Select(ReadLine)]);
    }

    static RegisterLine ReadLine(StrictJson json)
    {
        json.WithKeys("line", "xor", "invert");
        return new RegisterLine(
            json.Required("line").Integer(0, 31),
            [.. json.Required("xor").Items(1, RegisterMachine.MostBits).Select(bit => bit.Integer(0, RegisterMachine.MostBits - 1))],
            json.Optional("invert")?.Boolean() ?? false);
    }

    static JsonObject LineJson(RegisterLine line)
    {
        var json = new JsonObject { ["line"] = line.Line, ["xor"] = Numbers(line.Xor) };
        if (line.Invert) json["invert"] = true;
        return json;
    }
}

/// <summary>
/// The register machines of DS1: symbol 2b + v writes value v into bit b of a register that starts at 0, then the lines are read. The
/// network sees [v, e_0 … e_{bits−1}] with e the one-hot index of the bit (docs/formats/machine.md).
/// </summary>
public sealed class RegisterMachine : IMachine
{
    /// <summary>Registers hold at most this many bits, so that their states can be counted.</summary>
    public const int MostBits = 16;

    readonly RegisterDefinition _definition;
    readonly uint[] _read;

    /// <exception cref="ArgumentException">A bit or line that doesn't exist, out of order or twice.</exception>
    public RegisterMachine(RegisterDefinition definition)
    {
        Check(definition);
        _definition = definition;
        _read = new uint[1 << definition.Bits];
        foreach (var line in definition.Lines)
        {
            var mask = line.Xor.Aggregate(0, (bits, bit) => bits | (1 << bit));
            for (var state = 0; state < _read.Length; state++)
            {
                var parity = (uint)BitOperations.PopCount((uint)(state & mask)) & 1;
                _read[state] |= (line.Invert ? 1 - parity : parity) << line.Line;
            }

            LiveOutputs |= 1u << line.Line;
        }
    }

    public MachineDefinition Definition => _definition;

    public int Symbols => 2 * _definition.Bits;

    public int Inputs => 1 + _definition.Bits;

    public int Outputs => _definition.Outputs;

    public uint LiveOutputs { get; }

    public ulong Start => 0;

    public ulong Next(ulong state, int symbol)
    {
        var bit = 1UL << (symbol >> 1);
        return (symbol & 1) == 0 ? state & ~bit : state | bit;
    }

    public uint Read(ulong state) => _read[state];

    public uint Encode(int symbol) => ((uint)symbol & 1) | (1u << (1 + (symbol >> 1)));

    public string Describe(int symbol) => $"{((symbol & 1) == 0 ? "clear" : "set")} {symbol >> 1}";

    static void Check(RegisterDefinition definition)
    {
        if (definition.Bits is < 1 or > MostBits)
            throw new ArgumentException($"A register has 1 to {MostBits} bits, not {definition.Bits}.");
        if (definition.Outputs is < 1 or > 32) throw new ArgumentException($"A machine has 1 to 32 outputs, not {definition.Outputs}.");
        if (definition.Lines.Count == 0) throw new ArgumentException("A register machine needs at least one line.");
        CheckAscending(definition.Lines.Select(line => line.Line), definition.Outputs, "lines");
        foreach (var line in definition.Lines)
        {
            if (line.Xor.Count == 0)
                throw new ArgumentException($"Line {line.Line} names no register bit; leave it out to have it constant 0.");
            CheckAscending(line.Xor, definition.Bits, $"the register bits of line {line.Line}");
        }
    }

    static void CheckAscending(IEnumerable<int> numbers, int below, string what)
    {
        var last = -1;
        foreach (var number in numbers)
        {
            if (number <= last || number >= below)
            {
                throw new ArgumentException(
                    $"The numbers of {what} must ascend from 0 to at most {below - 1}, "
                    + $"but {number} comes after {(last < 0 ? "none" : last)}.");
            }

            last = number;
        }
    }
}
