using System.Diagnostics;
using System.Text.Json.Nodes;
using Mlds.Kernels;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Random;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Training;

/// <summary>
/// How fast one core of this machine trains the DS1 network, or another: whole steps (loading, forward, backward, Adam) on random
/// examples, and the core's own peak, measured in turn with them so that both see the same clock.
/// </summary>
/// <param name="KernelSet">Kernels that ran.</param>
/// <param name="Batch">Examples per step.</param>
/// <param name="Steps">Time steps per example; null where examples have no time.</param>
/// <param name="MedianSeconds">Median time of a step over all rounds.</param>
/// <param name="BestSeconds">The fastest step met.</param>
/// <param name="FirstSeconds">Time of the very first step, with whatever had to be compiled for it.</param>
/// <param name="FirstSecondSeconds">Mean time of the steps of the first second, the very first left out.</param>
/// <param name="PeakFlops">The core's peak, in operations per second.</param>
/// <param name="Flops">Operations of a step's matrices, as the equations have them: two per multiply-add.</param>
/// <param name="PerformedFlops">Those of them that are really done.</param>
public sealed record StepBenchmark(
    string KernelSet,
    int Batch,
    int? Steps,
    double MedianSeconds,
    double BestSeconds,
    double FirstSeconds,
    double FirstSecondSeconds,
    double PeakFlops,
    double Flops,
    double PerformedFlops)
{
    const int Drawn = 16_384;
    const int StepsARound = 50;

    /// <summary>Time steps of all examples; where there is no time, examples.</summary>
    public double TimestepsPerSecond => Batch * (Steps ?? 1) / MedianSeconds;

    /// <summary>The share of the peak that is really reached.</summary>
    public double ShareOfPeak => PerformedFlops / MedianSeconds / PeakFlops;

    /// <summary>
    /// Share of the peak that an implementation doing every multiplication of the equations would need for the same speed.
    /// </summary>
    public double ModelShareOfPeak => Flops / MedianSeconds / PeakFlops;

    /// <summary>Without time: images_per_second in place of sample_timesteps_per_second, and no steps.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            [Steps is null ? "images_per_second" : "sample_timesteps_per_second"] = Math.Round(TimestepsPerSecond),
            ["gflops"] = Round(PerformedFlops / MedianSeconds / 1e9),
            ["peak_gflops"] = Round(PeakFlops / 1e9),
            ["share_of_peak"] = Round(ShareOfPeak),
            ["model_gflops"] = Round(Flops / MedianSeconds / 1e9),
            ["model_share_of_peak"] = Round(ModelShareOfPeak),
            ["step_microseconds_median"] = Round(MedianSeconds * 1e6),
            ["step_microseconds_best"] = Round(BestSeconds * 1e6),
            ["step_microseconds_first"] = Round(FirstSeconds * 1e6),
            ["step_microseconds_first_second"] = Round(FirstSecondSeconds * 1e6),
            ["kernel_set"] = KernelSet,
            ["vector_bits"] = Kernels.KernelSet.VectorBits(KernelSet),
            ["batch"] = Batch,
        };
        if (Steps is { } steps) json["steps"] = steps;
        return json;
    }

    /// <summary>The DS1 network with other cells, or another width H of all its layers but the last: 1 … 256.</summary>
    public static RecurrentSpec Like(RecurrentCell cell, int hidden) =>
        RecurrentSpec.Ds1 with { Cell = cell, Hidden = hidden, Linear = [hidden, hidden, hidden, hidden, RecurrentSpec.Ds1.Outputs] };

    /// <summary>Measures for about <paramref name="seconds"/> seconds.</summary>
    /// <param name="batch">Examples per step.</param>
    /// <param name="steps">Time steps per example; null for a network whose examples have none.</param>
    /// <param name="seconds">How long, about.</param>
    /// <param name="onRound">Told of every round; may be null.</param>
    /// <param name="kernelSet">By name; null for the best.</param>
    /// <param name="network">What is trained; null for the DS1 network.</param>
    public static StepBenchmark Measure(
        int batch, int? steps, double seconds, Action<double>? onRound, CancellationToken cancellation, string? kernelSet = null,
        NetworkSpec? network = null)
    {
        var spec = network ?? RecurrentSpec.Ds1;
        var random = new PhiloxStream(0, RandomStream.TrainingSequences);
        var examples = spec.DrawExamples(ref random, Drawn, steps ?? 1);
        using var kernels = spec.CreateKernels(examples, kernelSet);
        var order = new int[Drawn];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        random.Shuffle(order);
        var weights = InitialWeights.Draw(spec.Layout, 0);
        var adam = AdamKernel.Create(kernelSet);
        var (gradient, first, second) = (new float[weights.Length], new float[weights.Length], new float[weights.Length]);
        var times = new List<double>();
        var peak = 0.0;
        var watch = Stopwatch.StartNew();
        do
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < StepsARound; i++)
            {
                var started = Stopwatch.GetTimestamp();
                kernels.SetWeights(weights);
                kernels.Gradient(examples, order.AsSpan(i * batch % (Drawn - batch + 1), batch), gradient);
                adam.Update(AdamStep.At(1e-3, 0.9, 0.999, 1e-8, 0.5, 0.5, 1f), gradient, weights, first, second);
                times.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            }

            peak = Math.Max(peak, PeakRate.Measure(kernels.Name, 5));
            onRound?.Invoke(watch.Elapsed.TotalSeconds);
        }
        while (watch.Elapsed.TotalSeconds < seconds);

        var (firstStep, firstSecond) = (times[0], MeanOfFirstSecond(times));
        times.Sort();
        var timesteps = 2.0 * batch * (steps ?? 1);
        return new StepBenchmark(
            kernels.Name, batch, steps, times[times.Count / 2], times[0], firstStep, firstSecond, peak,
            timesteps * spec.MultiplyAdds, timesteps * spec.PerformedMultiplyAdds);
    }

    static double MeanOfFirstSecond(List<double> times)
    {
        var (sum, count) = (0.0, 0);
        while (count + 1 < times.Count && sum < 1) sum += times[++count];
        return sum / count;
    }

    static double Round(double value) => value == 0 ? 0 : double.Parse(
        value.ToString("g4", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
