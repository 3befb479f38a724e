using Mlds.Analysis.Data;
using Mlds.Analysis.Extraction;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Analysis.Tests.Extraction;

public sealed class NetworkStepperTests
{
    static readonly SequenceSet s_words =
        SequenceData.Generate(MachineCatalogue.Build("EightBitMachine"), new DataSpec(5, 1, 40, 20, 1, 1, null)).Validation;

    public static TheoryData<string> CellNames => [.. Cells.All.Select(cell => cell.Name)];

    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    public void Step_by_step_it_reads_the_lines_that_the_kernels_compute(Activation activation)
    {
        foreach (var cell in Cells.All)
        {
            var layout = (new RecurrentSpec(9, 12, 3, [12, 8], activation) { Cell = cell }).Layout;
            var weights = Networks.Random(layout, new SeededRandom(3));
            var network = new NetworkStepper(layout, weights);
            var outputs = Evaluation.Outputs(layout.Spec, weights, s_words);
            Each(network, (i, state) =>
            {
                for (var k = 0; k < 8; k++)
                {
                    // On the edge, rounding may fall to either side.
                    var y = outputs[(i * 8) + k];
                    if (Math.Abs(y - 0.5f) > 1e-4) Assert.Equal(y >= 0.5f, (network.Read(state) >> k & 1) == 1);
                }
            });
        }
    }

    /// <summary>With a head that only hands on, the outputs are the last layer's h.</summary>
    [Theory]
    [MemberData(nameof(CellNames))]
    public void Its_states_are_the_kernels_to_the_bit(string cell)
    {
        var spec = new RecurrentSpec(9, 12, 3, [12], Activation.None) { Cell = Cells.Named(cell) };
        var weights = Networks.Random(spec.Layout, new SeededRandom(4));
        var head = spec.Layout.LinearWeight(0);
        Array.Clear(weights, head.Offset, weights.Length - head.Offset);
        for (var i = 0; i < spec.Hidden; i++) weights[head.Offset + (13 * i)] = 1;
        var outputs = Evaluation.Outputs(spec, weights, s_words);
        var network = new NetworkStepper(spec.Layout, weights);
        var last = 2 * network.StateSize / 3;
        Each(network, (i, state) => Assert.Equal(outputs[(i * 12)..((i + 1) * 12)], state[last..(last + 12)]));
    }

    static void Each(NetworkStepper network, Action<int, float[]> check)
    {
        float[] before = new float[network.StateSize], after = new float[network.StateSize];
        for (var i = 0; i < s_words.Inputs.Length; i++)
        {
            if (i % s_words.Length == 0) Array.Clear(before);
            network.Step(before, s_words.Inputs[i], after);
            check(i, after);
            (before, after) = (after, before);
        }
    }
}
