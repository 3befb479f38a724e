using System.Globalization;
using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Validation;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Analysis.Questions;

/// <summary>
/// Is there a wall between two networks of one machine? The loss along the straight line between their weights, before and after the second
/// is aligned to the first (Entezari et al. 2022, Ainsworth et al. 2023 for feed-forward networks).
/// </summary>
static class Barriers
{
    const int Stops = 11;
    const int Sequences = 128;

    static readonly Asked s_asked = new(
        "interpolation_barriers",
        "Is there a wall between two networks of the same machine, and does alignment lower it?",
        "Loss on the first 128 validation sequences at eleven places on the straight line between the weights of two seeds of a machine: "
        + "as they are (raw), and with the second aligned to the first by signed weight matching, "
        + "both with merged biases and linear layers (aligned). Barrier: the largest loss on the line, less the mean of its ends. "
        + "Pairs of neighbouring seeds, a bounded number a machine. Curves: mean over pairs with a percentile bootstrap over pairs.");

    internal static Question Question => new("Barriers", s_asked, AppliesTo, Ask);

    static string? AppliesTo(WeightMatrix population) => population.Machines.Count > 0 ? null : NoLosses(population);

    static string NoLosses(WeightMatrix population) => $"{population.WhyNoMachine.TrimEnd('.')}, so no loss can be evaluated.";

    static QuestionResult Ask(QuestionContext context)
    {
        var machines = context.Labels.Select(label => label.Machine).DistinctBy(machine => machine.Name)
            .Where(machine => context.Networks.Machines.ContainsKey(machine.Name)).ToArray();
        if (machines.Length == 0) return s_asked.Skip(NoLosses(context.Networks));
        var jobs = machines.SelectMany(machine => Pairs(context, machine).Select(pair => (machine, pair.A, pair.B))).ToArray();
        if (jobs.Length == 0) return s_asked.Skip("No machine has two converged networks.");
        var words = machines.ToDictionary(machine => machine.Name, machine => Words128(context.Networks.Machines[machine.Name]));
        var lines = context.InParallel(jobs, job => (job.machine, Lines: Lines(context, words[job.machine.Name], job.A, job.B)));
        var byMachine = lines.GroupBy(line => line.machine.Name, line => line.Lines).ToArray();
        var curves = byMachine.SelectMany(machine =>
            s_views.SelectMany((view, v) => new[] { Curve(context, machine.Key, view, [.. machine.Select(line => line[v])]) })).ToArray();
        var spreads = byMachine.SelectMany(
            machine => s_views.Select((view, v) => Spread(machine.Key, view, [.. machine.Select(line => Height(line[v]))]))).ToArray();
        string[] leftOut = context.Networks.NoMachines.Count > 0 ? [NoLosses(context.Networks)] : [];
        return s_asked.Answer(Answer(spreads), leftOut, [], curves, distributions: spreads);
    }

    static readonly string[] s_views = ["raw", "aligned"];

    static IEnumerable<(int A, int B)> Pairs(QuestionContext context, MachineLabel machine)
    {
        var rows = Selection.RowsWhere(context, label => label.Machine.Name == machine.Name)
            .OrderBy(row => context.Labels[row].Seed).ToArray();
        return rows.Zip(rows.Skip(1)).Take(context.Options.BarrierPairs);
    }

    static SequenceSet Words128(LearnedMachine learned) =>
        SequenceData.Generate(learned.Machine, learned.Data with
        {
            Training = 1,
            LongTest = 1,
            LongLength = 1,
            Validation = Math.Min(Sequences, learned.Data.Validation),
        }).Validation;

    /// <summary>Losses along the line, raw and aligned.</summary>
    static double[][] Lines(QuestionContext context, SequenceSet words, int a, int b)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var layout = context.Networks.Layout;
        float[] first = [.. context.Networks.Row(a)], second = [.. context.Networks.Row(b)];
        var merged = MergedForm.Of(layout, first);
        var aligned = Alignment.To(layout, merged).Align(second).Weights;
        return [Line(layout.Spec, words, first, second), Line(layout.Spec, words, merged, aligned)];
    }

    static double[] Line(Networks.NetworkSpec spec, SequenceSet words, float[] from, float[] to)
    {
        var losses = new double[Stops];
        var weights = new float[from.Length];
        for (var stop = 0; stop < Stops; stop++)
        {
            var share = stop / (float)(Stops - 1);
            for (var i = 0; i < weights.Length; i++) weights[i] = ((1 - share) * from[i]) + (share * to[i]);
            losses[stop] = Evaluation.Loss(spec, weights, words);
        }

        return losses;
    }

    static double Height(double[] line) => line.Max() - ((line[0] + line[^1]) / 2);

    static Curve Curve(QuestionContext context, string machine, string view, double[][] lines)
    {
        var points = Enumerable.Range(0, Stops).Select(stop =>
        {
            var losses = Array.ConvertAll(lines, line => line[stop]);
            var interval = Bootstrap.Interval(
                [.. Enumerable.Range(0, lines.Length)], rows => rows.Average(row => losses[row]), 500, context.Options.Seed);
            var mean = losses.Average();
            return new CurvePoint(
                stop / (double)(Stops - 1), new Estimate(mean, Math.Min(mean, interval.Low), Math.Max(mean, interval.High)), lines.Length);
        });
        return new Curve($"{machine}, {view}", view, "line", "place on the line", "loss", null, [.. points]) { Subject = machine };
    }

    static Distribution Spread(string machine, string view, double[] heights)
    {
        Array.Sort(heights);
        double At(double share) => Quantile.OfSorted(heights, share);
        return new Distribution(
            "barrier: largest loss on the line above its ends", view, "two seeds of one machine",
            machine, heights.Length, heights[0], At(0.1), At(0.25), At(0.5), At(0.75), At(0.9), heights[^1]);
    }

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
