using System.Globalization;
using Mlds.Site.Browsing;

namespace Mlds.Site.Columns;

/// <summary>What a column's values must be: one of some texts, or a number within bounds.</summary>
/// <param name="Texts">Allowed texts; empty for a column of numbers.</param>
/// <param name="From">Least number, −∞ for none.</param>
/// <param name="To">Greatest number, ∞ for none.</param>
public sealed record ColumnFilter(NetworkColumn Column, IReadOnlyList<string> Texts, double From, double To)
{
    const string Between = "..";

    /// <summary>
    /// Texts with commas between or given several times; of numbers <c>12</c>, <c>10..20</c>, <c>..1e-4</c> or <c>10..</c>. A recipe id may
    /// be its beginning.
    /// </summary>
    /// <exception cref="QueryException">A text that no network has, or no number.</exception>
    internal static ColumnFilter Parse(NetworkColumn column, IReadOnlyList<string> values)
    {
        if (column.IsNumber)
        {
            var bounds = values.Select(value => Bounds(column, value)).ToArray();
            return new ColumnFilter(column, [], bounds.Max(one => one.From), bounds.Min(one => one.To));
        }

        var there = column.Values.Select(value => value.Value).ToHashSet();

        // A text may itself have a comma.
        string[] texts = [.. values.SelectMany(value =>
            there.Contains(value) ? [value] : value.Split(',', StringSplitOptions.RemoveEmptyEntries)).Distinct()];
        if (column.Name == "recipe_id") return new ColumnFilter(column, texts, double.NegativeInfinity, double.PositiveInfinity);
        foreach (var text in texts)
        {
            if (there.Contains(text)) continue;
            throw new QueryException(
                $"No network has {column.Title} '{text}'. {NearestName.DidYouMean(text, there)}"
                + (there.Count <= 30 ? $"There are {string.Join(", ", there.Order(StringComparer.Ordinal))}." : ""));
        }

        return new ColumnFilter(column, texts, double.NegativeInfinity, double.PositiveInfinity);
    }

    /// <summary>Numbers from one bound to another, each empty for none.</summary>
    /// <inheritdoc cref="Parse" path="/exception"/>
    internal static ColumnFilter Within(NetworkColumn column, string from, string to) =>
        Parse(column, [$"{from}{Between}{to}"]);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    internal string Text => Column.IsNumber
        ? From == To ? Number(From) : $"{Number(From)}{Between}{Number(To)}"
        : string.Join(',', Texts);

    /// <summary>For people: "epochs from 10 to 20".</summary>
    internal string Words => (Column.IsNumber, double.IsFinite(From), double.IsFinite(To)) switch
    {
        (false, _, _) => $"{Column.Title} {string.Join(" or ", Texts)}",
        (_, true, true) when From == To => $"{Column.Title} {Number(From)}",
        (_, true, true) => $"{Column.Title} from {Number(From)} to {Number(To)}",
        (_, true, false) => $"{Column.Title} at least {Number(From)}",
        _ => $"{Column.Title} at most {Number(To)}",
    };

    internal bool Holds(int row)
    {
        if (Column.Numbers is { } numbers) return numbers[row] >= From && numbers[row] <= To;
        var own = Column.Texts![row];
        foreach (var text in Texts)
            if (Column.Name == "recipe_id" ? own.StartsWith(text, StringComparison.OrdinalIgnoreCase) : own == text) return true;
        return false;
    }

    static (double From, double To) Bounds(NetworkColumn column, string text)
    {
        var at = text.IndexOf(Between, StringComparison.Ordinal);
        if (at < 0) return Number(column, text, double.NaN) is var one ? (one, one) : default;
        var (from, to) = (Number(column, text[..at], double.NegativeInfinity), Number(column, text[(at + 2)..], double.PositiveInfinity));
        return from <= to
            ? (from, to)
            : throw new QueryException($"Of {column.Title}, {text} has nothing in it: the lower bound comes first, as in 10..20.");
    }

    static double Number(NetworkColumn column, string text, double empty)
    {
        if (text.Length == 0 && !double.IsNaN(empty)) return empty;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw new QueryException(
                $"'{text}' is no number for {column.Title}; give one, or bounds such as 10..20, ..1e-4 or 10.. .");
    }

    static string Number(double number) => double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "";
}
