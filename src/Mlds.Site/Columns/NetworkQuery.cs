using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;
using Mlds.Site.Browsing;

namespace Mlds.Site.Columns;

/// <summary>Which networks an address asks for, in which order, and which columns of them. All of it is in the address.</summary>
/// <param name="Filters">All must hold.</param>
/// <param name="Sort">Null for the population's order.</param>
/// <param name="Page">From 1.</param>
/// <param name="Shown">Columns, in the table's order.</param>
public sealed record NetworkQuery(
    IReadOnlyList<ColumnFilter> Filters, NetworkColumn? Sort, bool IsDescending, int Page, IReadOnlyList<NetworkColumn> Shown)
{
    /// <summary>Networks on a page.</summary>
    internal const int PerPage = 50;

    const string From = ".from";
    const string To = ".to";
    const string SortKey = "sort";
    const string PageKey = "page";
    const string ColumnsKey = "columns";

    /// <summary>Reads an address; what has no value is passed over, as forms send it.</summary>
    /// <param name="others">Keys that are somebody else's.</param>
    /// <exception cref="QueryException">An unknown column, or a value that can't be.</exception>
    internal static NetworkQuery Parse(
        IEnumerable<KeyValuePair<string, StringValues>> address, BrowsedNetworks networks, params IReadOnlyList<string> others)
    {
        var filters = new List<ColumnFilter>();
        var bounds = new Dictionary<string, (string From, string To)>();
        var (sort, page, shown) = ((string?)null, 1, (IReadOnlyList<NetworkColumn>?)null);
        foreach (var (key, all) in address)
        {
            string[] values = [.. all.OfType<string>().Select(value => value.Trim()).Where(value => value.Length > 0)];
            if (values.Length == 0 || others.Contains(key)) continue;
            if (key == SortKey) sort = values[^1];
            else if (key == PageKey) page = PageOf(values[^1]);
            else if (key == ColumnsKey) shown = [.. values.SelectMany(value => value.Split(',')).Distinct().Select(networks.Column)];
            else if (key.EndsWith(From, StringComparison.Ordinal) && networks.Column(key[..^From.Length]) is { IsNumber: true } least)
                bounds[least.Name] = (values[^1], bounds.GetValueOrDefault(least.Name).To ?? "");
            else if (key.EndsWith(To, StringComparison.Ordinal) && networks.Column(key[..^To.Length]) is { IsNumber: true } most)
                bounds[most.Name] = (bounds.GetValueOrDefault(most.Name).From ?? "", values[^1]);
            else filters.Add(ColumnFilter.Parse(networks.Column(key), values));
        }

        filters.AddRange(bounds.Select(bound => ColumnFilter.Within(networks.Column(bound.Key), bound.Value.From, bound.Value.To)));
        var isDescending = sort?.StartsWith('-') == true;
        return new NetworkQuery(
            filters, sort is null ? null : networks.Column(isDescending ? sort[1..] : sort), isDescending, page,
            shown ?? [.. networks.Columns.Where(column => column.IsUsual)])
        {
            HasOwnColumns = shown is not null,
        };
    }

    /// <summary>Whether the address says which columns are shown.</summary>
    internal bool HasOwnColumns { get; init; }

    /// <summary>The rows of all networks that it asks for, in its order.</summary>
    internal int[] Rows(BrowsedNetworks networks)
    {
        var rows = new List<int>();
        for (var row = 0; row < networks.Count; row++)
            if (Filters.All(filter => filter.Holds(row))) rows.Add(row);
        int[] found = [.. rows];
        if (Sort is null) return found;

        // What has no number comes last, whichever way the others go. Equal ones stay in the population's order.
        if (Sort.Numbers is { } numbers)
        {
            var missing = IsDescending ? double.NegativeInfinity : double.PositiveInfinity;
            double[] keys = [.. found.Select(row => double.IsNaN(numbers[row]) ? missing : numbers[row])];
            return IsDescending ? Sorted(found, Array.ConvertAll(keys, key => -key)) : Sorted(found, keys);
        }

        var texts = Sort.Texts!;
        var order = Sort.Values.Index().ToDictionary(one => one.Item.Value, one => IsDescending ? -one.Index : one.Index);
        return Sorted(found, Array.ConvertAll(found, row => (double)order[texts[row]]));
    }

    static int[] Sorted(int[] rows, double[] keys)
    {
        var order = new (double Key, int Row)[rows.Length];
        for (var i = 0; i < rows.Length; i++) order[i] = (keys[i], rows[i]);
        Array.Sort(order);
        return Array.ConvertAll(order, one => one.Row);
    }

    /// <summary>The same with another order: by a column, the other way round where it is the one already.</summary>
    internal NetworkQuery SortedBy(NetworkColumn column) =>
        this with { Sort = column, IsDescending = Sort?.Name == column.Name && !IsDescending, Page = 1 };

    /// <summary>The same without a filter.</summary>
    internal NetworkQuery Without(ColumnFilter filter) => this with { Filters = [.. Filters.Where(one => one != filter)], Page = 1 };

    internal ColumnFilter? FilterOf(NetworkColumn column) => Filters.FirstOrDefault(filter => filter.Column.Name == column.Name);

    /// <summary>Its part of an address, with the question mark; empty where it asks for everything.</summary>
    internal string Address
    {
        get
        {
            var address = new StringBuilder();
            void Add(string key, string value) =>
                address.Append(address.Length == 0 ? '?' : '&').Append(key).Append('=').Append(Uri.EscapeDataString(value));
            foreach (var filter in Filters) Add(filter.Column.Name, filter.Text);
            if (Sort is not null) Add(SortKey, IsDescending ? "-" + Sort.Name : Sort.Name);
            if (HasOwnColumns) Add(ColumnsKey, string.Join(',', Shown.Select(column => column.Name)));
            if (Page > 1) Add(PageKey, Page.ToString(CultureInfo.InvariantCulture));
            return address.ToString();
        }
    }

    static int PageOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 0
            ? page
            : throw new QueryException($"A page is a whole number from 1 on, not '{text}'.");
}
