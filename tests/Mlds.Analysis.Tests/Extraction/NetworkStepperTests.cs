using Mlds.Analysis.Data;
using Mlds.Analysis.Extraction;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Analysis.Tests.Extraction;

public sealed class NetworkStepperTests
{
    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Tanh)]
    public void Step_by_step_it_reads_the_lines_that_the_kernels_compute(Activation activation)
    {
        var layout = new RecurrentSpec(9, 12, 3, [12, 8], activation).Layout;
        var words = SequenceData.Generate(MachineCatalogue.Build("EightBitMachine"), new DataSpec(5, 1, 40, 20, 1, 1, null)).Validation;
        for (ulong seed = 0; seed < 3; seed++)
        {
            var weights = Networks.Random(layout, new SeededRandom(seed));
            var outputs = Evaluation.Outputs(layout.Spec, weights, words);
            var network = new NetworkStepper(layout, weights);
            float[] before = new float[network.StateSize], after = new float[network.StateSize];
            for (var i = 0; i < words.Inputs.Length; i++)
            {
                if (i % words.Length == 0) Array.Clear(before);
                network.Step(before, words.Inputs[i], after);
                for (var k = 0; k < 8; k++)
                {
                    // On the edge, rounding may fall to either side.
                    var y = outputs[(i * 8) + k];
                    if (Math.Abs(y - 0.5f) > 1e-4) Assert.Equal(y >= 0.5f, (network.Read(after) >> k & 1) == 1);
                }

                (before, after) = (after, before);
            }
        }
    }
}
