namespace Mlds.Tasks.Machines.Expressions;

/// <summary>A regular expression over the symbols 0 … S − 1, S ≤ 32, as a tree. None matches nothing at all.</summary>
abstract record Pattern;

/// <summary>Any one of some symbols.</summary>
/// <param name="Symbols">Bit s is symbol s; not 0.</param>
sealed record OneOf(uint Symbols) : Pattern;

/// <summary>One part after the other.</summary>
sealed record Sequence(IReadOnlyList<Pattern> Parts) : Pattern;

/// <summary>Any of the alternatives.</summary>
sealed record Choice(IReadOnlyList<Pattern> Alternatives) : Pattern;

/// <summary>A part <paramref name="Least"/> … <paramref name="Most"/> times.</summary>
/// <param name="Most">At least 1; null for any number of times.</param>
sealed record Repeat(Pattern Part, int Least, int? Most) : Pattern;
