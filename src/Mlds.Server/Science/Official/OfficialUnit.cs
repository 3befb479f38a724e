using Mlds.Boinc.Rules;
using Mlds.Bundles;
using Mlds.Zoos;

namespace Mlds.Server.Science.Official;

/// <summary>A unit and what the official server has to be told of it.</summary>
/// <param name="Name">The unit's.</param>
/// <param name="Flops">Operations that it will probably take.</param>
/// <param name="MostFlops">Operations when every network takes all the epochs it may.</param>
/// <param name="LargestResult">Bytes.</param>
/// <param name="Memory">Bytes, beside the program's own.</param>
public sealed record OfficialUnit(string Name, int Networks, double Flops, double MostFlops, long LargestResult, double Memory)
{
    const double ProgramMemory = 200e6;

    public static OfficialUnit Of(string name, Bundle bundle, OfficialCosts costs) => new(
        name,
        bundle.Networks.Count,
        bundle.Networks.Sum(network => costs.Of(network, bundle.EpochLimit)),
        bundle.Networks.Sum(
            network => WorkCost.OfEpoch(network.Recipe) * (TrainedPart.LastEpoch(network, bundle.EpochLimit) - network.Begun)),
        bundle.LargestResult,
        bundle.Memory);

    /// <summary>
    /// The words for <c>create_work</c>. All that differs between units is here and not in the templates, which therefore never change;
    /// since
    /// <c>create_work --stdin</c> takes none of it, units are made one at a time.
    /// </summary>
    /// <param name="quorum">Equal results of different users that are wanted.</param>
    public IReadOnlyList<string> Words(int quorum) =>
    [
        "--wu_name", Name,
        "--wu_template", OfficialTemplates.Input,
        "--result_template", OfficialTemplates.Output,
        "--rsc_fpops_est", FormattableString.Invariant($"{Flops:e6}"),
        "--rsc_fpops_bound", FormattableString.Invariant($"{WorkCost.Bound(Math.Max(Flops, MostFlops)):e6}"),
        "--rsc_memory_bound", FormattableString.Invariant($"{Memory + ProgramMemory:f0}"),
        "--rsc_disk_bound", FormattableString.Invariant($"{(3.0 * LargestResult) + 50e6:f0}"),
        "--min_quorum", FormattableString.Invariant($"{quorum}"),
        "--target_nresults", FormattableString.Invariant($"{quorum}"),
        "--max_total_results", FormattableString.Invariant($"{Math.Max(10, 3 * quorum)}"),
        "--max_success_results", FormattableString.Invariant($"{Math.Max(5, 2 * quorum)}"),
        "--credit", FormattableString.Invariant($"{RecentCredit.OfFlops(Flops):g6}"),
        Name + ".bundle",
    ];
}

/// <summary>What networks of a population cost, by those that its zoo has.</summary>
public sealed class OfficialCosts
{
    readonly Dictionary<string, (long Count, long Epochs)> _ended;

    /// <param name="folder">Whose zoo is read; there need be none.</param>
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
