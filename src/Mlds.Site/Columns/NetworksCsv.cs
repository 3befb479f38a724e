using Mlds.Reports.Figures;
using Mlds.Site.Browsing;

namespace Mlds.Site.Columns;

/// <summary>Networks as a table for programs: a row each, all columns.</summary>
static class NetworksCsv
{
    internal static Numbers Of(BrowsedNetworks networks, IEnumerable<int> rows) => new(
        [.. networks.Columns.Select(column => column.Name)],
        rows.Select(row => (object?[])[.. networks.Columns.Select(column => Value(column, row))]));

    static object? Value(NetworkColumn column, int row) =>
        column.Numbers is not { } numbers ? column.Texts![row] : double.IsNaN(numbers[row]) ? null : numbers[row];
}
