using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Validation;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Tasks;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Questions;

/// <summary>The loss along the straight line between two networks' weights.</summary>
static class LossLine
{
    /// <summary>Places at which the loss is evaluated, both ends among them.</summary>
    internal const int Stops = 11;

    /// <summary>Examples that the loss is a mean over, at most.</summary>
    internal const int Most = 128;

    static readonly string[] s_views = ["raw", "aligned"];

    /// <summary>What <see cref="RawAndAligned"/> gives, in its order.</summary>
    internal static IReadOnlyList<string> Views => s_views;

    /// <summary>
    /// Why there are no examples of <paramref name="machine"/> to evaluate losses on, a sentence; null where there are.
    /// </summary>
    internal static string? WhyNoExamples(WeightMatrix population, MachineLabel machine)
    {
        if (population.Machines.ContainsKey(machine.Name)) return null;
        return population.Tasks.TryGetValue(machine.Name, out var task)
            ? task.MissingFile
            : "The source doesn't say what its networks learned, so no loss can be evaluated.";
    }

    /// <summary>Rows of the networks of <paramref name="machine"/>, by seed.</summary>
    internal static int[] RowsBySeed(QuestionContext context, MachineLabel machine) =>
        [.. Selection.RowsWhere(context, label => label.Machine.Name == machine.Name).OrderBy(row => context.Labels[row].Seed)];

    /// <summary>Pairs of neighbouring seeds of <paramref name="machine"/>, the lowest first.</summary>
    internal static IEnumerable<(int A, int B)> Neighbours(QuestionContext context, MachineLabel machine)
    {
        var rows = RowsBySeed(context, machine);
        return rows.Zip(rows.Skip(1));
    }

    /// <summary>The validation examples of <paramref name="machine"/>, of which the first are taken.</summary>
    internal static Examples ExamplesOf(WeightMatrix population, MachineLabel machine, ExampleCache examples) =>
        population.Machines.TryGetValue(machine.Name, out var learned)
            ? SequenceData.Generate(learned.Machine, learned.Data with
            {
                Training = 1,
                LongTest = 1,
                LongLength = 1,
                Validation = Math.Min(Most, learned.Data.Validation),
            }).Validation
            : examples.Of(population.Tasks[machine.Name]).Validation;

    /// <summary>
    /// Losses from network <paramref name="a"/> to network <paramref name="b"/>: of the weights as they are, and with the second one
    /// aligned to the first, both merged.
    /// </summary>
    internal static double[][] RawAndAligned(QuestionContext context, Examples examples, int a, int b)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var (raw, aligned) = Ends(context.Networks.Layout, [.. context.Networks.Row(a)], [.. context.Networks.Row(b)]);
        return Array.ConvertAll([raw, aligned], ends => Losses(context.Networks.Layout.Spec, examples, ends, Most, Stops));
    }

    /// <summary>
    /// Two networks' weights, as they are, and merged with the second aligned to the first: merged weights may be joined by a line, of raw
    /// ones only a part of the difference means anything.
    /// </summary>
    internal static ((float[] From, float[] To) Raw, (float[] From, float[] To) Aligned) Ends(
        WeightLayout layout, float[] first, float[] second)
    {
        var merged = MergedForm.Of(layout, first);
        return ((first, second), (merged, Alignment.To(layout, merged).Align(second).Weights));
    }

    /// <summary>The weights at a place on the line.</summary>
    /// <param name="share">Of the way, 0 … 1.</param>
    internal static float[] Between((float[] From, float[] To) ends, float share)
    {
        var weights = new float[ends.From.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = ((1 - share) * ends.From[i]) + (share * ends.To[i]);
        return weights;
    }

    /// <summary>Losses at so many places at even distances, both ends among them.</summary>
    /// <param name="most">Examples, the first, that each is a mean over at most.</param>
    internal static double[] Losses(NetworkSpec spec, Examples examples, (float[] From, float[] To) ends, int most, int stops)
    {
        using var kernels = spec.CreateKernels(examples);
        int[] rows = [.. Enumerable.Range(0, Math.Min(most, examples.Count))];
        var losses = new double[stops];
        for (var stop = 0; stop < stops; stop++)
        {
            kernels.SetWeights(Between(ends, stop / (float)(stops - 1)));
            losses[stop] = (float)(kernels.Loss(examples, rows) / kernels.Terms(examples, rows.Length));
        }

        return losses;
    }

    /// <summary>The largest loss above the straight line between the losses at the ends; 0 where none is above it.</summary>
    internal static double Excess(double[] losses) => losses.Select((loss, stop) =>
        loss - losses[0] - (stop / (double)(losses.Length - 1) * (losses[^1] - losses[0]))).Max();

    /// <summary>Mean loss over pairs at every stop, with a percentile bootstrap over pairs.</summary>
    /// <param name="lines">For each pair its losses.</param>
    internal static Curve Curve(QuestionContext context, string machine, string view, string method, double[][] lines)
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
        return new Curve($"{machine}, {view}", view, method, "place on the line", "loss", null, [.. points]) { Subject = machine };
    }
}
