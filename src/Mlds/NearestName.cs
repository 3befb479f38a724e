namespace Mlds;

/// <summary>Finds what someone may have meant by a name that doesn't exist.</summary>
public static class NearestName
{
    /// <summary>
    /// Up to three of <paramref name="names"/> that are near <paramref name="wrong"/>, nearest first; none if nothing is near. A name is
    /// also near if its beginning is.
    /// </summary>
    public static IReadOnlyList<string> Of(string wrong, IEnumerable<string> names) =>
        [.. names.Distinct()
            .Select(name => (name, distance: Distance(wrong, name)))
            .Where(pair => pair.distance <= Math.Max(2, wrong.Length / 3) || BeginsNearly(pair.name, wrong))
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.name, StringComparer.Ordinal)
            .Select(pair => pair.name).Take(3)];

    /// <summary>"Did you mean 'a' or 'b'? " or nothing.</summary>
    public static string DidYouMean(string wrong, IEnumerable<string> names)
    {
        var near = Of(wrong, names).Select(name => $"'{name}'").ToArray();
        return near.Length switch
        {
            0 => "",
            1 => $"Did you mean {near[0]}? ",
            _ => $"Did you mean {string.Join(", ", near[..^1])} or {near[^1]}? ",
        };
    }

    /// <summary>
    /// Edits (insert, delete, replace a letter, swap two neighbours) that turn one name into the other; case doesn't count.
    /// </summary>
    /// <remarks>The optimal string alignment distance: F. J. Damerau, Communications of the ACM 7(3), 1964.</remarks>
    public static int Distance(string left, string right) => Edits(left, right)[^1];

    static bool BeginsNearly(string name, string wrong) => wrong.Length >= 3 && Edits(wrong, name).Min() <= wrong.Length / 4;

    /// <summary>The distance of <paramref name="left"/> from every beginning of <paramref name="right"/>, the empty one first.</summary>
    static int[] Edits(string left, string right)
    {
        var (a, b) = (left.ToUpperInvariant(), right.ToUpperInvariant());
        var edits = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) edits[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) edits[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replace, Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }

        return [.. Enumerable.Range(0, b.Length + 1).Select(j => edits[a.Length, j])];
    }
}
