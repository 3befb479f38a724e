using Mlds.Training;

namespace Mlds.Zoos.Releases;

/// <summary>A network in a release.</summary>
/// <param name="Subset">The smallest subset that has it.</param>
public readonly record struct ReleasedNetwork(StoredNetwork Network, int Subset);

/// <summary>What a zoo has of one machine, and how much of it goes into a release.</summary>
public sealed record MachineShare(string Name, int Released, int Converged, int NotConverged, int Diverged)
{
    /// <summary>
    /// Seeds below the highest released one for which the zoo has no network: if there are any, a subset isn't of the lowest seeds there
    /// are.
    /// </summary>
    public int Untrained { get; init; }
}

/// <summary>
/// Which networks go into a release and in which order. A subset of n has, of every machine, the n converged networks of the lowest seeds;
/// so subsets are nested. Rows are ordered by the smallest subset that has them, then by machine, then by seed: subset n is the first
/// n × machines rows of everything.
/// </summary>
public sealed class ReleasePlan
{
    ReleasePlan(IReadOnlyList<int> subsets, IReadOnlyList<ReleasedNetwork> networks, IReadOnlyList<MachineShare> machines) =>
        (Subsets, Networks, Machines) = (subsets, networks, machines);

    /// <summary>Networks per machine of each subset, ascending.</summary>
    public IReadOnlyList<int> Subsets { get; }

    /// <summary>In the release's row order.</summary>
    public IReadOnlyList<ReleasedNetwork> Networks { get; }

    /// <summary>In the population's order.</summary>
    public IReadOnlyList<MachineShare> Machines { get; }

    /// <param name="subsets">Networks per machine, each at least 1; empty for one subset as large as every machine can fill.</param>
    /// <exception cref="ZooException">A machine has too few converged networks; the message names it.</exception>
    public static ReleasePlan Make(Zoo zoo, IReadOnlyList<int> subsets)
    {
        var all = zoo.Machines.ToDictionary(name => name, name => zoo.Networks(name).ToList());
        var converged = all.ToDictionary(pair => pair.Key, pair => pair.Value.Where(network => network.Outcome == Outcome.Converged)
            .ToList());
        var status = zoo.Status().Machines;
        var fewest = status.MinBy(machine => machine.Converged)!;
        var sizes = subsets.Count > 0 ? subsets.Distinct().Order().ToList() : [fewest.Converged];
        foreach (var size in sizes) ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(subsets));
        if (sizes[^1] > fewest.Converged || fewest.Converged == 0) throw new ZooException(TooFew(zoo, fewest, Math.Max(1, sizes[^1])));
        var networks = new List<ReleasedNetwork>();
        var from = 0;
        foreach (var size in sizes)
        {
            foreach (var name in zoo.Machines)
                networks.AddRange(converged[name].Take(from..size).Select(network => new ReleasedNetwork(network, size)));
            from = size;
        }

        MachineShare Share(MachineStatus m) => new(m.Name, sizes[^1], m.Converged, m.NotConverged, m.Diverged)
        {
            Untrained = Untrained(all[m.Name], converged[m.Name][sizes[^1] - 1].Seed),
        };
        return new ReleasePlan(sizes, networks, [.. status.Select(Share)]);
    }

    static int Untrained(List<StoredNetwork> networks, uint highest) =>
        (int)Math.Min(int.MaxValue, highest + 1L - networks.Count(network => network.Seed <= highest));

    static string TooFew(Zoo zoo, MachineStatus fewest, int size)
    {
        var rest =
            fewest.NotConverged + fewest.Diverged > 0 ? $" ({fewest.NotConverged} did not converge, {fewest.Diverged} diverged)" : "";
        var way = fewest.Converged == 0
            ? "generate some first"
            : $"a subset of {fewest.Converged} is the largest that every machine fills, or generate more";
        return $"A subset of {size} needs {size} converged networks of every machine, "
            + $"but {fewest.Name} has {fewest.Converged} in the zoo '{zoo.Folder}'{rest}; {way}.";
    }
}
