using System.Globalization;
using System.Text;

namespace Mlds.Tasks.Machines.Expressions;

/// <summary>Reads an expression as docs/formats/machine.md (expression) has it: by recursive descent, one method per rule.</summary>
sealed class PatternParser
{
    /// <summary>A part is repeated at most so often by a number.</summary>
    internal const int MostTimes = 1000;

    /// <summary>Longest expression, in characters.</summary>
    internal const int MostCharacters = 10_000;

    /// <summary>Parentheses within parentheses.</summary>
    internal const int Deepest = 100;

    static readonly string s_times = string.Create(CultureInfo.InvariantCulture, $"a number from 0 to {MostTimes}");

    const string Part = "a symbol, '<', '.', '[' or '('";

    readonly Rune[] _text;
    readonly SymbolNames _symbols;
    int _at;
    int _depth;

    PatternParser(string text, SymbolNames symbols) => (_text, _symbols) = ([.. text.EnumerateRunes()], symbols);

    /// <summary>The expression in <paramref name="text"/>.</summary>
    /// <exception cref="ArgumentException">There is none; the message has the character, counted from 1, and what was expected.</exception>
    internal static Pattern Parse(string text, SymbolNames symbols)
    {
        var parser = new PatternParser(text, symbols);
        if (parser._text.Length > MostCharacters)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"an expression has at most {MostCharacters:N0} characters, not {parser._text.Length:N0}"));
        }

        var pattern = parser.ReadChoice();
        return parser.Peek() is null ? pattern : throw parser.Unexpected("has no '(' before it");
    }

    /// <summary>choice = sequence, { "|", sequence }.</summary>
    Pattern ReadChoice()
    {
        var alternatives = new List<Pattern> { ReadSequence() };
        while (Take('|')) alternatives.Add(ReadSequence());
        if (alternatives.Count == 1) return alternatives[0];
        // One of one symbol or of another is one of two symbols.
        return alternatives.All(alternative => alternative is OneOf)
            ? new OneOf(alternatives.Aggregate(0u, (symbols, alternative) => symbols | ((OneOf)alternative).Symbols))
            : new Choice(alternatives);
    }

    /// <summary>sequence = repeat, { repeat }.</summary>
    Pattern ReadSequence()
    {
        var parts = new List<Pattern> { ReadRepeat() };
        while (Peek() is { } next && next != "|" && next != ")") parts.Add(ReadRepeat());
        return parts is [var only] ? only : new Sequence(parts);
    }

    /// <summary>repeat = part, [ "*" | "+" | "?" | "{" … "}" ].</summary>
    Pattern ReadRepeat()
    {
        var part = ReadPart();
        var repeat = Peek() switch
        {
            "*" => Repeated(0, null),
            "+" => Repeated(1, null),
            "?" => Repeated(0, 1),
            "{" => ReadTimes(part),
            _ => part,
        };
        return repeat == part || Peek() is not ("*" or "+" or "?" or "{")
            ? repeat
            : throw Unexpected("repeats what is repeated already; put '(' and ')' around that if you mean it");

        Pattern Repeated(int least, int? most)
        {
            _at++;
            return new Repeat(part, least, most);
        }
    }

    /// <summary>"{m}", "{m,}" or "{m,n}".</summary>
    Repeat ReadTimes(Pattern part)
    {
        var opens = _at++;
        var least = ReadNumber();
        var hasMost = Take(',');
        int? most = !hasMost ? least : Peek() == "}" ? null : ReadNumber();
        if (!Take('}')) throw Expected(hasMost ? "'}'" : "',' or '}'");
        if (most == 0) throw At(opens, "'{' repeats no times, which leaves nothing; take it out");
        if (most < least) throw At(opens, $"'{{' has the larger number, {least}, first; say {{{most},{least}}}");
        return new Repeat(part, least, most);
    }

    int ReadNumber()
    {
        if (Peek() is not { } first || !IsDigit(first)) throw Expected(s_times);
        var (begins, number) = (_at, 0);
        while (_at < _text.Length && IsDigit(_text[_at].ToString()))
        {
            number = (10 * number) + (_text[_at++].Value - '0');
            if (number > MostTimes) throw At(begins, $"{s_times} is expected");
        }

        return number;
    }

    static bool IsDigit(string character) => character.Length == 1 && char.IsAsciiDigit(character[0]);

    /// <summary>part = symbol | "." | "[" … "]" | "(" choice ")".</summary>
    Pattern ReadPart()
    {
        switch (Peek())
        {
            case null:
                throw Expected(Part);
            case ".":
                _at++;
                return new OneOf(All);
            case "[":
                return ReadClass();
            case "(":
                return ReadGroup();
            case "*" or "+" or "?" or "{":
                throw Unexpected($"has nothing to repeat; before it goes {Part}");
            case "|" or ")" or "]" or "}" or "^" or ">":
                throw Expected(Part);
            default:
                return new OneOf(1u << ReadSymbol());
        }
    }

    Pattern ReadGroup()
    {
        var opens = _at++;
        if (++_depth > Deepest) throw At(opens, $"parentheses are nested more than {Deepest} deep");
        var inner = ReadChoice();
        if (!Take(')')) throw At(opens, "this '(' has no ')'");
        _depth--;
        return inner;
    }

    /// <summary>"[" symbols "]", or with "^" after "[" all symbols but those.</summary>
    OneOf ReadClass()
    {
        var opens = _at++;
        var isComplement = Take('^');
        var symbols = 0u;
        while (!Take(']'))
        {
            if (Peek() is null) throw At(opens, "this '[' has no ']'");
            symbols |= 1u << ReadSymbol();
        }

        if (isComplement) symbols = All & ~symbols;
        return symbols != 0 ? new OneOf(symbols) : throw At(opens, "this class has no symbol, so that nothing matches it");
    }

    /// <summary>A character that is a symbol's name, or a name between "&lt;" and "&gt;".</summary>
    int ReadSymbol()
    {
        var first = Peek()!;
        var begins = _at;
        if (first != "<")
        {
            if (_symbols.Find(first) is var symbol && (symbol < 0 || !SymbolNames.IsPlain(_text[_at]))) throw Unexpected(NoSymbol(first));
            _at++;
            return symbol;
        }

        var name = new StringBuilder();
        for (_at++; _at < _text.Length && _text[_at].Value != '>'; _at++) name.Append(_text[_at]);
        if (_at++ == _text.Length) throw At(begins, "this '<' has no '>'");
        return _symbols.Find(name.ToString()) is var named and >= 0 ? named : throw At(begins, $"<{name}> is no symbol; {Symbols}");
    }

    string NoSymbol(string first) =>
        first == "-" && _symbols.Find(first) < 0 ? $"is no symbol, and there are no ranges: write every symbol; {Symbols}"
        : SymbolNames.IsPlain(_text[_at]) ? $"is no symbol; {Symbols}"
        : $"stands for no symbol here; {Symbols}";

    string Symbols => $"symbols are {_symbols.AsWritten()}";

    uint All => uint.MaxValue >> (32 - _symbols.Count);

    /// <summary>The next character that is no blank; null at the end.</summary>
    string? Peek()
    {
        while (_at < _text.Length && Rune.IsWhiteSpace(_text[_at])) _at++;
        return _at < _text.Length ? _text[_at].ToString() : null;
    }

    bool Take(char sign)
    {
        if (Peek() is not [var next] || next != sign) return false;
        _at++;
        return true;
    }

    ArgumentException Expected(string what) =>
        Peek() is null ? new ArgumentException($"it ends where {what} is expected") : Unexpected($"stands where {what} is expected");

    /// <summary>What is wrong with the next character, which is there.</summary>
    ArgumentException Unexpected(string problem) => At(_at, $"'{Peek()}' {problem}");

    static ArgumentException At(int at, string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"at character {at + 1} {problem}"));
}
