using Mlds.Networks;

namespace Mlds.Benchmarks;

/// <summary>What is trained at one point of a sweep.</summary>
/// <param name="Network">Its shape.</param>
/// <param name="Batch">Sequences per step.</param>
/// <param name="Steps">Commands per sequence.</param>
sealed record ShapePoint(RecurrentSpec Network, int Batch, int Steps)
{
    /// <summary>Multiply-adds that one training step really does for sequences of the batch; empty lanes don't count.</summary>
    public double MultiplyAdds => (double)Network.PerformedMultiplyAdds * Batch * Steps;
}

/// <summary>
/// One size of the DS1 shape (four GRU layers of 12, 9 inputs, 8 outputs, batch 128 × 16 commands) varied, the others left alone.
/// </summary>
/// <param name="Name">What is varied.</param>
/// <param name="Axis">The same with its unit of measure, for the figure.</param>
/// <param name="Sizes">Ascending.</param>
/// <param name="At">The point for a size.</param>
sealed record ShapeSweep(string Name, string Axis, int[] Sizes, Func<int, ShapePoint> At)
{
    static readonly ShapePoint s_ds1 = new(RecurrentSpec.Ds1, 128, 16);

    public static IReadOnlyList<ShapeSweep> All { get; } =
    [
        new("hidden", "units of a GRU layer", [.. Enumerable.Range(4, 29), .. Enumerable.Range(9, 24).Select(i => 4 * i)],
            size => s_ds1 with { Network = RecurrentSpec.Ds1 with { Hidden = size, Linear = [size, size, size, size, 8] } }),
        new("layers", "GRU layers", [.. Enumerable.Range(1, 8)], size => s_ds1 with { Network = RecurrentSpec.Ds1 with { Layers = size } }),
        new("batch", "sequences a step",
            [
                .. Enumerable.Range(1, 10), 12, 13, 14, 15, 16, 17, 18, 20, 24, 28, 30, 31, 32, 33, 34,
                40, 48, 56, 63, 64, 65, 80, 96, 97, 100, 112, 127, 128, 129, 160, 192, 256, 257, 320, 384, 512],
            size => s_ds1 with { Batch = size }),
        new("length", "commands a sequence",
            [.. Enumerable.Range(1, 20), 24, 28, 31, 32, 33, 40, 48, 56, 63, 64, 65, 80, 96, 112, 127, 128],
            size => s_ds1 with { Steps = size }),
        new(
            "inputs", "network inputs",
            [.. Enumerable.Range(1, 32)], size => s_ds1 with { Network = RecurrentSpec.Ds1 with { Inputs = size } }),
        new(
            "outputs", "network outputs",
            [.. Enumerable.Range(1, 32)], size => s_ds1 with { Network = RecurrentSpec.Ds1 with { Linear = [12, 12, 12, 12, size] } }),
    ];
}
