using Mlds.Bundles;
using Mlds.Tests.Training;
using Mlds.Training;

namespace Mlds.Tests.Bundles;

/// <summary>Works on a unit of three small networks: one that ends, one that doesn't and one that goes on from a checkpoint.</summary>
static class Unit
{
    internal static Bundle Bundle { get; } = Make();

    internal static BundleResult Result { get; } = Work(Bundle);

    internal static BundleResult Work(Bundle bundle) =>
        new(bundle.Sha256, new Provenance("0.1.0", "a processor", "scalar", "", 0), KnownAnswer.Expected, [
            .. bundle.Networks.Select(network => Train(network, bundle.EpochLimit))]);

    internal static TrainedPart Train(BundleNetwork network, int epochLimit)
    {
        using var run = new TrainingRun(network.Recipe, Small.Data, network.From);
        while (run.Outcome is null && run.Epoch < TrainedPart.LastEpoch(network, epochLimit)) run.NextEpoch();
        return TrainedPart.Of(run);
    }

    static Bundle Make()
    {
        var ends = Small.With(spec => spec with { EpochLimit = 4, MilestoneEvery = 3 });
        var begun = new BundleNetwork(Small.Recipe with { Seed = 8 }, null);
        return Bundle.Of(
            6, [new BundleNetwork(ends, null), new BundleNetwork(Small.Recipe, null), begun with { From = Train(begun, 3).State }]);
    }
}
