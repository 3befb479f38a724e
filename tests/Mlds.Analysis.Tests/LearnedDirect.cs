using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Analysis.Tests;

/// <summary>A network that really learned SingleDirectMachine, in a moment.</summary>
static class LearnedDirect
{
    internal static DataSpec Data { get; } = new(1, 4096, 512, 16, 4, 32, null);

    static readonly Lazy<TrainedNetwork> s_direct = new(() =>
    {
        var task = new MachineTask(MachineCatalogue.Find("SingleDirectMachine")!, Data);
        var data = task.Generate();
        var spec = new RecurrentSpec(9, 8, 2, [8, 8], Activation.None);
        return Trainer.Train(
            new Recipe(
                "SingleDirectMachine",
                task, data.Sha256, spec, new TrainingSpec(64, 0.01, new AdamSettings(0.9, 0.99, 1e-8), new(0, 0), 0.1, 1e-4, 30, 10), 3),
            data);
    });

    internal static TrainedNetwork Direct => s_direct.Value.Outcome == Outcome.Converged
        ? s_direct.Value
        : throw new InvalidOperationException("The test's network didn't learn.");

    internal static WeightLayout Layout => Direct.Recipe.Network.Layout;
}
