namespace Mlds.Site.Maps;

/// <summary>Networks as points of a plane, by one view of their weights.</summary>
/// <param name="View">Its name: <c>invariants</c>.</param>
/// <param name="Method"><c>pca</c> or <c>tsne</c>.</param>
/// <param name="Rows">Of the networks that have a point, by their rows in the table of all.</param>
/// <param name="Coordinates">x and y of each, two by two.</param>
/// <param name="Protocol">How it was made, in a sentence.</param>
public sealed record ViewPlane(string View, string Method, int[] Rows, float[] Coordinates, string Protocol)
{
    internal int Count => Rows.Length;

    /// <summary>The networks within a box, in the order of the table.</summary>
    internal int[] Within(PlaneBox box, Func<int, bool> isShown)
    {
        var found = new List<int>();
        for (var i = 0; i < Rows.Length; i++)
            if (box.Has(Coordinates[2 * i], Coordinates[(2 * i) + 1]) && isShown(i)) found.Add(Rows[i]);
        found.Sort();
        return [.. found];
    }
}

/// <summary>A rectangle of the plane, in its own coordinates.</summary>
public readonly record struct PlaneBox(double Left, double Bottom, double Right, double Top)
{
    internal bool Has(double x, double y) => x >= Left && x <= Right && y >= Bottom && y <= Top;

    /// <summary>"x0,y0,x1,y1", the corners in any order.</summary>
    /// <exception cref="Browsing.QueryException">Not four numbers.</exception>
    internal static PlaneBox Parse(string text)
    {
        var numbers = text.Split(',').Select(part => double.TryParse(
            part, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number : double.NaN).ToArray();
        return numbers is [var a, var b, var c, var d] && numbers.All(double.IsFinite)
            ? new PlaneBox(Math.Min(a, c), Math.Min(b, d), Math.Max(a, c), Math.Max(b, d))
            : throw new Browsing.QueryException($"A box is four numbers with commas between, x0,y0,x1,y1, not '{text}'.");
    }
}
