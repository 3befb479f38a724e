using System.Globalization;

namespace Mlds.Analysis.Foreign;

/// <summary>A column of the table that is to be told from the weights, over the networks that have a value in it.</summary>
/// <param name="Name">The column's.</param>
/// <param name="Rows">Rows of the weight matrix, ascending.</param>
/// <param name="Classes">Of texts: the class 0 … K − 1 of each; empty of numbers.</param>
/// <param name="ClassNames">Of texts: K of them, in ordinal order; empty of numbers.</param>
/// <param name="Numbers">Of numbers: one for each row, as logarithms where those are meant; empty of texts.</param>
/// <param name="LeftOut">Networks that lack a value or are too few of a kind, one sentence each.</param>
sealed record LabelColumn(
    string Name, int[] Rows, int[] Classes, IReadOnlyList<string> ClassNames, double[] Numbers, IReadOnlyList<string> LeftOut)
{
    /// <summary>More kinds than this are no kinds.</summary>
    internal const int MostClasses = 100;

    internal bool IsText => ClassNames.Count > 0;

    /// <summary>What the column says of every network of the matrix.</summary>
    /// <param name="fields">One for each; blank where there is nothing.</param>
    /// <param name="isText">Whether numbers are names.</param>
    /// <param name="isLogarithm">Whether logarithms are meant.</param>
    /// <param name="least">Networks of a class, or of all, at least.</param>
    /// <exception cref="InvalidDataException">There is nothing to tell apart; the message says why.</exception>
    internal static LabelColumn Of(string name, IReadOnlyList<string> fields, bool isText, bool isLogarithm, int least)
    {
        int[] rows = [.. Enumerable.Range(0, fields.Count).Where(row => !Field.IsMissing(fields[row]))];
        var leftOut = new List<string>();
        if (rows.Length < fields.Count)
            leftOut.Add($"{fields.Count - rows.Length} of {fields.Count} networks have no value in {name}.");
        if (rows.Length == 0) throw new InvalidDataException($"--label: the column '{name}' has no value for any network.");
        return isText || rows.Any(row => Field.Number(fields[row]) is null)
            ? OfTexts(name, fields, rows, leftOut, least)
            : OfNumbers(name, fields, rows, leftOut, isLogarithm, least);
    }

    static LabelColumn OfTexts(string name, IReadOnlyList<string> fields, int[] rows, List<string> leftOut, int least)
    {
        var counts = rows.CountBy(row => fields[row]).ToDictionary();
        if (counts.Count == 1)
        {
            throw new InvalidDataException(
                $"--label: all {rows.Length} networks have the value '{counts.Keys.First()}' in '{name}'; a label needs at least two "
                + "values.");
        }

        var large = counts.Where(pair => pair.Value >= least).Select(pair => pair.Key).Order(StringComparer.Ordinal).ToArray();
        if (large.Length < 2)
        {
            throw new InvalidDataException(
                $"--label: of the {counts.Count} values of '{name}' {(large.Length == 0 ? "none" : "only one")} has at least {least} "
                + $"networks ({Listed(counts)}); a label needs two such values.");
        }

        if (large.Length > MostClasses)
        {
            throw new InvalidDataException(
                $"--label: '{name}' has {large.Length} different values, and at most {MostClasses} can be told apart.");
        }

        foreach (var small in counts.Where(pair => pair.Value < least).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            leftOut.Add($"{name} '{small.Key}' has {small.Value} networks; at least {least} are needed.");
        int[] kept = [.. rows.Where(row => counts[fields[row]] >= least)];
        return new LabelColumn(
            name, kept, Array.ConvertAll(kept, row => Array.BinarySearch(large, fields[row], StringComparer.Ordinal)), large, [], leftOut);
    }

    static LabelColumn OfNumbers(
        string name, IReadOnlyList<string> fields, int[] rows, List<string> leftOut, bool isLogarithm, int least)
    {
        var numbers = Array.ConvertAll(rows, row => Field.Number(fields[row])!.Value);
        if (isLogarithm) numbers = Field.Logarithms(name, numbers);
        if (rows.Length < least)
            throw new InvalidDataException($"--label: only {rows.Length} networks have a value in '{name}'; at least {least} are needed.");
        if (numbers.Min() == numbers.Max())
        {
            throw new InvalidDataException(
                $"--label: all {rows.Length} networks have the value '{fields[rows[0]]}' in '{name}'; a label needs at least two values.");
        }

        if (numbers.Distinct().Count() is <= 10 and var values)
        {
            leftOut.Add(
                $"{name} has {values} different numbers and was taken as a size; with --as-text {name} they would be names.");
        }

        return new LabelColumn(name, rows, [], [], numbers, leftOut);
    }

    static string Listed(Dictionary<string, int> counts)
    {
        var shown = counts.OrderByDescending(pair => pair.Value).Take(6).Select(pair => $"{pair.Key}: {pair.Value}");
        return string.Join(", ", shown) + (counts.Count > 6 ? " …" : "");
    }
}

/// <summary>A field of a table as a number.</summary>
static class Field
{
    static readonly string[] s_missing = ["", "nan", "null", "none", "na", "n/a"];

    /// <summary>Whether it says nothing: blank, NaN, null, None or NA.</summary>
    internal static bool IsMissing(string field) => s_missing.Contains(field, StringComparer.OrdinalIgnoreCase);

    /// <summary>The finite number that a field says; null where it says none.</summary>
    internal static double? Number(string field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>Decimal logarithms.</summary>
    /// <exception cref="InvalidDataException">A number isn't above 0.</exception>
    internal static double[] Logarithms(string column, double[] numbers)
    {
        foreach (var number in numbers.Where(number => number <= 0))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"--log: the column '{column}' has the value {number}, which has no logarithm."));
        }

        return Array.ConvertAll(numbers, Math.Log10);
    }
}
