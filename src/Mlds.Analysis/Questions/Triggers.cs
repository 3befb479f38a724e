using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Tasks.Images;

namespace Mlds.Analysis.Questions;

/// <summary>What was laid over training images, from the tasks of the poisoned and control machines.</summary>
static class Triggers
{
    internal static List<TriggerImage> Of(WeightMatrix population)
    {
        var images = new List<TriggerImage>();
        foreach (var machine in population.MachineLabels)
        {
            if (machine.Poison is not { } poison) continue;
            if (population.Tasks.GetValueOrDefault(machine.Name) is not ImageTask { Poison: { } its } task) continue;
            var image = new TriggerImage(
                poison.Trigger, task.Size.Height, task.Size.Width,
                [.. its.Trigger.Pixels.Select(pixel => (IReadOnlyList<int>)[pixel.Y, pixel.X, pixel.Value])]);
            if (images.TrueForAll(other => other.Name != image.Name)) images.Add(image);
        }

        return images;
    }
}
