using BenchmarkDotNet.Attributes;
using Mlds.Kernels;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Random;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Benchmarks;

/// <summary>
/// One training step of the DS1 network (setting the weights, loading, forward, backward, Adam) by every kernel set, and its parts. The
/// rival is our plain scalar code, and all are checked to give its bits before anything is timed.
/// </summary>
[MemoryDiagnoser]
public class StepBenchmarks
{
    const int Sequences = 2048;

    readonly int[] _rows = new int[128];
    uint[] _inputs = [];
    uint[] _targets = [];
    float[] _weights = [];
    float[] _gradient = [];
    float[] _first = [];
    float[] _second = [];
    RecurrentKernels _kernels = null!;
    AdamKernel _adam = null!;

    public static IEnumerable<string> KernelSets => KernelSet.Available;

    [ParamsSource(nameof(KernelSets))]
    public string Kernels { get; set; } = "scalar";

    [Params(16, 64)]
    public int Steps { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new PhiloxStream(1, RandomStream.TrainingSequences);
        _inputs = new uint[Sequences * Steps];
        _targets = new uint[Sequences * Steps];
        for (var i = 0; i < _inputs.Length; i++) (_inputs[i], _targets[i]) = (random.NextUInt32(), random.NextUInt32());
        for (var i = 0; i < _rows.Length; i++) _rows[i] = (int)random.Below(Sequences);
        var layout = RecurrentSpec.Ds1.Layout;
        _weights = InitialWeights.Draw(layout, 1);
        (_gradient, _first, _second) = (new float[layout.Parameters], new float[layout.Parameters], new float[layout.Parameters]);
        _kernels = RecurrentKernels.Create(RecurrentSpec.Ds1.Shape, Steps, Kernels);
        _adam = AdamKernel.Create(Kernels);
        CheckAgainstScalar();
    }

    [GlobalCleanup]
    public void Cleanup() => _kernels.Dispose();

    [Benchmark(Baseline = true)]
    public double Step()
    {
        SetWeights();
        var squares = ForwardAndBackward();
        Adam();
        return squares;
    }

    /// <summary>What is computed from the weights once per step: transposes, the head's product.</summary>
    [Benchmark]
    public void SetWeights() => _kernels.SetWeights(_weights);

    [Benchmark]
    public double Forward() => _kernels.SquaredError(new SequenceView(_inputs, _targets, Steps), _rows);

    [Benchmark]
    public double ForwardAndBackward() => _kernels.Gradient(new SequenceView(_inputs, _targets, Steps), _rows, _gradient);

    [Benchmark]
    public void Adam() => _adam.Update(AdamStep.At(1e-3, 0.9, 0.999, 1e-8, 0.5, 0.5, 1f), _gradient, _weights, _first, _second);

    void CheckAgainstScalar()
    {
        using var scalar = RecurrentKernels.Create(RecurrentSpec.Ds1.Shape, Steps, "scalar");
        var expected = new float[_gradient.Length];
        scalar.SetWeights(_weights);
        scalar.Gradient(new SequenceView(_inputs, _targets, Steps), _rows, expected);
        _kernels.SetWeights(_weights);
        _kernels.Gradient(new SequenceView(_inputs, _targets, Steps), _rows, _gradient);
        if (!expected.AsSpan().SequenceEqual(_gradient)) throw new InvalidOperationException($"{Kernels} does not give the scalar bits.");
    }
}
