using System.Globalization;
using Mlds.Site.Browsing;
using Mlds.Tasks.Machines;

namespace Mlds.Site.Trying;

/// <summary>How a machine's commands are written in an address and in a field, and read again.</summary>
/// <remarks>
/// A register machine's are <c>s3</c> for "set 3" and <c>c7</c> for "clear 7"; an automaton's are its symbols' own names, or
/// <c>#2</c> for the symbol 2 where a name has a comma or a space in it. Full names are understood too.
/// </remarks>
public sealed class CommandNotation
{
    /// <summary>Commands of a word that is tried.</summary>
    internal const int MostCommands = 200;

    static readonly char[] s_between = [',', ';', '\r', '\n', '\t'];

    readonly Dictionary<string, int> _symbols;
    readonly bool _isRegister;

    internal CommandNotation(IMachine machine)
    {
        _isRegister = (machine is KeyedMachine keyed ? keyed.Unkeyed : machine) is RegisterMachine;
        Names = [.. Enumerable.Range(0, machine.Symbols).Select(machine.Describe)];
        Written = [.. Names.Select((name, symbol) => _isRegister ? $"{name[0]}{symbol >> 1}" : IsPlain(name) ? name : $"#{symbol}")];
        _symbols = new Dictionary<string, int>(_isRegister ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        for (var symbol = 0; symbol < Names.Count; symbol++)
        {
            _symbols.TryAdd(Names[symbol], symbol);
            _symbols.TryAdd(Written[symbol], symbol);
        }
    }

    /// <summary>Every command in words, by its symbol: "set 3".</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>Every command as it is written, by its symbol: "s3".</summary>
    internal IReadOnlyList<string> Written { get; }

    /// <summary>The notation in a sentence.</summary>
    internal string Rule => _isRegister
        ? "Commands with commas between them: s3 is “set 3”, c3 is “clear 3”."
        : $"Symbols with commas between them: {Listed(Written)}.";

    /// <summary>A word as it is read again.</summary>
    internal string Write(IEnumerable<int> word) => string.Join(", ", word.Select(symbol => Written[symbol]));

    /// <summary>A word as the value in an address.</summary>
    internal string Address(IEnumerable<int> word) => string.Join(',', word.Select(symbol => Uri.EscapeDataString(Written[symbol])));

    /// <summary>The symbols of a word.</summary>
    /// <exception cref="QueryException">An unknown command, or too many.</exception>
    internal int[] Read(string text)
    {
        var word = new List<int>();
        foreach (var part in text.Split(s_between, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (_symbols.TryGetValue(part, out var symbol)) word.Add(symbol);
            else ReadSpaced(part, word);
        }

        if (word.Count <= MostCommands) return [.. word];
        throw new QueryException(string.Create(
            CultureInfo.InvariantCulture,
            $"A word has at most {MostCommands} commands, but this one has {word.Count:N0}. {Known}"));
    }

    /// <summary>Commands with only spaces between them, or none where every name is one letter.</summary>
    void ReadSpaced(string part, List<int> word)
    {
        var pieces = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < pieces.Length; i++)
        {
            if (i + 1 < pieces.Length && _symbols.TryGetValue($"{pieces[i]} {pieces[i + 1]}", out var both))
            {
                word.Add(both);
                i++;
            }
            else if (_symbols.TryGetValue(pieces[i], out var one))
            {
                word.Add(one);
            }
            else if (Written.All(name => name.Length == 1) && pieces[i].All(letter => _symbols.ContainsKey(letter.ToString())))
            {
                word.AddRange(pieces[i].Select(letter => _symbols[letter.ToString()]));
            }
            else
            {
                var wrong = Short(_isRegister && pieces.Length == 2 ? part : pieces[i]);
                throw new QueryException($"There is no command '{wrong}'. {NearestName.DidYouMean(wrong, _symbols.Keys)}{Known}");
            }
        }
    }

    string Known => _isRegister
        ? $"The commands are {Listed(Names)}; in short {Listed(Written)}."
        : $"The commands are {Listed(Written)}.";

    static string Listed(IReadOnlyList<string> names) => string.Join(", ", names);

    static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";

    static bool IsPlain(string name) =>
        name.Length > 0 && name[0] != '#' && !name.Any(letter => char.IsWhiteSpace(letter) || letter is ',' or ';');
}
