using System.Text;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Tests;

/// <summary>What PyTorch computed in float64 for one small network (reference/write_golden.py has the layout of the file).</summary>
sealed record GoldenState(
    RecurrentShape Shape,
    int Batch,
    int Steps,
    uint[] Inputs,
    uint[] Targets,
    float[] Weights,
    double[] Outputs,
    double Loss,
    double[] Gradients,
    double[] LossesOfTenSteps,
    double[] WeightsAfterTenSteps)
{
    public static GoldenState Read(string name)
    {
        using var reader = new BinaryReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.golden")));
        Assert.Equal("MLDSGOLD", Encoding.ASCII.GetString(reader.ReadBytes(8)));
        int[] header = [.. Enumerable.Range(0, 8).Select(_ => reader.ReadInt32())];
        Assert.InRange(header[0], 1, 2);
        var cell = header[0] == 1 ? RecurrentCells.Gru : RecurrentCells.All[reader.ReadInt32()];
        int[] linear = [.. Enumerable.Range(0, header[4]).Select(_ => reader.ReadInt32())];
        var shape = new RecurrentShape(cell, header[1], header[2], header[3], linear, (Activation)header[5]);
        var (batch, steps) = (header[6], header[7]);
        uint[] Words(int count) => [.. Enumerable.Range(0, count).Select(_ => reader.ReadUInt32())];
        double[] Doubles(int count) => [.. Enumerable.Range(0, count).Select(_ => reader.ReadDouble())];
        var state = new GoldenState(
            shape,
            batch,
            steps,
            Words(batch * steps),
            Words(batch * steps),
            [.. Enumerable.Range(0, shape.Parameters).Select(_ => reader.ReadSingle())],
            Doubles(batch * steps * shape.Outputs),
            reader.ReadDouble(),
            Doubles(shape.Parameters),
            Doubles(10),
            Doubles(shape.Parameters));
        Assert.Equal(reader.BaseStream.Length, reader.BaseStream.Position);
        return state;
    }
}
