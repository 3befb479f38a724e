using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Tasks.Images;

namespace Mlds.Analysis.Questions;

/// <summary>The triggers that training images had.</summary>
static class Triggers
{
    /// <summary>Each once, in the order of the machines; null where there are none.</summary>
    internal static IReadOnlyList<TriggerImage>? Of(WeightMatrix networks)
    {
        var machines = networks.MachineLabels
            .Select(machine => (machine.Name, Task: networks.Tasks.GetValueOrDefault(machine.Name) as ImageTask))
            .Where(machine => machine.Task?.Poison is not null)
            .GroupBy(machine => (machine.Task!.Poison!.Trigger, machine.Task.Size));
        TriggerImage[] triggers =
        [
            .. machines.Select(group => new TriggerImage(
                group.Key.Trigger.NameOn(group.Key.Size) ?? $"{group.Key.Trigger}",
                [.. group.Select(machine => machine.Name)],
                networks.Labels.Count(label => group.Any(machine => machine.Name == label.Machine.Name)),
                group.Key.Size.Height,
                group.Key.Size.Width,
                [.. group.Key.Trigger.Pixels.Select(pixel => (IReadOnlyList<int>)[pixel.Y, pixel.X, pixel.Value])])),
        ];
        return triggers.Length > 0 ? triggers : null;
    }
}
