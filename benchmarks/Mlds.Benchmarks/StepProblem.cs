using System.Runtime.InteropServices;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Random;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Benchmarks;

/// <summary>A network and what it learns, while its steps are measured against PyTorch's.</summary>
abstract class StepProblem
{
    /// <summary>Examples.</summary>
    public const int Count = 8192;

    public abstract NetworkSpec Network { get; }

    /// <summary>What is learned.</summary>
    public abstract string Name { get; }

    public abstract double LearningRate { get; }

    public abstract AdamSettings Adam { get; }

    /// <summary>The network as pytorch_step.py takes it.</summary>
    public abstract object Describe();

    /// <summary><see cref="Count"/> examples.</summary>
    /// <param name="steps">Time steps of each.</param>
    public abstract Examples Examples(int steps);

    /// <summary>Writes them for others.</summary>
    /// <param name="order">Their numbers in the order of the batches.</param>
    public abstract void Write(int steps, int[] order, string folder);
}

/// <summary>Training sequences of a machine of DS1, with DS1's learning rate.</summary>
sealed class SequenceStepProblem(RecurrentSpec network) : StepProblem
{
    /// <summary>All lines and outputs are in use.</summary>
    const string Machine = "EightBitMachine";

    readonly Population _population = Population.Read(Path.Combine(AppContext.BaseDirectory, "populations", "ds1.json"));
    readonly Dictionary<int, Sequences> _data = [];

    public override NetworkSpec Network => network;

    public override string Name => Machine;

    public override double LearningRate => _population.TrainingSpec(Machine).LearningRate;

    public override AdamSettings Adam => (AdamSettings)_population.TrainingSpec(Machine).Optimizer;

    public override object Describe() =>
        new { Cell = network.Cell.Name, network.Inputs, network.Hidden, network.Layers, network.Linear };

    public override Sequences Examples(int steps)
    {
        if (!_data.TryGetValue(steps, out var data))
        {
            var spec = _population.DataSpec(Machine) with
            {
                Training = Count,
                Validation = 1,
                Length = steps,
                LongTest = 1,
                LongLength = 1,
            };
            _data[steps] = data = SequenceData.Generate(_population.Machine(Machine), spec).Training;
        }

        return data;
    }

    /// <summary>inputs-STEPS.u32 and targets-STEPS.u32, [sequence][time], little-endian.</summary>
    public override void Write(int steps, int[] order, string folder)
    {
        var set = Examples(steps);
        byte[] InOrder(uint[] words) =>
            [.. order.SelectMany(row => MemoryMarshal.AsBytes<uint>(words.AsSpan(row * steps, steps)).ToArray())];
        File.WriteAllBytes(Path.Combine(folder, $"inputs-{steps}.u32"), InOrder(set.Inputs));
        File.WriteAllBytes(Path.Combine(folder, $"targets-{steps}.u32"), InOrder(set.Targets));
    }
}

/// <summary>
/// LeNet-5 on images of the size of MNIST's, so that no files are needed: dim noise, half of it black, and a bright patch in one of ten
/// places, which is the class.
/// </summary>
sealed class ImageStepProblem : StepProblem
{
    const int Patch = 5;

    readonly Images _images = Draw();

    public override FeedForwardSpec Network => FeedForwardSpec.LeNet5;

    public override string Name => "patches";

    public override double LearningRate => 1e-3;

    public override AdamSettings Adam { get; } = new(0.9, 0.999, 1e-8);

    /// <summary>As recipes have it.</summary>
    public override object Describe() => Network.ToJson();

    public override Images Examples(int steps) => _images;

    /// <summary>pixels.u8 ([image][y][x]) and labels.u8.</summary>
    public override void Write(int steps, int[] order, string folder)
    {
        var length = _images.Size.Length;
        File.WriteAllBytes(
            Path.Combine(folder, "pixels.u8"), [.. order.SelectMany(row => _images.Pixels.AsSpan(row * length, length).ToArray())]);
        File.WriteAllBytes(Path.Combine(folder, "labels.u8"), [.. order.Select(row => _images.Labels[row])]);
    }

    static Images Draw()
    {
        var size = FeedForwardSpec.LeNet5.Image;
        var random = new PhiloxStream(1, RandomStream.TrainingSequences);
        var (pixels, labels) = (new byte[Count * size.Length], new byte[Count]);
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)Math.Max(0, (int)(random.NextUInt32() >> 24) - 128);
        for (var image = 0; image < Count; image++)
        {
            labels[image] = (byte)random.Below(10);
            var (top, left) = (5 + (labels[image] / 5 * 12), 1 + (labels[image] % 5 * Patch));
            for (var y = top; y < top + Patch; y++) pixels.AsSpan((image * size.Length) + (y * size.Width) + left, Patch).Fill(255);
        }

        return new Images(Count, size, pixels, labels);
    }
}
