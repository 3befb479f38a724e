using System.Globalization;
using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Tasks;

namespace Mlds.Analysis.Questions;

/// <summary>
/// Is there a wall between two networks of one machine? The loss along the straight line between their weights, before and after the second
/// is aligned to the first (Entezari et al. 2022, Ainsworth et al. 2023 for feed-forward networks).
/// </summary>
static class Barriers
{
    static readonly Asked s_asked = new(
        "interpolation_barriers",
        "Is there a wall between two networks of the same machine, and does alignment lower it?",
        "Loss on the first 128 validation sequences at eleven places on the straight line between the weights of two seeds of a machine: "
        + "as they are (raw), and with the second aligned to the first by signed weight matching, "
        + "both with merged biases and linear layers (aligned). Barrier: the largest loss on the line, less the mean of its ends. "
        + "Pairs of neighbouring seeds, a bounded number a machine. Curves: mean over pairs with a percentile bootstrap over pairs.");

    internal static Question Question => new("Barriers", s_asked, AppliesTo, Ask);

    static string? AppliesTo(WeightMatrix population)
    {
        var reasons = population.MachineLabels.Select(machine => WhyNot(population, machine)).ToArray();
        return Array.Exists(reasons, reason => reason is null) ? null : reasons[0];
    }

    /// <summary>Why there are no losses of a machine's networks; null where there are.</summary>
    static string? WhyNot(WeightMatrix population, MachineLabel machine) =>
        population.Tasks.GetValueOrDefault(machine.Name) is null or SequenceTask && !population.Machines.ContainsKey(machine.Name)
            ? NoLosses(population)
            : LossLine.WhyNoExamples(population, machine);

    static string NoLosses(WeightMatrix population) => $"{population.WhyNoMachine.TrimEnd('.')}, so no loss can be evaluated.";

    static QuestionResult Ask(QuestionContext context)
    {
        var machines = context.Labels.Select(label => label.Machine).DistinctBy(machine => machine.Name)
            .Where(machine => WhyNot(context.Networks, machine) is null).ToArray();
        if (machines.Length == 0) return s_asked.Skip(NoLosses(context.Networks));
        var jobs = machines.SelectMany(machine => LossLine.Neighbours(context, machine).Take(context.Options.BarrierPairs)
            .Select(pair => (machine, pair.A, pair.B))).ToArray();
        if (jobs.Length == 0) return s_asked.Skip("No machine has two converged networks.");
        var examples = new ExampleCache();
        var words = machines.ToDictionary(machine => machine.Name, machine => LossLine.ExamplesOf(context.Networks, machine, examples));
        var lines = context.InParallel(
            jobs, job => (job.machine, Lines: LossLine.RawAndAligned(context, words[job.machine.Name], job.A, job.B)));
        var byMachine = lines.GroupBy(line => line.machine.Name, line => line.Lines).ToArray();
        var curves = byMachine.SelectMany(machine =>
            LossLine.Views.Select((view, v) => LossLine.Curve(context, machine.Key, view, "line", [.. machine.Select(line => line[v])])))
            .ToArray();
        var spreads = byMachine.SelectMany(
            machine => LossLine.Views.Select((view, v) => Spread.Of(
                "barrier: largest loss on the line above its ends", view, "two seeds of one machine", machine.Key,
                [.. machine.Select(line => Height(line[v]))]))).ToArray();
        string[] leftOut =
            [.. context.Networks.MachineLabels.Select(machine => WhyNot(context.Networks, machine)).OfType<string>().Distinct()];
        var areImages = machines.All(machine => !context.Networks.Machines.ContainsKey(machine.Name));
        var asked = areImages
            ? s_asked with { Protocol = s_asked.Protocol.Replace("validation sequences", "validation examples", StringComparison.Ordinal) }
            : s_asked;
        return asked.Answer(Answer(spreads), leftOut, [], curves, distributions: spreads);
    }

    static double Height(double[] line) => line.Max() - ((line[0] + line[^1]) / 2);

    static string Answer(IReadOnlyList<Distribution> spreads)
    {
        double Median(string view) => Quantile.Of(spreads.Where(spread => spread.View == view).Select(spread => spread.Median), 0.5);
        var lower = spreads.GroupBy(spread => spread.Subject)
            .Count(machine => machine.First(s => s.View == "aligned").Median < machine.First(s => s.View == "raw").Median);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The barrier, median over {spreads.Count / 2} machines of the median over pairs, is {Median("raw"):0.0000} "
            + $"between networks as they are and {Median("aligned"):0.0000} after alignment, which lowers it for {lower} of them.");
    }
}
