using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Views;

/// <summary>
/// The weight vector without its continuous symmetries: the two biases of r and of z summed; the linear layers multiplied into one map and bias
/// if nothing stands between them (with an activation between them they stay as they are).
/// </summary>
static class ReducedView
{
    static readonly string[] s_gates = ["r", "z", "n"];

    internal static FeatureMatrix Build(WeightMatrix matrix)
    {
        var names = Names(matrix.Layout);
        var values = new double[(long)matrix.Networks * names.Count];
        for (var row = 0; row < matrix.Networks; row++)
        {
            var written = Write(matrix.Layout, matrix.Row(row), values.AsSpan(row * names.Count, names.Count));
            if (written != names.Count) throw new InvalidOperationException($"The reduced view names {names.Count} columns, but wrote {written}.");
        }

        return new FeatureMatrix(values, matrix.Networks, names);
    }

    static int Write(WeightLayout layout, ReadOnlySpan<float> weights, Span<double> target)
    {
        var network = new GruWeights(layout, weights);
        var at = 0;
        void Put(Span<double> to, double[] values)
        {
            values.CopyTo(to[at..]);
            at += values.Length;
        }

        for (var layer = 0; layer < layout.Recurrent.Layers; layer++)
        {
            for (var gate = 0; gate < 3; gate++) Put(target, network.Input[layer][gate]);
            for (var gate = 0; gate < 3; gate++) Put(target, network.Recurrent[layer][gate]);
            for (var gate = 0; gate < 3; gate++) Put(target, network.Bias[layer][gate]);
            Put(target, network.RecurrentBiasN[layer]);
        }

        if (layout.Recurrent.Activation == Activation.None)
        {
            Put(target, network.Output);
            Put(target, network.OutputBias);
            return at;
        }

        for (var i = layout.LinearWeight(0).Offset; i < layout.Parameters; i++) target[at++] = weights[i];
        return at;
    }

    static List<string> Names(WeightLayout layout)
    {
        var spec = layout.Recurrent;
        var names = new List<string>();
        void Matrix(string name, int rows, int columns) =>
            names.AddRange(Enumerable.Range(0, rows * columns).Select(i => $"{name}[{i / columns},{i % columns}]"));
        void Vector(string name, int rows) => names.AddRange(Enumerable.Range(0, rows).Select(i => $"{name}[{i}]"));

        for (var layer = 0; layer < spec.Layers; layer++)
        {
            foreach (var gate in s_gates) Matrix($"l{layer}.w_i{gate}", spec.Hidden, layer == 0 ? spec.Inputs : spec.Hidden);
            foreach (var gate in s_gates) Matrix($"l{layer}.w_h{gate}", spec.Hidden, spec.Hidden);
            Vector($"l{layer}.b_r", spec.Hidden);
            Vector($"l{layer}.b_z", spec.Hidden);
            Vector($"l{layer}.b_in", spec.Hidden);
            Vector($"l{layer}.b_hn", spec.Hidden);
        }

        if (spec.Activation == Activation.None)
        {
            Matrix("output", spec.Outputs, spec.Hidden);
            Vector("output_bias", spec.Outputs);
            return names;
        }

        for (var layer = 0; layer < spec.Linear.Count; layer++)
        {
            Matrix($"linear.{layer}.weight", layout.LinearWeight(layer).Rows, layout.LinearWeight(layer).Columns);
            Vector($"linear.{layer}.bias", spec.Linear[layer]);
        }

        return names;
    }
}
