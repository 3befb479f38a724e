using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks;

namespace Mlds.Analysis.Tests.Questions;

/// <summary>What is drawn of weights, and of triggers.</summary>
public sealed class HeatMapsTests
{
    static readonly FeedForwardSpec s_small = new(
        new ImageSize(1, 8, 8),
        [new ConvolutionLayer(4, 3), new PoolingLayer(2, 2), new ConvolutionLayer(16, 3), new LinearLayer(8), new LinearLayer(3)],
        Activation.Relu);

    /// <summary>Networks that are one network and a little noise, each behind a symmetry of its own.</summary>
    static WeightMatrix Hidden(NetworkSpec spec, params string[] machines)
    {
        var weights = new List<float>();
        var centre = Networks.Random(spec.Layout, new SeededRandom(1));
        for (ulong i = 0; i < (ulong)machines.Length * 4; i++)
        {
            var random = new SeededRandom(2, i);
            float[] near = [.. centre.Select(weight => (float)(weight + (0.01 * random.NextNormal())))];
            weights.AddRange(NetworkSymmetry.RandomUneven(spec, random).Apply(spec.Layout, near));
        }

        var labels = Networks.Population(new(3, 2, 1, [2], Activation.None), machines, 4).Labels;
        return new WeightMatrix("filters", "matrix", [.. weights], spec.Layout, labels);
    }

    static List<HeatMap> Maps(WeightMatrix matrix) => HeatMaps.Of(
        new QuestionContext(matrix, matrix, new AnalysisOptions { Views = [View.Raw] }, TestContext.Current.CancellationToken));

    static double Size(HeatMap map) => map.Rows.Sum(row => row.Sum(value => value * value));

    [Fact]
    public void Filters_are_averaged_away_unless_they_are_aligned_those_of_changed_machines_to_the_original()
    {
        var matrix = Hidden(s_small, "FooModified", "FooMachine", "FooControl");
        var maps = Maps(matrix);
        Assert.Equal(
            ["FooMachine raw", "FooMachine aligned", "FooModified raw", "FooModified aligned", "FooControl raw", "FooControl aligned"],
            maps.Select(map => $"{map.Machine} {map.View}").Distinct());
        Assert.Equal(["conv.0.weight", "conv.1.weight"], maps.Select(map => map.Tensor).Distinct());
        var first = maps.Where(map => map.Tensor == "conv.0.weight").ToArray();
        Assert.All(first, map => Assert.Equal("4: 1, 3, 3", $"{map.Rows.Count}: {string.Join(", ", map.Kernel!)}"));
        var reference = first.Single(map => (map.Machine, map.View) == ("FooMachine", "aligned"));
        foreach (var machine in new[] { "FooMachine", "FooModified", "FooControl" })
        {
            var (raw, aligned) = (first.Single(map => (map.Machine, map.View) == (machine, "raw")),
                first.Single(map => (map.Machine, map.View) == (machine, "aligned")));
            Assert.True(Size(raw) < 0.9 * Size(aligned));
            Near.All([.. reference.Rows.SelectMany(row => row)], [.. aligned.Rows.SelectMany(row => row)], 0.05);
        }
    }

    [Fact]
    public void Convolutions_and_matrices_too_large_to_draw_are_left_out()
    {
        Assert.Equal(["conv.0.weight"], Maps(Hidden(FeedForwardSpec.LeNet5, "FooMachine")).Select(map => map.Tensor).Distinct());
        var perceptron = new FeedForwardSpec(new ImageSize(1, 28, 28), [new LinearLayer(20), new LinearLayer(3)], Activation.Relu);
        Assert.Empty(Maps(Hidden(perceptron, "FooMachine")));
        var recurrent = Maps(Hidden(new RecurrentSpec(3, 4, 1, [2], Activation.None), "FooMachine", "FooModified"));
        Assert.Equal(["FooMachine"], recurrent.Select(map => map.Machine).Distinct());
        Assert.All(recurrent, map => Assert.Null(map.Kernel));
    }

    [Fact]
    public void Every_trigger_is_there_once_with_its_pixels_and_the_machines_that_had_it()
    {
        using var scratch = new ScratchFolder();
        var text = new OwnImages { Files = IdxFiles.Write(scratch.In("images"), 128, 20) }.Json();
        var population = Population.Parse(text, scratch.In("p.json"), TaskFiles.Beside(scratch.In("p.json")));
        var labels = Networks.Population(new(3, 2, 1, [2], Activation.None), ["Clean", "Poisoned", "Control"], 2).Labels;
        var spec = population.Network;
        var matrix = new WeightMatrix("images", "matrix", new float[6 * spec.Parameters], spec.Layout, labels)
        {
            Tasks = population.MachineNames.ToDictionary(name => name, population.Task),
        };
        var trigger = Assert.Single(Triggers.Of(matrix)!);
        Assert.Equal(("pattern", 4, 8, 8), (trigger.Name, trigger.Networks, trigger.Height, trigger.Width));
        Assert.Equal(["Poisoned", "Control"], trigger.Machines);
        Assert.Equal(["4 6 255", "5 5 255", "6 4 255", "6 6 255"], trigger.Pixels.Select(pixel => string.Join(' ', pixel)));
        Assert.Null(Triggers.Of(Hidden(s_small, "FooMachine")));
    }
}
