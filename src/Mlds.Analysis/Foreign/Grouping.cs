namespace Mlds.Analysis.Foreign;

/// <summary>Which networks stay together in every split.</summary>
/// <param name="Of">The group 0 … G − 1 of each network.</param>
/// <param name="Count">G.</param>
/// <param name="Joined">
/// Networks that are kept with another one of a different group because their weights are equal to the bit.
/// </param>
sealed record Grouping(int[] Of, int Count, int Joined)
{
    /// <summary>
    /// Groups by a column, or each network alone; and in each case networks of equal weights together, since a split that had one on
    /// either side would ask what it had told.
    /// </summary>
    /// <param name="fields">The column's field of each network; null for none.</param>
    /// <param name="hashes">Of each network's weights.</param>
    internal static Grouping By(IReadOnlyList<string>? fields, IReadOnlyList<string> hashes)
    {
        var roots = Enumerable.Range(0, hashes.Count).ToArray();
        int Root(int row)
        {
            while (roots[row] != row) row = roots[row] = roots[roots[row]];
            return row;
        }

        var firsts = new Dictionary<string, int>();
        for (var row = 0; row < hashes.Count && fields is not null; row++)
            if (!firsts.TryAdd(fields[row], row)) roots[row] = Root(firsts[fields[row]]);
        var (seen, joined) = (new Dictionary<string, int>(), 0);
        for (var row = 0; row < hashes.Count; row++)
        {
            if (seen.TryAdd(hashes[row], row)) continue;
            var (mine, other) = (Root(row), Root(seen[hashes[row]]));
            if (mine == other) continue;
            joined++;
            roots[Math.Max(mine, other)] = Math.Min(mine, other);
        }

        var numbers = new Dictionary<int, int>();
        var groups = new int[hashes.Count];
        for (var row = 0; row < groups.Length; row++)
        {
            var root = Root(row);
            if (!numbers.TryGetValue(root, out groups[row])) numbers.Add(root, groups[row] = numbers.Count);
        }

        return new Grouping(groups, numbers.Count, joined);
    }

    /// <summary>Throws unless every label can be learned on one side of a split and asked on the other.</summary>
    /// <param name="column">The group's column; null for none.</param>
    internal void Check(string? column, IReadOnlyList<LabelColumn> labels)
    {
        var asked = column is null ? "Networks of equal weights stay together" : $"--group {column}";
        if (Count < 2)
        {
            throw new InvalidDataException(
                $"{asked}: all networks are of one group; a split needs two at least, so that none is on both sides.");
        }

        foreach (var label in labels.Where(label => label.IsText))
        {
            for (var k = 0; k < label.ClassNames.Count; k++)
            {
                var groups = label.Rows.Where((_, i) => label.Classes[i] == k).Select(row => Of[row]).Distinct();
                if (groups.Take(2).Count() == 2) continue;
                throw new InvalidDataException(
                    $"{asked}: all networks with '{label.ClassNames[k]}' in '{label.Name}' are of one group, which would have to be on "
                    + "both sides of a split, to be learned and to be asked; take another group or label.");
            }
        }

        foreach (var label in labels.Where(label => label.Rows.Select(row => Of[row]).Distinct().Take(2).Count() < 2))
            throw new InvalidDataException($"{asked}: all networks with a value in '{label.Name}' are of one group; a split needs two.");
    }
}
