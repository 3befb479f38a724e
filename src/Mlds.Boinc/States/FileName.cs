namespace Mlds.Boinc.States;

/// <summary>
/// The names that files, work units, results and apps may have: no folder, no <c>..</c>, no <c>%</c>, nothing that a shell or a URL would
/// interpret.
/// </summary>
public static class FileName
{
    public const int MaxLength = 100;

    /// <summary>1 to 100 of <c>A–Z a–z 0–9 . _ -</c>, not beginning with a dot or a dash, without two dots in a row.</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxLength || name[0] is '.' or '-' || name.Contains("..", StringComparison.Ordinal)) return false;
        foreach (var letter in name)
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_' or '-')) return false;
        return true;
    }
}
