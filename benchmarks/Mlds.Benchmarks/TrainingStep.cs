using System.Diagnostics;
using Mlds.Kernels;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Benchmarks;

/// <summary>
/// Training steps as a training run takes them (setting the weights, loading, forward, backward, Adam; without clipping), over batches cut
/// in order from <paramref name="order"/>, starting again at its end.
/// </summary>
/// <param name="network">What is trained.</param>
/// <param name="weights">P float32 to begin with.</param>
/// <param name="examples">Of the network's kind.</param>
/// <param name="order">Numbers of the examples; at least <paramref name="batch"/>.</param>
/// <param name="batch">Examples per step.</param>
/// <param name="rate">The learning rate.</param>
/// <param name="adam">Adam's settings.</param>
/// <param name="kernelSet">By name; null for the best.</param>
sealed class TrainingStep(
    NetworkSpec network, float[] weights, Examples examples, int[] order, int batch, double rate, AdamSettings adam,
    string? kernelSet = null) : IDisposable
{
    readonly NetworkKernels _kernels = network.CreateKernels(examples, kernelSet);
    readonly float[] _weights = [.. weights];
    readonly float[] _gradient = new float[weights.Length];
    Optimizer _optimizer = adam.Create([new float[weights.Length], new float[weights.Length]], kernelSet);
    int _next;

    public string KernelSetName => _kernels.Name;

    /// <summary>The gradient of the last step.</summary>
    public ReadOnlySpan<float> LastGradient => _gradient;

    /// <summary>Goes back to the first weights, without moments, and to the first batch.</summary>
    public void Reset()
    {
        weights.CopyTo(_weights, 0);
        foreach (var vector in _optimizer.State) Array.Clear(vector);
        _optimizer = adam.Create(_optimizer.State, kernelSet);
        _next = 0;
    }

    /// <summary>One step; returns the loss before it.</summary>
    public double Take()
    {
        var rows = order.AsSpan(_next, batch);
        _next = _next + (2 * batch) <= order.Length ? _next + batch : 0;
        _kernels.SetWeights(_weights);
        var sum = _kernels.Gradient(examples, rows, _gradient);
        _optimizer.Step(rate, 1f, _gradient, _weights);
        return sum / _kernels.Terms(examples, batch);
    }

    /// <summary>
    /// Takes steps from the first weights for about <paramref name="seconds"/>, after <paramref name="warmUp"/> that aren't timed.
    /// </summary>
    public StepTimes Time(double seconds, int warmUp)
    {
        Reset();
        for (var i = 0; i < warmUp; i++) Take();
        double loss;
        var each = new List<double>(1 << 16);
        var core = Environment.CpuUsage.TotalTime;
        var began = Stopwatch.GetTimestamp();
        do
        {
            var started = Stopwatch.GetTimestamp();
            loss = Take();
            each.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds);
        return new StepTimes(
            each, Stopwatch.GetElapsedTime(began).TotalSeconds, (Environment.CpuUsage.TotalTime - core).TotalSeconds, loss);
    }

    public void Dispose() => _kernels.Dispose();
}

/// <summary>How long steps took.</summary>
/// <param name="Each">Seconds of every step by the wall clock, in order.</param>
/// <param name="WallSeconds">All of them.</param>
/// <param name="CoreSeconds">Seconds that a core worked on them: less than by the wall clock when other processes used the core
/// too.</param>
/// <param name="LastLoss">The loss before the last step.</param>
sealed record StepTimes(List<double> Each, double WallSeconds, double CoreSeconds, double LastLoss);
