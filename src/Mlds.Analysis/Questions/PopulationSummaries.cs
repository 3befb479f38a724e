using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Training;

namespace Mlds.Analysis.Questions;

/// <summary>Counts what the analysis was given, and says what it left out.</summary>
static class PopulationSummaries
{
    internal static PopulationSummary Of(WeightMatrix matrix, WeightMatrix used)
    {
        int Count(Outcome outcome) => matrix.Labels.Count(label => label.Outcome == outcome);
        var leftOut = new List<string>();
        if (matrix.Sample is { } sample) leftOut.Add(sample);
        if (Count(Outcome.NotConverged) is > 0 and var late)
            leftOut.Add($"{late} of {matrix.Networks} networks reached their epoch limit before the goal loss.");
        if (Count(Outcome.Diverged) is > 0 and var lost)
            leftOut.Add($"{lost} of {matrix.Networks} networks had a loss that was infinite or no number.");
        if (used.Networks > Count(Outcome.Converged))
        {
            leftOut.Add(
                "None or one converged, so networks that did not are analysed in their place: what is said of machines holds for them.");
        }

        var others = matrix.OtherShapes.Sum(other => other.Networks);
        if (others > 0)
        {
            leftOut.Add(
                $"{others} of {matrix.Networks + others} networks have other shapes than the one with most converged networks; they take "
                + "part in the questions about settings and losses only. `--where` chooses another shape.");
        }

        return new PopulationSummary(
            matrix.Name, matrix.Source, matrix.WeightsDigest(), matrix.Layout.Parameters,
            matrix.Layout.Spec.Description, matrix.Networks + others, used.Networks, leftOut,
            [.. matrix.Labels.GroupBy(label => label.Machine).Select(group => Machine(group.Key, [.. group]))]);
    }

    static MachineSummary Machine(MachineLabel machine, NetworkLabel[] labels)
    {
        var converged = labels.Where(label => label.Outcome == Outcome.Converged).ToArray();
        double? Median(Func<NetworkLabel, double> value) => converged.Length == 0 ? null : Quantile.Of(converged.Select(value), 0.5);
        return new MachineSummary(
            machine.Name, machine.Family, machine.VariantName, labels.Length, converged.Length,
            labels.Count(label => label.Outcome == Outcome.NotConverged), labels.Count(label => label.Outcome == Outcome.Diverged),
            Median(label => label.Epochs), Median(label => label.ValidationLoss), Median(label => label.LongLoss))
        {
            Factors = machine.Factors.Count == 0 ? null : machine.Factors.ToDictionary(factor => factor.Key, factor => $"{factor.Value}"),
        };
    }
}
