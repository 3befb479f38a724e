using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Bundles;

/// <summary>
/// A training of a fraction of a second whose bits are known: a machine on which it gives others computes wrongly (overclocked, broken
/// memory, a compiler's fault) and had better not take part.
/// </summary>
public static class KnownAnswer
{
    /// <summary>
    /// SHA-256 over the weights' hashes of the two networks below; every kernel set gives it, and PyTorch's golden state agrees with the
    /// kernels.
    /// </summary>
    public const string Expected = "f1ee9fc44453688b21666a83c2d68b99317e8115d5147a1498c314d13e1ebbed";

    static readonly DataSpec s_data = new(Seed: 1, Training: 1000, Validation: 100, Length: 16, LongTest: 4, LongLength: 40, Planted: null);

    /// <summary>
    /// The DS1 network, whose linear layers are one matrix, and one with an activation, odd sizes and a clipped gradient.
    /// </summary>
    static readonly (string Machine, RecurrentSpec Network, double Clip)[] s_trained =
    [
        ("EightBitMachine", RecurrentSpec.Ds1, 0),
        ("SimpleXORMachine", new RecurrentSpec(9, 17, 2, [11, 8], Activation.Tanh), 0.1),
    ];

    /// <summary>What this machine gives.</summary>
    /// <param name="kernelSet">A kernel set by name; null for the one that trains.</param>
    public static string Compute(string? kernelSet = null)
    {
        var hash = new Sha256Hash();
        foreach (var (machine, network, clip) in s_trained)
        {
            var task = new MachineTask(MachineCatalogue.Find(machine)!, s_data);
            var data = task.Generate();
            var training = new TrainingSpec(
                96, 0.01, new AdamSettings(0.9, 0.999, 1e-8), new LearningRateSchedule(2, 1e-3), clip,
                1e-9, EpochLimit: 6, MilestoneEvery: 2);
            using var run = new TrainingRun(new Recipe(machine, task, data.Sha256, network, training, Seed: 7), data, null, kernelSet);
            while (run.Outcome is null) run.NextEpoch();
            hash.Append(Convert.FromHexString(run.Finish().Milestones[^1].Chain));
        }

        return Convert.ToHexStringLower(hash.Finish());
    }
}
