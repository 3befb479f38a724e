using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Tests.Views;

public sealed class ViewTests
{
    public static TheoryData<string> Names => [.. View.All.Select(view => view.Name)];

    static View Find(string name) => View.All.Single(view => view.Name == name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_view_has_a_row_a_network_finite_numbers_and_a_name_of_its_own_for_each_column(string name)
    {
        var features = Find(name).Build(TrainedDs1.Matrix);
        Assert.Equal(TrainedDs1.Matrix.Networks, features.Rows);
        Assert.Equal(features.Columns, features.ColumnNames.Distinct().Count());
        Assert.All(features.Values, value => Assert.True(double.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_view_gives_the_same_numbers_twice(string name) =>
        Assert.Equal(Find(name).Build(TrainedDs1.Matrix).Values, Find(name).Build(TrainedDs1.Matrix).Values);

    /// <summary>
    /// What docs/analysis/symmetry.md claims of a view: no permutation and no sign changes it. The aligned view may end in another local
    /// optimum, so it isn't in this list.
    /// </summary>
    [Theory]
    [InlineData("invariants", 1e-5)]
    [InlineData("behaviour", 1e-5)]
    public void A_view_of_the_function_is_the_same_behind_any_symmetry(string name, double tolerance)
    {
        var matrix = TrainedDs1.Matrix;
        var hidden = Hidden(matrix);
        var (expected, actual) = (Find(name).Build(matrix), Find(name).Build(hidden));
        for (var row = 0; row < matrix.Networks; row++) Near.All(expected.Row(row).ToArray(), actual.Row(row).ToArray(), tolerance);
    }

    [Fact]
    public void Spectra_of_gates_are_the_same_behind_any_symmetry()
    {
        var (expected, actual) = (View.Spectral.Build(TrainedDs1.Matrix), View.Spectral.Build(Hidden(TrainedDs1.Matrix)));
        Near.All(expected.Values, actual.Values, 1e-7);
    }

    [Fact]
    public void Aligned_networks_of_a_machine_lie_nearer_together_than_raw_ones()
    {
        var matrix = TrainedDs1.Matrix.Where(label => label.Machine.Name == "SingleDirectMachine");
        double Spread(FeatureMatrix features) => Enumerable.Range(1, features.Rows - 1)
            .Average(row => Mlds.Analysis.LinearAlgebra.Products.SquaredDistance(features.Row(0), features.Row(row)));
        var aligned = Spread(View.Aligned.Build(matrix));
        Assert.InRange(aligned, 0, 0.7 * Spread(View.Reduced.Build(matrix)));
        Assert.InRange(Spread(View.AlignedTo(matrix.Row(0).ToArray()).Build(matrix)), 0, 0.7 * Spread(View.Reduced.Build(matrix)));
    }

    [Fact]
    public void Spectral_numbers_are_numpys()
    {
        var layout = TrainedDs1.Matrix.Layout;
        var features = View.Spectral.Build(TrainedDs1.Matrix);
        var tensor = layout.WeightIh(0);
        var weights = TrainedDs1.Matrix.Row(3).Slice(tensor.Offset + (12 * 9), 12 * 9).ToArray().Select(w => (double)w).ToArray();
        var expected = Python.Run(
            """
            w = rows('w', 9)
            s = np.linalg.svd(w)[1]
            lam = np.linalg.eigvalsh(w.T @ w / 12).max()
            edge = np.mean(w ** 2) * (1 + np.sqrt(9 / 12)) ** 2
            out(norm=float(s[0]), stable=float((s ** 2).sum() / s[0] ** 2), soft=float(edge / lam))
            """, ("w", weights));
        double Column(string metric) => features.Row(3)[features.ColumnNames.ToList().IndexOf($"gru.weight_ih_l0.z.{metric}")];
        Assert.Equal(expected.Double("norm"), Column("spectral_norm"), 1e-6);
        Assert.Equal(expected.Double("stable"), Column("stable_rank"), 1e-6);
        Assert.Equal(expected.Double("soft"), Column("mp_soft_rank"), 1e-6);
    }

    [Fact]
    public void A_random_matrix_has_a_soft_rank_near_one_and_a_matrix_of_rank_one_a_stable_rank_of_one()
    {
        var random = new SeededRandom(5);
        float[] noise = [.. Enumerable.Range(0, 200 * 100).Select(_ => (float)random.NextNormal())];
        float[] one = [.. Enumerable.Range(0, 200 * 100).Select(i => (i / 100) + 1f)];
        var spectra = SpectralView.Build(
            new TensorMatrix([.. noise, .. one], 2, 20000, [new WeightTensor("w", TensorRole.Weight, "", 0, [200, 100], 0, 0, [])]));
        Assert.InRange(spectra.Row(0)[2], 0.95, 1.05);
        Assert.Equal(1, spectra.Row(1)[1], 1e-6);
    }

    [Fact]
    public void Probe_words_are_commands_and_behaviour_is_what_the_network_answers()
    {
        var words = BehaviourView.Probes(TrainedDs1.Matrix);
        Assert.All(words.Inputs, input => Assert.Equal(1, System.Numerics.BitOperations.PopCount(input >> 1)));
        var features = View.Behaviour.Build(TrainedDs1.Matrix);
        var inputs = Enumerable.Range(0, words.Length)
            .Select(t => Enumerable.Range(0, 9).Select(i => (double)((words.Inputs[t] >> i) & 1)).ToArray()).ToArray();
        Near.All(Networks.Forward(TrainedDs1.Matrix.Layout, TrainedDs1.Matrix.Row(2), inputs), features.Row(2)[..(16 * 8)].ToArray(), 1e-4);
        Assert.Equal(features.Values, View.BehaviourOn(words).Build(TrainedDs1.Matrix).Values);
    }

    static WeightMatrix Of(RecurrentSpec spec, params ReadOnlySpan<MachineDefinition> machines)
    {
        var names = machines.ToArray().Select((_, i) => $"M{i}Machine").ToArray();
        var known = machines.ToArray().Select((machine, i) => (names[i], new LearnedMachine(machine.Build(), LearnedDirect.Data)))
            .ToDictionary();
        var matrix = Networks.Population(spec, names, 2);
        float[] weights = [.. Enumerable.Range(0, matrix.Networks).SelectMany(row => matrix.Row(row).ToArray())];
        return new WeightMatrix("known", "matrix", weights, matrix.Layout, matrix.Labels) { Machines = known };
    }

    static AutomatonDefinition Automaton(int symbols) => new(symbols, 2, 0, [[.. Enumerable.Repeat(0, symbols)]], [1]);

    [Fact]
    public void Probes_are_the_commands_of_what_was_learned_and_without_that_what_they_always_were()
    {
        var register = BehaviourView.Probes(TrainedDs1.Matrix);
        var ds1 = Of(RecurrentSpec.Ds1, MachineCatalogue.Find("EightBitMachine")!, MachineCatalogue.Find("SimpleXORModified")!);
        Assert.Equal(register.Inputs, BehaviourView.Probes(ds1).Inputs);
        Assert.Equal(register.Symbols, BehaviourView.Probes(ds1).Symbols);

        var five = new RecurrentSpec(5, 4, 1, [2], Activation.None);
        var assumed = BehaviourView.Probes(Networks.Population(five, ["AMachine"], 1));
        Assert.Equal(assumed.Inputs, BehaviourView.Probes(Of(five, Automaton(5))).Inputs);

        // Nine inputs may belong to an automaton as well.
        var nine = BehaviourView.Probes(Of(new RecurrentSpec(9, 4, 1, [2], Activation.None), Automaton(9)));
        Assert.All(nine.Inputs, input => Assert.Equal(1, System.Numerics.BitOperations.PopCount(input)));
        Assert.Equal(9, nine.Inputs.Distinct().Count());
    }

    [Fact]
    public void Networks_of_machines_with_other_commands_are_all_asked_the_commands_of_all()
    {
        var mixed = BehaviourView.Probes(Of(RecurrentSpec.Ds1, MachineCatalogue.Find("EightBitMachine")!, Automaton(9)));
        var counts = mixed.Inputs.Select(System.Numerics.BitOperations.PopCount).ToArray();
        Assert.Contains(2, counts);
        Assert.Contains(0x100u, mixed.Inputs);
        Assert.Contains(1u, mixed.Inputs);
    }

    [Fact]
    public void Columns_of_the_reduced_view_have_the_names_they_always_had()
    {
        static string[] Of(RecurrentSpec spec) => [.. View.Reduced.Build(Networks.Population(spec, ["AMachine"], 1)).ColumnNames];
        string[] layer =
        [
            "l0.w_ir[0,0]", "l0.w_iz[0,0]", "l0.w_in[0,0]", "l0.w_hr[0,0]", "l0.w_hz[0,0]", "l0.w_hn[0,0]",
            "l0.b_r[0]", "l0.b_z[0]", "l0.b_in[0]", "l0.b_hn[0]",
        ];
        Assert.Equal([.. layer, "output[0,0]", "output_bias[0]"], Of(new RecurrentSpec(1, 1, 1, [1, 1], Activation.None)));
        Assert.Equal(
            [
                .. layer, "linear.0.weight[0,0]", "linear.0.weight[1,0]", "linear.0.bias[0]", "linear.0.bias[1]",
                "linear.1.weight[0,0]", "linear.1.weight[0,1]", "linear.1.bias[0]",
            ],
            Of(new RecurrentSpec(1, 1, 1, [2, 1], Activation.Tanh)));
        Assert.Equal(3644, Of(RecurrentSpec.Ds1).Length);
        Assert.Equal(
            ["l0.w_i[0,0]", "l0.w_h[0,0]", "l0.b[0]", "output[0,0]", "output_bias[0]"],
            Of(new RecurrentSpec(1, 1, 1, [1], Activation.None) { Cell = Cells.Named("elman") }));
    }

    /// <summary>Computed gate by gate, from weights that were read in another way.</summary>
    [Fact]
    public void The_reduced_view_of_a_gru_is_its_gates_summed_biases_and_one_linear_map()
    {
        var matrix = TrainedDs1.Matrix;
        var features = View.Reduced.Build(matrix);
        for (var row = 0; row < matrix.Networks; row++)
        {
            var gru = new GateWeights(matrix.Layout, matrix.Row(row));
            double[][] blocks =
            [
                .. Enumerable.Range(0, 4).SelectMany(layer =>
                    (double[][])[.. gru.Input[layer], .. gru.Recurrent[layer], .. gru.Bias[layer], gru.ApartBias[layer][0]]),
                gru.Output, gru.OutputBias,
            ];
            Assert.Equal(blocks.SelectMany(block => block).Select(number => (float)number), features.Row(row).ToArray());
        }
    }

    [Fact]
    public void A_view_that_does_not_apply_says_why()
    {
        var plain = new RecurrentSpec(3, 4, 1, [2], Activation.None) { Cell = Cells.Named("unsigned") };
        var (applying, leftOut) = View.For(plain, View.All);
        Assert.Equal(["raw", "reduced", "aligned", "statistics", "spectral", "behaviour"], applying.Select(view => view.Name));
        Assert.Equal("the view invariants", Assert.Single(leftOut).What);
        Assert.Contains("GRU, LSTM and Elman layers and for feed-forward networks only", leftOut[0].Why, StringComparison.Ordinal);
        Assert.Empty(View.For(RecurrentSpec.Ds1, View.All).LeftOut);
    }

    static WeightMatrix Hidden(WeightMatrix matrix)
    {
        var random = new SeededRandom(31);
        var rows = Enumerable.Range(0, matrix.Networks)
            .SelectMany(row => NetworkSymmetry.Random(matrix.Layout.Spec, random).Apply(matrix.Layout, matrix.Row(row)));
        return new WeightMatrix(matrix.Name, matrix.Source, [.. rows], matrix.Layout, matrix.Labels);
    }
}
