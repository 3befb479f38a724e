using System.Globalization;

namespace Mlds.Zoos;

/// <summary>What a zoo was asked for, and what of it isn't there.</summary>
/// <param name="Parts">All that was asked for; at least one.</param>
/// <param name="Asked">Networks in all these parts together.</param>
/// <param name="Missing">Those of them that the zoo lacks.</param>
/// <param name="PartsElsewhere">Parts of the same division that it wasn't asked for, or for fewer networks: it is not the whole
/// population.</param>
public sealed record AskedNetworks(IReadOnlyList<ZooPart> Parts, long Asked, long Missing, IReadOnlyList<Shard> PartsElsewhere)
{
    const int MostNamed = 6;

    /// <summary>Whether all the networks of every part are there.</summary>
    public bool IsAll => Missing == 0 && PartsElsewhere.Count == 0;

    /// <summary>Null for a zoo that doesn't say, being older than version 3 or a project's.</summary>
    public static AskedNetworks? Of(Zoo zoo)
    {
        var parts = zoo.Parts;
        if (parts.Count == 0) return null;
        var (asked, missing) = (0L, 0L);
        foreach (var (index, machine) in zoo.Machines.Index())
        {
            var there = zoo.Seeds(machine);
            foreach (var seed in Seeds(parts, index))
            {
                asked++;
                if (!there.Contains(seed)) missing++;
            }
        }

        return new AskedNetworks(parts, asked, missing, Elsewhere(parts));
    }

    /// <summary>One or two sentences.</summary>
    public override string ToString()
    {
        var whole = Parts.All(part => part.Shard.Count == 1);
        var text = new List<string>
        {
            $"Asked for were {string.Join(" and ", Groups(whole))}: "
            + $"{(Missing == 0 ? "all" : $"{Count(Asked - Missing)}")} of {Count(Asked)} networks are there.",
        };
        if (PartsElsewhere.Count > 0)
            text.Add($"It isn't the whole population: {Named(PartsElsewhere)} {(PartsElsewhere.Count == 1 ? "is" : "are")} missing.");
        return string.Join(' ', text);
    }

    /// <summary>Some shards by name: 1/4, 3/4 and 5 more.</summary>
    internal static string Named(IReadOnlyList<Shard> shards) =>
        $"{(shards.Count == 1 ? "part" : "parts")} "
        + $"{string.Join(", ", shards.Take(MostNamed))}{(shards.Count > MostNamed ? $" and {shards.Count - MostNamed} more" : "")}";

    IEnumerable<string> Groups(bool whole) => Parts.GroupBy(part => part.Networks).OrderBy(group => group.Key)
        .Select(group => $"{(whole ? "" : $"{Named([.. group.Select(part => part.Shard)])} of ")}{Count(group.Key)} networks per machine");

    /// <summary>
    /// Ascending. For a given number of shards each seed belongs to one part, so that ten thousand parts cost no more than one.
    /// </summary>
    static IEnumerable<uint> Seeds(IReadOnlyList<ZooPart> parts, int machine)
    {
        var divisions = parts.GroupBy(part => part.Shard.Count).Select(division =>
        {
            var networks = new int[division.Key];
            foreach (var part in division) networks[part.Shard.Index] = Math.Max(networks[part.Shard.Index], part.Networks);
            return networks;
        }).ToList();
        var most = parts.Max(part => part.Networks);
        for (uint seed = 0; seed < most; seed++)
            if (divisions.Exists(networks => seed < networks[(machine + (long)seed) % networks.Length])) yield return seed;
    }

    static List<Shard> Elsewhere(IReadOnlyList<ZooPart> parts)
    {
        var most = parts.Max(part => part.Networks);
        if (parts.Any(part => part.Shard.Count == 1 && part.Networks == most)) return [];
        // With several divisions the exact answer would be a list of seeds; people think in the division they made last.
        var division = parts.Where(part => part.Networks == most).GroupBy(part => part.Shard.Count).MaxBy(group => group.Count())!;
        var there = division.Select(part => part.Shard.Index).ToHashSet();
        return [.. Enumerable.Range(0, division.Key).Where(i => !there.Contains(i)).Select(i => new Shard(i, division.Key))];
    }

    static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
