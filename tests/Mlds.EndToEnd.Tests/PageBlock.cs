using System.Globalization;
using System.Text.RegularExpressions;

namespace Mlds.EndToEnd.Tests;

/// <summary>A code block of a page.</summary>
/// <param name="Path">The file that the block is; empty for a block that is none.</param>
/// <param name="Section">The heading above it.</param>
sealed partial record PageBlock(string Language, string Path, string Text, string Section)
{
    /// <summary>Scores come from double arithmetic that may sum in another order elsewhere; losses and states are the same bits.</summary>
    const double Tolerance = 0.05;

    /// <summary>The commands of a block of shell, each with the exit code that its remark says, 0 if it says none.</summary>
    public IEnumerable<(string Line, int ExitCode)> Commands =>
        from line in Text.Split('\n')
        where line.Length > 0
        let code = ExitCodeRemark().Match(line)
        select (line.Split(" #")[0].Trim(), code.Success ? int.Parse(code.Groups[1].Value, CultureInfo.InvariantCulture) : 0);

    /// <summary>
    /// The lines of this block that aren't in <paramref name="printed"/>: … stands for anything, blanks for any number of them, also for a
    /// new line, and a number with a point for one that differs by 5 % at most.
    /// </summary>
    public IEnumerable<string> Missing(string printed)
    {
        var said = Blanks().Replace(printed, " ");
        return Text.Split('\n').Where(line => line.Length > 0 && !IsIn(Blanks().Replace(line, " "), said));
    }

    static bool IsIn(string line, string said)
    {
        var numbers = Decimal().Matches(line).Select(match => Number(match.Value)).ToArray();
        var pattern = Decimal().Replace(Regex.Escape(line).Replace("\\.", ".", StringComparison.Ordinal), "([0-9]+[.][0-9]+)")
            .Replace("…", ".*?", StringComparison.Ordinal);
        return Regex.Matches(said, pattern).Any(match => match.Groups.Values.Skip(1)
            .Zip(numbers, (group, number) => Math.Abs(Number(group.Value) - number) <= Tolerance * number).All(isNear => isNear));
    }

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("# exit code ([0-9]+)$")]
    private static partial Regex ExitCodeRemark();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex("[0-9]+[.][0-9]+")]
    private static partial Regex Decimal();
}
