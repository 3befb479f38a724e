namespace Mlds.Tasks.Machines;

/// <summary>
/// A machine whose live outputs are changed in the N steps after its key. The key is complete in the step in which the last commands
/// given while it was watched for are the key; that step's outputs are still normal. It isn't watched for in the N changed steps, and
/// commands given in them are no part of a later key.
/// </summary>
/// <remarks>
/// A state packs three things: bits 0–23 the inner machine's state; bits 24–31 the phase; bits 32–63 the held outputs (0 unless the
/// rule holds and a changed step has begun). Phase p &lt; K: p commands of the key have been matched. Phase K: the key was just
/// completed. Phase K + j: the j-th changed step, 1 ≤ j ≤ N; after the N-th, watching begins anew.
/// </remarks>
public sealed class KeyedMachine : IMachine
{
    public const int MostKey = 16;

    public const int MostSteps = 32;

    const ulong InnerMask = 0xFFFFFF;

    readonly KeyedDefinition _definition;
    readonly byte[] _matched; // K × Symbols: matched commands of the key after a symbol

    /// <exception cref="ArgumentException">Key, steps or inner machine out of range.</exception>
    public KeyedMachine(KeyedDefinition definition)
    {
        if (definition.Machine is KeyedDefinition)
            throw new ArgumentException("A keyed machine can't be given a second key; wrap a register machine or an automaton.");
        if (definition.Key.Count is < 1 or > MostKey)
            throw new ArgumentException($"A key has 1 to {MostKey} symbols, not {definition.Key.Count}.");
        if (definition.Steps is < 1 or > MostSteps)
            throw new ArgumentException($"A key changes 1 to {MostSteps} steps, not {definition.Steps}.");
        if (!Enum.IsDefined(definition.Rule))
            throw new ArgumentException($"There is no rule {definition.Rule}; there are Invert and Hold.");
        _definition = definition;
        Unkeyed = definition.Machine.Build();
        foreach (var symbol in definition.Key)
        {
            if (symbol < 0 || symbol >= Unkeyed.Symbols)
                throw new ArgumentException($"The key has symbol {symbol}; the machine's symbols are 0 to {Unkeyed.Symbols - 1}.");
        }

        _matched = Matching(definition.Key, Unkeyed.Symbols);
    }

    public MachineDefinition Definition => _definition;

    /// <summary>The machine without the rule.</summary>
    public IMachine Unkeyed { get; }

    public IReadOnlyList<int> Key => _definition.Key;

    public KeyRule Rule => _definition.Rule;

    /// <summary>How many steps the key changes.</summary>
    public int Steps => _definition.Steps;

    public int Symbols => Unkeyed.Symbols;

    public int Inputs => Unkeyed.Inputs;

    public int Outputs => Unkeyed.Outputs;

    public uint LiveOutputs => Unkeyed.LiveOutputs;

    public ulong Start => Pack(Unkeyed.Start, 0, 0);

    public ulong Next(ulong state, int symbol)
    {
        var inner = state & InnerMask;
        var after = Unkeyed.Next(inner, symbol);
        var phase = Phase(state);
        if (phase < Key.Count) return Pack(after, _matched[(phase * Symbols) + symbol], 0);
        if (phase == Key.Count + Steps) return Pack(after, _matched[symbol], 0);
        if (Rule == KeyRule.Invert) return Pack(after, phase + 1, 0);
        var held = phase == Key.Count ? Unkeyed.Read(inner) & LiveOutputs : (uint)(state >> 32);
        return Pack(after, phase + 1, held);
    }

    public uint Read(ulong state)
    {
        var normal = Unkeyed.Read(state & InnerMask);
        if (!IsChanged(state)) return normal;
        return Rule == KeyRule.Invert ? normal ^ LiveOutputs : (uint)(state >> 32);
    }

    public uint Encode(int symbol) => Unkeyed.Encode(symbol);

    public string Describe(int symbol) => Unkeyed.Describe(symbol);

    /// <summary>Whether <paramref name="state"/> is that of one of the N steps after a key, whose outputs the rule decides.</summary>
    public bool IsChanged(ulong state) => Phase(state) > Key.Count;

    /// <summary>Whether the step that led to <paramref name="state"/> completed the key.</summary>
    public bool IsKeyComplete(ulong state) => Phase(state) == Key.Count;

    static int Phase(ulong state) => (int)(state >> 24) & 0xFF;

    static ulong Pack(ulong inner, int phase, uint held) => inner | ((ulong)phase << 24) | ((ulong)held << 32);

    /// <summary>
    /// The Knuth–Morris–Pratt automaton: from m matched commands, the longest prefix of the key that ends with the symbol.
    /// </summary>
    static byte[] Matching(IReadOnlyList<int> key, int symbols)
    {
        var table = new byte[key.Count * symbols];
        for (var matched = 0; matched < key.Count; matched++)
        {
            for (var symbol = 0; symbol < symbols; symbol++)
            {
                int[] word = [.. key.Take(matched), symbol];
                var longest = word.Length;
                while (!word[^longest..].SequenceEqual(key.Take(longest))) longest--;
                table[(matched * symbols) + symbol] = (byte)longest;
            }
        }

        return table;
    }
}
