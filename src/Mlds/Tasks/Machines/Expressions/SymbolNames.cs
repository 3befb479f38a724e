using System.Text;

namespace Mlds.Tasks.Machines.Expressions;

/// <summary>
/// How the symbols of a machine are written in an expression. A name of one character that has no meaning of its own is written as it is;
/// any other, such as "set 3" or "*", stands between &lt; and &gt;.
/// </summary>
/// <param name="names">The symbols' names, all different, none with a &gt;.</param>
sealed class SymbolNames(IReadOnlyList<string> names)
{
    /// <summary>Characters with a meaning.</summary>
    const string Signs = "|*+?{}()[]^.<>";

    internal int Count => names.Count;

    /// <summary>The symbol called <paramref name="name"/>; −1 if there is none.</summary>
    internal int Find(string name)
    {
        for (var symbol = 0; symbol < names.Count; symbol++)
            if (names[symbol] == name) return symbol;
        return -1;
    }

    /// <summary>All symbols as they are written: "a, b, &lt;set 3&gt;".</summary>
    internal string AsWritten() => string.Join(", ", names.Select(name => IsPlain(name) ? name : $"<{name}>"));

    /// <summary>Whether a character means itself.</summary>
    internal static bool IsPlain(Rune character) => !Rune.IsWhiteSpace(character) && !Signs.Contains(character.ToString());

    static bool IsPlain(string name) => name.EnumerateRunes().ToArray() is [var only] && IsPlain(only);
}
