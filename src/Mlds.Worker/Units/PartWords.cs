using System.Globalization;
using Mlds.Bundles;
using Mlds.Training;

namespace Mlds.Worker.Units;

/// <summary>A finished network as a line of the log, which volunteers can read on the project's pages.</summary>
static class PartWords
{
    public static string Of(TrainedPart part)
    {
        var ending = part.Outcome is { } outcome ? OutcomeName.Of(outcome).Replace('_', ' ') : "to be continued";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{part.Recipe.MachineName} seed {part.Recipe.Seed}: "
            + $"{ending} after {part.State.Epoch} epochs, loss {part.State.History[^1].ValidationLoss:g3}, {part.State.CoreSeconds:f1} s");
    }
}
