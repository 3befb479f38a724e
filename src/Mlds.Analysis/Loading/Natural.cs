using System.Text.RegularExpressions;

namespace Mlds.Analysis.Loading;

/// <summary>The order that people give names with numbers in them: weights-2 before weights-10.</summary>
static partial class Natural
{
    /// <summary>A key whose ordinal order is that.</summary>
    internal static string Key(string name) => Digits().Replace(name, run => run.Value.TrimStart('0').PadLeft(24, '0'));

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
