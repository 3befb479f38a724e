using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Tests.Training;

/// <summary>A recipe that trains in milliseconds, and its data.</summary>
static class Small
{
    static readonly DataSpec s_data = new(Seed: 5, Training: 250, Validation: 70, Length: 7, LongTest: 9, LongLength: 33, Planted: null);

    static readonly MachineTask s_task = new(MachineCatalogue.Find("SimpleXORMachine")!, s_data);

    internal static SequenceData Data { get; } = s_task.Generate();

    internal static Recipe Recipe { get; } = new(
        "SimpleXORMachine",
        s_task,
        Data.Sha256,
        new RecurrentSpec(9, 5, 2, [6, 8], Activation.None),
        new TrainingSpec(
            32, 0.01, new AdamSettings(0.9, 0.999, 1e-8), new LearningRateSchedule(2, 1e-3), 0.5, 1e-4, EpochLimit: 12, MilestoneEvery: 5),
        Seed: 3);

    internal static Recipe With(Func<TrainingSpec, TrainingSpec> change) => Recipe with { Training = change(Recipe.Training) };

    internal static TrainedNetwork Train(Recipe recipe, string? kernelSet = null)
    {
        using var run = new TrainingRun(recipe, Data, kernelSet: kernelSet);
        while (run.Outcome is null) run.NextEpoch();
        return run.Finish();
    }
}
