namespace Mlds.Zoos.Merging;

/// <summary>What <c>merge --shards n</c> demands: all n parts, each asked for equally many networks, and none that lacks one.</summary>
static class PartsCheck
{
    const int MostNamed = 6;

    /// <param name="zoos">The sources, and the target where it is there.</param>
    /// <exception cref="ZooException">A part is missing, smaller than others or unfinished; the message says which and what to
    /// do.</exception>
    public static void Check(IReadOnlyList<Zoo> zoos, int shards)
    {
        var parts = zoos.SelectMany(zoo => zoo.Parts.Where(part => part.Shard.Count == shards)
            .Select(part => (Zoo: zoo, part.Shard, part.Networks))).ToList();
        var absent = Enumerable.Range(0, shards).Select(i => new Shard(i, shards)).Except(parts.Select(part => part.Shard)).ToList();
        if (absent.Count > 0)
        {
            var silent = zoos.Where(zoo => zoo.Parts.Count == 0).Select(zoo => $"'{zoo.Folder}'").ToList();
            var hint = silent.Count == 0 ? "" : $" ({string.Join(", ", silent.Take(MostNamed))} "
                + $"{(silent.Count == 1 ? "doesn't" : "don't")} say which part: the same `mlds generate` line again records it)";
            throw Refused($"{AskedNetworks.Named(absent)} {(absent.Count == 1 ? "isn't" : "aren't")} among the zoos{hint}");
        }

        var networks = parts.Max(part => part.Networks);
        var small = parts.GroupBy(part => part.Shard).Select(group => group.MaxBy(part => part.Networks))
            .Where(part => part.Networks < networks).ToList();
        if (small.Count > 0)
        {
            throw Refused(
                $"{AskedNetworks.Named([.. small.Select(part => part.Shard)])} {(small.Count == 1 ? "was" : "were")} "
                + $"asked for fewer networks per machine ({small[0].Networks} in '{small[0].Zoo.Folder}') than others ({networks})");
        }

        CheckNetworks(zoos, shards, networks);
    }

    static void CheckNetworks(IReadOnlyList<Zoo> zoos, int shards, int networks)
    {
        var missing = new SortedDictionary<int, int>();
        foreach (var (machine, name) in zoos[0].Machines.Index())
        {
            var there = new HashSet<uint>();
            foreach (var zoo in zoos) there.UnionWith(zoo.Seeds(name));
            for (uint seed = 0; seed < networks; seed++)
            {
                if (there.Contains(seed)) continue;
                var part = (int)((machine + (long)seed) % shards);
                missing[part] = missing.GetValueOrDefault(part) + 1;
            }
        }

        if (missing.Count == 0) return;
        var named = string.Join(", ", missing.Take(MostNamed).Select(part => $"{part.Key}/{shards} ({part.Value})"));
        throw Refused(
            $"{(missing.Count == 1 ? "part" : "parts")} "
            + $"{named}{(missing.Count > MostNamed ? $" and {missing.Count - MostNamed} more" : "")} "
            + $"{(missing.Count == 1 ? "lacks" : "lack")} networks");
    }

    static ZooException Refused(string what) => new(
        $"Nothing was merged: {what}. Run `mlds generate` of what is missing, which goes on where it was, and merge again; "
        + "without --shards what is there is merged.");
}
