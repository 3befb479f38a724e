using System.Globalization;
using System.Text;
using Mlds.Site.Browsing;

namespace Mlds.Site.Columns;

/// <summary>Networks as CSV (RFC 4180, but with plain line ends): a row each, all columns.</summary>
static class NetworksCsv
{
    internal static string Of(BrowsedNetworks networks, IEnumerable<int> rows)
    {
        var csv = new StringBuilder().AppendJoin(',', networks.Columns.Select(column => Quoted(column.Name))).Append('\n');
        foreach (var row in rows) csv.AppendJoin(',', networks.Columns.Select(column => Value(column, row))).Append('\n');
        return csv.ToString();
    }

    static string Value(NetworkColumn column, int row) => column.Numbers is { } numbers
        ? double.IsNaN(numbers[row]) ? "" : numbers[row].ToString("R", CultureInfo.InvariantCulture)
        : Quoted(column.Texts![row]);

    /// <summary>A text as CSV has it.</summary>
    internal static string Quoted(string text) =>
        text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
