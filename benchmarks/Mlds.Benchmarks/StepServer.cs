using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Mlds.Kernels;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Random;
using Mlds.Kernels.Recurrent;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Benchmarks;

/// <summary>
/// <c>Mlds.Benchmarks step [CELL HIDDEN]</c>: measures training steps of the DS1 network, or of one like it, when told to, by one command
/// per line on standard input, and answers with one line of JSON on standard output. So the caller can let others have their turn in
/// between, and no start of a process is measured. Ends with its input.
/// </summary>
/// <remarks>
/// <c>hello</c>: what runs where; <c>data STEPS FOLDER</c>: writes weights and sequences for others; <c>losses BATCH STEPS N</c>: the
/// losses of the first N steps; <c>measure BATCH STEPS SECONDS</c>: times of steps; <c>peak</c>: the core's own peak.
/// </remarks>
sealed class StepServer : IDisposable
{
    /// <summary>Of populations/ds1.json: all lines and outputs in use.</summary>
    const string Machine = "EightBitMachine";
    const int Sequences = 8192;
    const uint Seed = 0;
    const int WarmUp = 5;

    static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    readonly Population _population = Population.Read(Path.Combine(AppContext.BaseDirectory, "populations", "ds1.json"));
    readonly Dictionary<int, SequenceData> _data = [];
    readonly Dictionary<(int Batch, int Steps), TrainingStep> _steps = [];
    readonly float[] _weights;
    readonly int[] _order = [.. Enumerable.Range(0, Sequences)];

    StepServer(RecurrentSpec network)
    {
        Network = network;
        _weights = InitialWeights.Draw(network.Layout, Seed);
        new PhiloxStream(Seed, RandomStream.Shuffles, 1).Shuffle(_order);
    }

    TrainingSpec Training => _population.TrainingSpec(Machine);

    public static void Run(params ReadOnlySpan<string> arguments)
    {
        var network = arguments is [var cell, var hidden]
            ? StepBenchmark.Like(RecurrentCells.All.Single(known => known.Name == cell), Integer(hidden))
            : RecurrentSpec.Ds1;
        using var server = new StepServer(network);
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

    RecurrentSpec Network { get; }

    AdamSettings Adam => (AdamSettings)Training.Optimizer;

    object Hello()
    {
        var network = Network;
        return new
        {
            Program = $"MLDS {Provenance.Version}",
            Runtime = RuntimeInformation.FrameworkDescription,
            System = RuntimeInformation.OSDescription,
            Processor = Processor.Here.Name,
            ProcessorFolder = Processor.Here.Folder,
            KernelSet = KernelSet.Best,
            KernelSets = KernelSet.Available,
            Machine,
            Network = new { Cell = network.Cell.Name, network.Inputs, network.Hidden, network.Layers, network.Linear },
            Adam = new { Training.LearningRate, Adam.Beta1, Adam.Beta2, Adam.Epsilon },
            PerformedMultiplyAdds = network.PerformedMultiplyAdds,
        };
    }

    /// <summary>
    /// weights.f32 (P, PyTorch's order), inputs-STEPS.u32 and targets-STEPS.u32 ([sequence][time], in the order of the batches),
    /// little-endian.
    /// </summary>
    object WriteData(int steps, string folder)
    {
        var set = Data(steps).Training;
        File.WriteAllBytes(Path.Combine(folder, "weights.f32"), MemoryMarshal.AsBytes<float>(_weights));
        File.WriteAllBytes(Path.Combine(folder, $"inputs-{steps}.u32"), InOrder(set.Inputs, steps));
        File.WriteAllBytes(Path.Combine(folder, $"targets-{steps}.u32"), InOrder(set.Targets, steps));
        return new { Sequences };
    }

    byte[] InOrder(uint[] words, int steps) =>
        [.. _order.SelectMany(row => MemoryMarshal.AsBytes<uint>(words.AsSpan(row * steps, steps)).ToArray())];

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
            var set = Data(key.Steps).Training;
            _steps[key] = step = new TrainingStep(
                Network.Shape, _weights, set.Inputs, set.Targets, _order, key.Batch, key.Steps, Training.LearningRate, Adam);
        }

        return step;
    }

    SequenceData Data(int steps)
    {
        if (!_data.TryGetValue(steps, out var data))
        {
            var spec =
                _population.DataSpec(Machine) with { Training = Sequences, Validation = 1, Length = steps, LongTest = 1, LongLength = 1 };
            _data[steps] = data = SequenceData.Generate(_population.Machine(Machine), spec);
        }

        return data;
    }

    static int Integer(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
