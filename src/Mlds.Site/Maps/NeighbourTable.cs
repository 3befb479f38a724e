namespace Mlds.Site.Maps;

/// <summary>The nearest networks of each, by one view of their weights.</summary>
/// <param name="Rows">Of the networks compared, by their rows in the table of all.</param>
/// <param name="PerNetwork">k.</param>
/// <param name="Nearest">For each of them k rows, nearest first.</param>
/// <param name="Distances">Their Euclidean distances.</param>
public sealed record NeighbourTable(string View, int[] Rows, int PerNetwork, int[] Nearest, float[] Distances)
{
    readonly Dictionary<int, int> _places = Rows.Index().ToDictionary(one => one.Item, one => one.Index);

    /// <summary>The neighbours of the network in a row of the table; empty for one that wasn't compared.</summary>
    internal IReadOnlyList<(int Row, float Distance)> Of(int row) => _places.TryGetValue(row, out var place)
        ? [.. Enumerable.Range(place * PerNetwork, PerNetwork).Select(at => (Nearest[at], Distances[at]))]
        : [];
}
