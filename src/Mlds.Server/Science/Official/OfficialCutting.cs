using Mlds.Bundles;
using Mlds.Server.Database;
using Mlds.Zoos;

namespace Mlds.Server.Science.Official;

/// <summary>Cuts all networks that a population still lacks into units at once, since an official server can't ask for more by
/// itself.</summary>
public static class OfficialCutting
{
    /// <summary>Makes the units' files and returns the units; networks that are in the zoo or in a unit already are left alone.</summary>
    /// <exception cref="ProjectException">A network's result would be larger than the size that the server is told as the
    /// limit.</exception>
    public static IReadOnlyList<OfficialUnit> Cut(OfficialFolder folder, WorkOptions options)
    {
        var units = new List<OfficialUnit>();
        var costs = new OfficialCosts(folder);
        var number = folder.NextNumber();
        var bundle = new List<BundleNetwork>();
        var machines = new HashSet<string>();
        var (cost, bytes) = (0.0, 0L);
        foreach (var network in Missing(folder, options.Networks))
        {
            var flops = costs.Of(network, options.EpochLimit);
            var size = TrainedPart.Largest(network, options.EpochLimit);
            if (size > OfficialTemplates.MostResultBytes / 2) throw TooLarge(network, size);
            var tooLong = cost + flops > options.UnitSeconds * WorkCost.UsualFlops;
            var tooMany = bundle.Count == Bundle.MostNetworks
                || (machines.Count == Bundle.MostForms && !machines.Contains(network.Recipe.MachineName));
            if (bundle.Count > 0 && (tooLong || tooMany || bytes + size > UnitNeeds.MostResultBytes)) Close();
            bundle.Add(network);
            machines.Add(network.Recipe.MachineName);
            (cost, bytes) = (cost + flops, bytes + size);
        }

        if (bundle.Count > 0) Close();
        return units;

        void Close()
        {
            units.Add(Write(folder, options.EpochLimit, UnitNeeds.Name(folder.UnitPrefix, number++), bundle, costs));
            (cost, bytes) = (0, 0);
            bundle.Clear();
            machines.Clear();
        }
    }

    static OfficialUnit Write(OfficialFolder folder, int epochLimit, string name, List<BundleNetwork> networks, OfficialCosts costs)
    {
        var bundle = Bundle.Of(epochLimit, [.. networks]);
        OfficialFolder.WriteWhole(folder.Staged(name), bundle.Bytes.Span);

        // Last: from here on its networks are in a unit.
        OfficialFolder.WriteWhole(folder.In("bundles", name), bundle.Bytes.Span);
        return OfficialUnit.Of(name, bundle, costs);
    }

    static IEnumerable<BundleNetwork> Missing(OfficialFolder folder, int networks)
    {
        var population = folder.Population;

        // The open units are read before the zoo: a unit that is taken over in between is then found in both, not in neither.
        var units = folder.Out().SelectMany(unit => folder.Bundle(unit)!.Networks).ToList();
        using var zoo = Zoo.Exists(folder.Zoo) ? Zoo.Open(folder.Zoo) : null;
        var there = population.MachineNames.ToDictionary(name => name, name => zoo?.Seeds(name) ?? []);
        foreach (var network in units) there[network.Recipe.MachineName].Add(network.Recipe.Seed);
        var lot = new ReplayLot(folder.Secret);
        return population.MachineNames
            .SelectMany(name => Enumerable.Range(0, networks).Select(seed => (Name: name, Seed: (uint)seed)))
            .Where(network => !there[network.Name].Contains(network.Seed))
            .OrderBy(network => lot.Place(FormattableString.Invariant($"{network.Name}/{network.Seed}")))
            .Select(network => population.Recipe(network.Name, network.Seed))
            .Select(recipe => new BundleNetwork(recipe, folder.Begun(recipe)));
    }

    static ProjectException TooLarge(BundleNetwork network, long size) => new(
        $"A result of {network.Recipe.MachineName} may have {size} bytes; {OfficialTemplates.MostResultBytes / 2} are allowed here: give a"
        + " lower --unit-epochs, so that it has fewer epochs to tell of.");
}
