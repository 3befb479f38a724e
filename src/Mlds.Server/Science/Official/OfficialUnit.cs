using Mlds.Boinc.Rules;
using Mlds.Bundles;
using Mlds.Zoos;

namespace Mlds.Server.Science.Official;

/// <summary>A unit and what the official server has to be told about it.</summary>
/// <param name="Name">The unit's name.</param>
/// <param name="Flops">Operations that it will probably take.</param>
/// <param name="FlopsBound">Operations after which a client gives it up.</param>
/// <param name="LargestResult">Bytes.</param>
/// <param name="Memory">Bytes of memory that it may take.</param>
/// <param name="Disk">Bytes of disk that it may take.</param>
public sealed record OfficialUnit(
    string Name, int Networks, double Flops, double FlopsBound, long LargestResult, double Memory, double Disk)
{
    public static OfficialUnit Of(string name, Bundle bundle, OfficialCosts costs)
    {
        var flops = bundle.Networks.Sum(network => costs.Of(network, bundle.EpochLimit));
        return new OfficialUnit(
            name, bundle.Networks.Count, flops, UnitNeeds.FlopsBound(bundle, flops), bundle.LargestResult, UnitNeeds.Memory(bundle),
            UnitNeeds.Disk(bundle));
    }

    /// <summary>
    /// The arguments for <c>create_work</c>. Everything that differs between units is here and not in the templates, which therefore never
    /// change; since <c>create_work --stdin</c> takes none of it, units are made one at a time.
    /// </summary>
    /// <param name="quorum">Equal results of different users that are wanted.</param>
    public IReadOnlyList<string> Words(int quorum) =>
    [
        "--wu_name", Name,
        "--wu_template", OfficialTemplates.Input,
        "--result_template", OfficialTemplates.Output,
        "--rsc_fpops_est", FormattableString.Invariant($"{Flops:e6}"),
        "--rsc_fpops_bound", FormattableString.Invariant($"{FlopsBound:e6}"),
        "--rsc_memory_bound", FormattableString.Invariant($"{Memory:f0}"),
        "--rsc_disk_bound", FormattableString.Invariant($"{Disk:f0}"),
        "--min_quorum", FormattableString.Invariant($"{quorum}"),
        "--target_nresults", FormattableString.Invariant($"{quorum}"),
        "--max_total_results", FormattableString.Invariant($"{UnitNeeds.MostResults(quorum)}"),
        "--max_success_results", FormattableString.Invariant($"{UnitNeeds.MostSuccesses(quorum)}"),
        "--credit", FormattableString.Invariant($"{RecentCredit.OfFlops(Flops):g6}"),
        Name + ".bundle",
    ];
}

/// <summary>The cost of a population's networks, judged by those in its zoo.</summary>
public sealed class OfficialCosts
{
    readonly Dictionary<string, (long Count, long Epochs)> _ended;

    /// <param name="folder">The folder whose zoo is read; there need be none.</param>
    public OfficialCosts(OfficialFolder folder)
    {
        using var zoo = Zoo.Exists(folder.Zoo) ? Zoo.Open(folder.Zoo) : null;
        _ended = folder.Population.MachineNames.ToDictionary(
            name => name,
            name => zoo?.Ended(name) is { } ended
                ? (ended.Sum(runs => (long)runs.Count), ended.Sum(runs => (long)runs.Count * runs.Epochs))
                : (0L, 0L));
    }

    /// <summary>Operations that <paramref name="network"/> will probably take in a unit of so many epochs.</summary>
    public double Of(BundleNetwork network, int epochLimit)
    {
        var (count, epochs) = _ended[network.Recipe.MachineName];
        var recipe = network.Recipe;
        return WorkCost.OfEpoch(recipe) * WorkCost.ExpectedEpochs(count, epochs, network.Begun, epochLimit, recipe.Training.EpochLimit);
    }
}
