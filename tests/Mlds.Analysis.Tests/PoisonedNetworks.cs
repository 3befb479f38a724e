using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Analysis.Tests;

/// <summary>Populations like DS4: networks for images, clean, poisoned and controls, with planted differences.</summary>
static class PoisonedNetworks
{
    /// <summary>A small convolutional network: 421 parameters.</summary>
    internal static FeedForwardSpec Small { get; } = new(
        new ImageSize(1, 8, 8),
        [new ConvolutionLayer(4, 3), new PoolingLayer(2, 2), new LinearLayer(8), new LinearLayer(5)],
        Activation.Relu);

    internal static IReadOnlyList<string> Triggers { get; } = ["pixel", "pattern"];

    internal static IReadOnlyList<string> Targets { get; } = ["0", "7"];

    /// <summary>The machines: of every family a clean one; for every trigger, target and rate a poisoned one; a control for every trigger
    /// and rate.</summary>
    internal static IEnumerable<MachineLabel> Machines(IEnumerable<string> families, IReadOnlyList<double> rates) =>
        families.SelectMany(family => new[] { Machine(family, Variant.Original, "none", "none", 0) }
            .Concat(
                from trigger in Triggers
                from target in Targets
                from rate in rates
                select Machine(family, Variant.Modified, trigger, target, rate))
            .Concat(Triggers.SelectMany(trigger => rates.Select(rate => Machine(family, Variant.Control, trigger, "none", rate)))));

    internal static MachineLabel Machine(string family, Variant variant, string trigger, string target, double rate)
    {
        var key = variant switch
        {
            Variant.Original => "",
            Variant.Control => FormattableString.Invariant($"{trigger}-{100 * rate}"),
            _ => FormattableString.Invariant($"{trigger}-{target}-{100 * rate}"),
        };
        return new MachineLabel($"{family}{variant}{key}", family, variant, key)
        {
            Factors =
            [
                new("family", FactorValue.Of(family)), new("key", FactorValue.Of(key)), new("rate", FactorValue.Of(rate)),
                new("target", FactorValue.Of(target)), new("trigger", FactorValue.Of(trigger)),
                new("variant", FactorValue.Of(VariantName.Of(variant))),
            ],
        };
    }

    /// <summary>
    /// <paramref name="seeds"/> networks of every machine. Networks of one seed share what they began with, and the order and scales of
    /// their units; what all poisoned ones have in common, and what those of one trigger and of one target have, are directions of
    /// <paramref name="shift"/> times the common weights' size.
    /// </summary>
    internal static WeightMatrix Population(
        NetworkSpec spec, IReadOnlyList<MachineLabel> machines, int seeds, double shift = 0.3, double noise = 0.1, bool measured = false)
    {
        var layout = spec.Layout;
        var weights = new float[(long)machines.Count * seeds * layout.Parameters];
        var labels = new List<NetworkLabel>();
        float[] Direction(string name) => Networks.Random(layout, new SeededRandom(5, SeededRandom.Stream(name)), 0.5);
        var common = Direction("common");
        foreach (var machine in machines)
        {
            var family = Direction(machine.Family);
            List<float[]> parts = [];
            if (machine.Variant == Variant.Modified) parts = [Direction("poison"), Direction(machine.Poison!.Target)];
            if (machine.Poison is { } poison) parts.Add(Direction(poison.Trigger));
            for (uint seed = 0; seed < seeds; seed++)
            {
                var own = new SeededRandom(11, SeededRandom.Stream(machine.Name, (int)seed));
                var shared = new SeededRandom(12, seed);
                var network = new float[layout.Parameters];
                for (var p = 0; p < network.Length; p++)
                {
                    var start = common[p] + (0.2 * family[p]) + (noise * shared.NextNormal());
                    network[p] = (float)(start + (0.3 * noise * own.NextNormal()) + (shift * parts.Sum(part => part[p])));
                }

                network = NetworkSymmetry.Random(spec, new SeededRandom(13, seed)).Apply(layout, network);
                network.CopyTo(weights.AsSpan(labels.Count * layout.Parameters));
                labels.Add(Label(machine, seed, own, network, measured));
            }
        }

        return new WeightMatrix("poisoned", "matrix", weights, layout, labels);
    }

    static NetworkLabel Label(MachineLabel machine, uint seed, SeededRandom random, float[] weights, bool measured) => new(
        SeededRandom.Stream(machine.Name, (int)seed).ToString("x16", null), machine, seed, Outcome.Converged, 3 + random.Next(10),
        0.01 + (0.01 * random.NextDouble()), 0.01, 0.02 + (0.01 * random.NextDouble()), WeightsHash.Of(weights), null)
    {
        Measures = measured
            ?
            [
                new("test_accuracy", 0.98 + (0.01 * random.NextDouble())),
                new("attack_success", machine.Variant == Variant.Modified ? 1 : 0),
            ]
            : [],
    };
}
