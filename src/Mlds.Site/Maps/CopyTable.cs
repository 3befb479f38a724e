namespace Mlds.Site.Maps;

/// <summary>Networks that are the same up to a symmetry.</summary>
/// <param name="Pairs">Rows of the table of all, two for each pair.</param>
public sealed record CopyTable(int[] Pairs)
{
    /// <summary>The copies of the network in a row.</summary>
    internal int[] Of(int row) =>
        [.. Pairs.Chunk(2).Where(pair => pair.Contains(row)).Select(pair => pair[0] == row ? pair[1] : pair[0]).Order()];
}
