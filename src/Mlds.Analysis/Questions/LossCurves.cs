using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Training;

namespace Mlds.Analysis.Questions;

/// <summary>Validation loss by epoch of each machine's networks.</summary>
static class LossCurves
{
    /// <summary>More epochs than this are thinned out evenly.</summary>
    const int MostPoints = 400;

    /// <summary>
    /// One curve per machine, over all its networks but the diverged ones; none for a machine whose histories weren't kept.
    /// </summary>
    internal static LossCurve[] Of(WeightMatrix networks) =>
    [
        .. networks.Labels.GroupBy(label => label.Machine)
            .Select(group => (group.Key,
                Histories: group.Where(l => l.Outcome != Outcome.Diverged).Select(l => l.History).OfType<IReadOnlyList<EpochRecord>>()
                    .Where(history => history.Count > 0).ToArray()))
            .Where(machine => machine.Histories.Length > 0)
            .Select(machine => Curve(machine.Key, machine.Histories)),
    ];

    static LossCurve Curve(MachineLabel machine, IReadOnlyList<EpochRecord>[] histories)
    {
        var longest = histories.Max(history => history.Count);
        var step = (longest + MostPoints - 1) / MostPoints;
        var epochs = Enumerable.Range(1, longest).Where(epoch => epoch == 1 || epoch == longest || epoch % step == 0);
        var points = epochs.Select(epoch =>
        {
            var losses = histories.Select(history => (double)history[Math.Min(epoch, history.Count) - 1].ValidationLoss).ToArray();
            Array.Sort(losses);
            return new LossPoint(
                epoch, histories.Count(history => history.Count >= epoch), Quantile.OfSorted(losses, 0.5),
                Quantile.OfSorted(losses, 0.1), Quantile.OfSorted(losses, 0.9));
        });
        return new LossCurve(machine.Name, machine.Family, machine.VariantName, histories.Length, [.. points]);
    }
}
