namespace Mlds.Reports.Figures;

/// <summary>Where there is too much to be shown: as much as fits, evenly through all.</summary>
static class Thinning
{
    /// <summary>
    /// All items, or <paramref name="most"/> of them at even distances, the first and the last among them, in their order.
    /// </summary>
    /// <param name="most">At least 2.</param>
    public static T[] Evenly<T>(T[] items, int most) => items.Length <= most
        ? items
        : [.. Enumerable.Range(0, most).Select(i => items[(int)((long)i * (items.Length - 1) / (most - 1))])];
}
