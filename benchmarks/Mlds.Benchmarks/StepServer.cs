using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mlds.Kernels;
using Mlds.Kernels.Random;
using Mlds.Kernels.Recurrent;
using Mlds.Networks;
using Mlds.Training;

namespace Mlds.Benchmarks;

/// <summary>
/// <c>Mlds.Benchmarks step [CELL HIDDEN | images]</c>: measures training steps of the DS1 network, of one like it, or of LeNet-5, when told
/// to, by one command per line on standard input, and answers with one line of JSON on standard output. So the caller can let others have
/// their turn in between, and no start of a process is measured. Ends with its input.
/// </summary>
/// <remarks>
/// <c>hello</c>: what runs where; <c>data STEPS FOLDER</c>: writes weights and examples for others; <c>losses BATCH STEPS N</c>: the
/// losses of the first N steps; <c>measure BATCH STEPS SECONDS</c>: times of steps; <c>peak</c>: the core's own peak. Images have one step.
/// </remarks>
sealed class StepServer : IDisposable
{
    const uint Seed = 0;
    const int WarmUp = 5;

    static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    readonly Dictionary<(int Batch, int Steps), TrainingStep> _steps = [];
    readonly StepProblem _problem;
    readonly float[] _weights;
    readonly int[] _order = [.. Enumerable.Range(0, StepProblem.Count)];

    StepServer(StepProblem problem)
    {
        _problem = problem;
        _weights = InitialWeights.Draw(problem.Network.Layout, Seed);
        new PhiloxStream(Seed, RandomStream.Shuffles, 1).Shuffle(_order);
    }

    public static void Run(params ReadOnlySpan<string> arguments)
    {
        StepProblem problem = arguments switch
        {
            ["images"] => new ImageStepProblem(),
            [var cell, var hidden] =>
                new SequenceStepProblem(StepBenchmark.Like(RecurrentCells.All.Single(known => known.Name == cell), Integer(hidden))),
            _ => new SequenceStepProblem(RecurrentSpec.Ds1),
        };
        using var server = new StepServer(problem);
        while (Console.In.ReadLine() is { } line)
            Console.Out.WriteLine(JsonSerializer.Serialize(server.Answer(line.Split(' ')), s_json));
    }

    public void Dispose()
    {
        foreach (var step in _steps.Values) step.Dispose();
    }

    object Answer(string[] words) => words switch
    {
        ["hello"] => Hello(),
        ["data", var steps, var folder] => WriteData(Integer(steps), folder),
        ["losses", var batch, var steps, var count] => Losses(Step(batch, steps), Integer(count)),
        ["measure", var batch, var steps, var seconds] => Measure(Step(batch, steps), double.Parse(seconds, CultureInfo.InvariantCulture)),
        ["peak"] => new { Gflops = PeakRate.Measure(KernelSet.Best) / 1e9 },
        _ => throw new ArgumentException($"There is no command '{string.Join(' ', words)}'; see StepServer.cs."),
    };

    object Hello() => new
    {
        Program = $"MLDS {Provenance.Version}",
        Runtime = RuntimeInformation.FrameworkDescription,
        System = RuntimeInformation.OSDescription,
        Processor = Processor.Here.Name,
        ProcessorFolder = Processor.Here.Folder,
        KernelSet = KernelSet.Best,
        KernelSets = KernelSet.Available,
        Machine = _problem.Name,
        Network = _problem.Describe(),
        Adam = new { _problem.LearningRate, _problem.Adam.Beta1, _problem.Adam.Beta2, _problem.Adam.Epsilon },
        _problem.Network.PerformedMultiplyAdds,
    };

    /// <summary>weights.f32 (P, PyTorch's order, little-endian), and the examples in the order of the batches.</summary>
    object WriteData(int steps, string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, "weights.f32"), MemoryMarshal.AsBytes<float>(_weights));
        _problem.Write(steps, _order, folder);
        return new { Sequences = StepProblem.Count };
    }

    static object Losses(TrainingStep step, int count)
    {
        step.Reset();
        return new { Losses = Enumerable.Range(0, count).Select(_ => step.Take()).ToArray() };
    }

    static object Measure(TrainingStep step, double seconds)
    {
        var time = step.Time(seconds, WarmUp);
        return new
        {
            Steps = time.Each.Count,
            time.WallSeconds,
            time.CoreSeconds,
            WallMedian = time.Each.Order().ElementAt(time.Each.Count / 2),
            Loss = double.IsFinite(time.LastLoss) ? time.LastLoss : (double?)null,
        };
    }

    TrainingStep Step(string batch, string steps)
    {
        var key = (Batch: Integer(batch), Steps: Integer(steps));
        if (!_steps.TryGetValue(key, out var step))
        {
            _steps[key] = step = new TrainingStep(
                _problem.Network, _weights, _problem.Examples(key.Steps), _order, key.Batch, _problem.LearningRate, _problem.Adam);
        }

        return step;
    }

    static int Integer(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
