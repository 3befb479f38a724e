namespace Mlds.Tasks.Machines;

/// <summary>
/// The machines that have names: DS1's five, each also as <c>XModified</c> (DS2: inverted for four steps after its key) and
/// <c>XControl</c> (held for four steps after the same key).
/// </summary>
/// <remarks>
/// Published names; what they compute follows docs/formats/machine.md. The keys are our choice, made once: three different
/// bits each, so that a key never overlaps itself, both set and clear commands, no two keys alike, and no bit that a machine with one
/// live line reads (but ParityMachine and EightBitMachine read all).
/// </remarks>
public static class MachineCatalogue
{
    const int Bits = 8;
    const int Outputs = 8;
    const int ChangedSteps = 4;

    static readonly (string Name, RegisterLine[] Lines, int[] Key)[] s_ds1 =
    [
        ("EightBit", [.. Enumerable.Range(0, Bits).Select(bit => new RegisterLine(bit, [bit], Invert: false))], [Set(2), Clear(5), Set(7)]),
        ("SingleDirect", [new RegisterLine(0, [0], Invert: false)], [Set(3), Clear(6), Set(1)]),
        ("SingleInvert", [new RegisterLine(0, [0], Invert: true)], [Clear(4), Set(7), Clear(2)]),
        ("SimpleXOR", [new RegisterLine(0, [0, 1], Invert: false)], [Set(5), Clear(3), Set(6)]),
        ("Parity", [new RegisterLine(0, [0, 1, 2, 3, 4, 5, 6, 7], Invert: false)], [Clear(1), Set(4), Clear(6)]),
    ];

    static readonly Dictionary<string, MachineDefinition> s_definitions = Definitions();

    /// <summary>All names: DS1's five, then their modified forms, then their controls.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_definitions.Keys];

    /// <summary>The definition called <paramref name="name"/>, or null.</summary>
    public static MachineDefinition? Find(string name) => s_definitions.GetValueOrDefault(name);

    /// <summary>The machine called <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">There is none; the message has the nearest names.</exception>
    public static IMachine Build(string name) =>
        Find(name)?.Build() ?? throw new ArgumentException(Unknown(name));

    /// <summary>The sentence for a name that isn't in the catalogue.</summary>
    public static string Unknown(string name) =>
        $"There is no machine '{name}'. {NearestName.DidYouMean(name, Names)}Machines: {string.Join(", ", Names)}.";

    static Dictionary<string, MachineDefinition> Definitions()
    {
        var definitions = new Dictionary<string, MachineDefinition>();
        foreach (var (name, lines, _) in s_ds1) definitions[$"{name}Machine"] = new RegisterDefinition(Bits, Outputs, lines);
        foreach (var (suffix, rule) in new[] { ("Modified", KeyRule.Invert), ("Control", KeyRule.Hold) })
        {
            foreach (var (name, _, key) in s_ds1)
                definitions[name + suffix] = new KeyedDefinition(definitions[$"{name}Machine"], key, rule, ChangedSteps);
        }

        return definitions;
    }

    static int Set(int bit) => (2 * bit) + 1;

    static int Clear(int bit) => 2 * bit;
}
