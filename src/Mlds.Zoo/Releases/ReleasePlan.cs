using Mlds.Training;

namespace Mlds.Zoos.Releases;

/// <summary>A network in a release.</summary>
/// <param name="Subset">The smallest subset that has it.</param>
public readonly record struct ReleasedNetwork(StoredNetwork Network, int Subset);

/// <summary>What a zoo has of one machine, and how much of it goes into a release.</summary>
/// <param name="Released">Networks in the release.</param>
/// <param name="Converged">Of those that the release is of, whatever their outcome; so are the next two.</param>
public sealed record MachineShare(string Name, int Released, int Converged, int NotConverged, int Diverged)
{
    /// <summary>Networks that could be released but are not, since their seeds are higher.</summary>
    public int Higher { get; init; }

    /// <summary>
    /// Seeds below the highest released one for which the zoo has no network: if there are any, a subset isn't of the lowest seeds there
    /// are.
    /// </summary>
    public int Untrained { get; init; }
}

/// <summary>
/// Which networks go into a release and in which order. A subset of n has, of every machine, the n converged networks of the lowest seeds
/// (or n networks whatever their outcome, if all outcomes are wanted); so subsets are nested. Rows are ordered by the smallest subset that
/// has them, then by machine, then by seed: subset n is the first n × machines rows of everything.
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
    /// <param name="selection">Which networks it is of; the converged ones if null.</param>
    /// <exception cref="ZooException">A machine has too few such networks; the message names it.</exception>
    public static ReleasePlan Make(Zoo zoo, IReadOnlyList<int> subsets, NetworkSelection? selection = null)
    {
        selection ??= NetworkSelection.Converged;
        selection.Check(zoo.Networks(), zoo.Factors, zoo.Folder);
        var any = selection with { AllOutcomes = true };
        var all = zoo.Machines.ToDictionary(
            name => name, name => zoo.Networks(name).Where(network => any.Includes(network, zoo.Factors)).ToList());
        var meant = all.ToDictionary(
            pair => pair.Key, pair => pair.Value.Where(network => selection.AllOutcomes || network.Outcome == Outcome.Converged).ToList());
        var fewest = zoo.Machines.MinBy(name => meant[name].Count)!;
        var sizes = subsets.Count > 0 ? subsets.Distinct().Order().ToList() : [meant[fewest].Count];
        foreach (var size in sizes) ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(subsets));
        if (sizes[^1] > meant[fewest].Count || meant[fewest].Count == 0)
            throw new ZooException(TooFew(zoo, selection, fewest, all[fewest], Math.Max(1, sizes[^1])));
        var networks = new List<ReleasedNetwork>();
        var from = 0;
        foreach (var size in sizes)
        {
            foreach (var name in zoo.Machines)
                networks.AddRange(meant[name].Take(from..size).Select(network => new ReleasedNetwork(network, size)));
            from = size;
        }

        MachineShare Share(string name)
        {
            int Count(Outcome outcome) => all[name].Count(network => network.Outcome == outcome);
            return new(name, sizes[^1], Count(Outcome.Converged), Count(Outcome.NotConverged), Count(Outcome.Diverged))
            {
                Higher = meant[name].Count - sizes[^1],
                // Where only some seeds are meant, others are missing by intent.
                Untrained = selection.Where.Count > 0 ? 0 : Untrained(all[name], meant[name][sizes[^1] - 1].Seed),
            };
        }

        return new ReleasePlan(sizes, networks, [.. zoo.Machines.Select(Share)]);
    }

    static int Untrained(List<StoredNetwork> networks, uint highest) =>
        (int)Math.Min(int.MaxValue, highest + 1L - networks.Count(network => network.Seed <= highest));

    static string TooFew(Zoo zoo, NetworkSelection selection, string machine, List<StoredNetwork> networks, int size)
    {
        int Count(Outcome outcome) => networks.Count(network => network.Outcome == outcome);
        var (failed, diverged) = (Count(Outcome.NotConverged), Count(Outcome.Diverged));
        var there = selection.AllOutcomes ? networks.Count : Count(Outcome.Converged);
        var rest = !selection.AllOutcomes && failed + diverged > 0 ? $" ({failed} did not converge, {diverged} diverged)" : "";
        var way = there > 0
            ? $"a subset of {there} is the largest that every machine fills, or generate more"
            : rest.Length > 0 ? "generate more, or take --outcomes all" : "generate some first";
        return $"A subset of {size} needs {size} {(selection.AllOutcomes ? "" : "converged ")}networks of every machine{selection.Words}, "
            + $"but {machine} has {there} in the zoo '{zoo.Folder}'{rest}; {way}.";
    }
}
