using Mlds.Bundles;
using Mlds.Zoos;

namespace Mlds.Server.Science;

/// <param name="Name">The unit's, and of its file in the folder's <c>stage</c>.</param>
public sealed record OfficialUnit(string Name, int Networks, double Flops, double MostFlops, long LargestResult, double Memory);

/// <summary>Cuts what a population still lacks into units, all at once: an official server can't ask for more by itself.</summary>
public static class OfficialCutting
{
    /// <summary>What a volunteer should have to send at once, at most.</summary>
    const long MostResultBytes = 64 << 20;

    /// <summary>Makes the units' files; networks that the zoo has or that are out are left alone.</summary>
    public static IReadOnlyList<OfficialUnit> Cut(OfficialFolder folder, WorkOptions options)
    {
        var units = new List<OfficialUnit>();
        var number = folder.Units;
        var bundle = new List<BundleNetwork>();
        var (cost, bytes) = (0.0, 0L);
        foreach (var network in Missing(folder, options.Networks))
        {
            var flops = Cost(network, options.EpochLimit);
            var size = 12L * network.Recipe.Network.Shape.Parameters;
            if (bundle.Count > 0 && (cost + flops > options.UnitSeconds * WorkCost.UsualFlops || bytes + size > MostResultBytes || bundle.Count == Bundle.MostNetworks)) Close();
            bundle.Add(network);
            (cost, bytes) = (cost + flops, bytes + size);
        }

        if (bundle.Count > 0) Close();
        return units;

        void Close()
        {
            units.Add(Write(folder, options.EpochLimit, FormattableString.Invariant($"{folder.Population.Name.Replace("..", "__", StringComparison.Ordinal)}_{++number:d6}"), bundle, cost));
            (cost, bytes) = (0, 0);
            bundle.Clear();
        }
    }

    static OfficialUnit Write(OfficialFolder folder, int epochLimit, string name, List<BundleNetwork> networks, double flops)
    {
        var bundle = Bundle.Of(epochLimit, [.. networks]);
        OfficialFolder.WriteWhole(folder.In("stage", name + ".bundle"), bundle.Bytes.Span);

        // Last: from here on its networks count as out.
        OfficialFolder.WriteWhole(folder.In("bundles", name), bundle.Bytes.Span);
        var most = networks.Sum(network => WorkCost.OfEpoch(network.Recipe) * (TrainedPart.LastEpoch(network, epochLimit) - network.Begun));
        return new OfficialUnit(name, networks.Count, flops, most, bundle.LargestResult, bundle.Memory);
    }

    static IEnumerable<BundleNetwork> Missing(OfficialFolder folder, int networks)
    {
        var population = folder.Population;
        using var zoo = Zoo.Exists(folder.Zoo) ? Zoo.Open(folder.Zoo) : null;
        var there = population.MachineNames.ToDictionary(name => name, name => zoo?.Seeds(name) ?? []);
        foreach (var network in folder.Out().SelectMany(unit => folder.Bundle(unit)!.Networks)) there[network.Recipe.MachineName].Add(network.Recipe.Seed);
        var lot = new ReplayLot(folder.Secret);
        return population.MachineNames
            .SelectMany(name => Enumerable.Range(0, networks).Select(seed => (uint)seed).Where(seed => !there[name].Contains(seed)).Select(seed => (Name: name, Seed: seed)))
            .OrderBy(network => lot.Place(FormattableString.Invariant($"{network.Name}/{network.Seed}")))
            .Select(network => population.Recipe(network.Name, network.Seed))
            .Select(recipe => new BundleNetwork(recipe, folder.Begun(recipe)));
    }

    static double Cost(BundleNetwork network, int epochLimit) =>
        WorkCost.OfEpoch(network.Recipe) * WorkCost.ExpectedEpochs(0, 0, network.Begun, epochLimit, network.Recipe.Training.EpochLimit);
}
