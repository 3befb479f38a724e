using Mlds.Analysis.Data;
using Mlds.Analysis.Symmetry;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Analysis.Tests;

/// <summary>Networks made for the tests, and what the equations alone say of them.</summary>
static class Networks
{
    /// <summary>Weights drawn as PyTorch draws them, but wider, so that gates and candidates are far from linear.</summary>
    internal static float[] Random(WeightLayout layout, SeededRandom random, double width = 0.8) =>
        [.. Enumerable.Range(0, layout.Parameters).Select(_ => (float)((random.NextDouble() - 0.5) * 2 * width))];

    /// <summary>
    /// A population of <paramref name="machines"/> with <paramref name="seeds"/> networks each. Every machine has its own centre; a
    /// network is its machine's centre and noise, hidden behind a random symmetry and a random basis between linear layers, as training
    /// from random weights hides it. A change of a machine shifts the centre by <paramref name="shift"/> along one direction that all
    /// machines share.
    /// </summary>
    internal static WeightMatrix Population(
        RecurrentSpec spec, IReadOnlyList<string> machines, int seeds, double noise = 0.1, double shift = 0.15,
        bool hidden = true, ulong seed = 7)
    {
        var layout = spec.Layout;
        var common = Random(layout, new SeededRandom(seed, 999));
        var control = Random(layout, new SeededRandom(seed, 998));
        var weights = new List<float>();
        var labels = new List<NetworkLabel>();
        foreach (var machine in machines.Select(Named))
        {
            var centre = Random(layout, new SeededRandom(seed, SeededRandom.Stream(machine.Family)));
            var direction = machine.Variant switch { Variant.Modified => common, Variant.Control => control, _ => null };
            for (uint i = 0; i < seeds; i++)
            {
                var random = new SeededRandom(seed, SeededRandom.Stream(machine.Name, (int)i));
                var network = centre.Select(
                    (w, p) => (float)(w + (noise * random.NextNormal()) + (direction is null ? 0 : shift * direction[p]))).ToArray();
                if (hidden) network = OtherBasis(layout, NetworkSymmetry.Random(spec, random).Apply(layout, network), random);
                weights.AddRange(network);
                labels.Add(Label(machine, i, random, network));
            }
        }

        return new WeightMatrix("synthetic", "matrix", [.. weights], layout, labels);
    }

    /// <summary>The label of a machine of a population that declares no factors.</summary>
    internal static MachineLabel Named(string name) => MachineLabel.Of(name, PopulationFactors.OfNames);

    static NetworkLabel Label(MachineLabel machine, uint seed, SeededRandom random, float[] weights)
    {
        var epochs = 3 + random.Next(10);
        var history = Enumerable.Range(1, epochs).Select(e => new EpochRecord(e, 0.1f / e, 0.09f / e, 0.01f)).ToArray();
        return new NetworkLabel(
            SeededRandom.Stream(machine.Name, (int)seed).ToString("x16", null), machine, seed, Outcome.Converged,
            epochs, 1e-4 * random.NextDouble(), 0.1 / epochs, 2e-4, WeightsHash.Of(weights), history);
    }

    /// <summary>
    /// The same function with another split of the merged biases and, where nothing stands between the linear layers, other bases there:
    /// orthogonal ones, so that float32 stays accurate.
    /// </summary>
    internal static float[] OtherBasis(WeightLayout layout, float[] weights, SeededRandom random)
    {
        var spec = layout.Recurrent;
        var result = (float[])weights.Clone();
        for (var layer = 0; layer < spec.Layers; layer++)
        {
            for (var i = 0; i < spec.Shape.JointRows; i++)
            {
                var moved = (float)(random.NextDouble() - 0.5);
                result[layout.BiasIh(layer).Offset + i] += moved;
                result[layout.BiasHh(layer).Offset + i] -= moved;
            }
        }

        if (spec.Activation != Activation.None) return result;
        for (var layer = 0; layer + 1 < spec.Linear.Count; layer++) Rotate(layout, layer, result, random);
        return result;
    }

    /// <summary>One Givens rotation after another between two linear layers: rows of the lower, columns of the upper.</summary>
    static void Rotate(WeightLayout layout, int layer, float[] weights, SeededRandom random)
    {
        var width = layout.Recurrent.Linear[layer];
        var lower = layout.LinearWeight(layer);
        var upper = layout.LinearWeight(layer + 1);
        for (var p = 0; p < width; p++)
        {
            for (var q = p + 1; q < width; q++)
            {
                var angle = 2 * Math.PI * random.NextDouble();
                for (var j = 0; j < lower.Columns; j++)
                    Turn(weights, lower.Offset + (p * lower.Columns) + j, lower.Offset + (q * lower.Columns) + j, angle);
                Turn(weights, layout.LinearBias(layer).Offset + p, layout.LinearBias(layer).Offset + q, angle);
                for (var i = 0; i < upper.Rows; i++)
                    Turn(weights, upper.Offset + (i * width) + p, upper.Offset + (i * width) + q, angle);
            }
        }
    }

    static void Turn(float[] weights, int a, int b, double angle)
    {
        double x = weights[a], y = weights[b];
        weights[a] = (float)((Math.Cos(angle) * x) - (Math.Sin(angle) * y));
        weights[b] = (float)((Math.Sin(angle) * x) + (Math.Cos(angle) * y));
    }

    /// <summary>
    /// The network's outputs, T × O; inputs are T × I. In double precision straight from PyTorch's equations: a second implementation on
    /// purpose, which shares no code with what it judges. For a cell that it doesn't know, with the cell's own equations in float32 between
    /// sums in double precision.
    /// </summary>
    internal static double[] Forward(WeightLayout layout, ReadOnlySpan<float> weights, double[][] inputs)
    {
        var spec = layout.Recurrent;
        var w = weights.ToArray();
        var states = Enumerable.Range(0, spec.Layers).Select(_ => new double[(1 + spec.Cell.Memory) * spec.Hidden]).ToArray();
        var outputs = new List<double>();
        foreach (var input in inputs)
        {
            var x = input;
            for (var layer = 0; layer < spec.Layers; layer++)
            {
                states[layer] = spec.Cell.Name switch
                {
                    "gru" => Gru(layout, w, layer, x, states[layer]),
                    "lstm" => Lstm(layout, w, layer, x, states[layer]),
                    "elman" => Elman(layout, w, layer, x, states[layer]),
                    _ => Any(layout, w, layer, x, states[layer]),
                };
                x = states[layer][..spec.Hidden];
            }

            for (var layer = 0; layer < spec.Linear.Count; layer++)
            {
                var below = x;
                var last = layer == spec.Linear.Count - 1;
                x = [.. Enumerable.Range(0, spec.Linear[layer]).Select(i =>
                {
                    var y = Sum(w, layout.LinearWeight(layer), layout.LinearBias(layer), i, below);
                    return last ? y : spec.Activation switch { Activation.Relu => Math.Max(0, y), Activation.Tanh => Math.Tanh(y), _ => y };
                })];
            }

            outputs.AddRange(x);
        }

        return [.. outputs];
    }

    /// <summary>How far outputs may be apart: farther for cells that are computed in float32, as recurrences amplify rounding.</summary>
    internal static double Tolerance(RecurrentSpec spec, double inDouble) => RecurrentCells.All.Contains(spec.Cell) ? inDouble : 1e-3;

    static double Sum(float[] w, WeightTensor matrix, WeightTensor bias, int row, double[] x) =>
        x.Select((value, j) => w[matrix.Offset + (row * matrix.Columns) + j] * value).Sum() + w[bias.Offset + row];

    static double[] Gru(WeightLayout layout, float[] w, int layer, double[] x, double[] h)
    {
        double FromInput(int row) => Sum(w, layout.WeightIh(layer), layout.BiasIh(layer), row, x);
        double FromState(int row) => Sum(w, layout.WeightHh(layer), layout.BiasHh(layer), row, h);
        return [.. Enumerable.Range(0, h.Length).Select(i =>
        {
            var r = Sigmoid(FromInput(i) + FromState(i));
            var z = Sigmoid(FromInput(h.Length + i) + FromState(h.Length + i));
            var n = Math.Tanh(FromInput((2 * h.Length) + i) + (r * FromState((2 * h.Length) + i)));
            return ((1 - z) * n) + (z * h[i]);
        })];
    }

    static double[] Lstm(WeightLayout layout, float[] w, int layer, double[] x, double[] state)
    {
        var units = state.Length / 2;
        var (h, c) = (state[..units], state[units..]);
        double Gate(int gate, int i) =>
            Sum(w, layout.WeightIh(layer), layout.BiasIh(layer), (gate * units) + i, x)
            + Sum(w, layout.WeightHh(layer), layout.BiasHh(layer), (gate * units) + i, h);
        double[] next =
            [.. c.Select((value, i) => (Sigmoid(Gate(1, i)) * value) + (Sigmoid(Gate(0, i)) * Math.Tanh(Gate(2, i))))];
        return [.. next.Select((value, i) => Sigmoid(Gate(3, i)) * Math.Tanh(value)), .. next];
    }

    static double[] Elman(WeightLayout layout, float[] w, int layer, double[] x, double[] h) =>
        [.. Enumerable.Range(0, h.Length).Select(i => Math.Tanh(
            Sum(w, layout.WeightIh(layer), layout.BiasIh(layer), i, x) + Sum(w, layout.WeightHh(layer), layout.BiasHh(layer), i, h)))];

    static double[] Any(WeightLayout layout, float[] w, int layer, double[] x, double[] state)
    {
        var spec = layout.Recurrent;
        var (hidden, joint) = (state[..spec.Hidden], spec.Shape.JointRows);
        double FromInput(int row) => Sum(w, layout.WeightIh(layer), layout.BiasIh(layer), row, x);
        double FromState(int row) => Sum(w, layout.WeightHh(layer), layout.BiasHh(layer), row, hidden);
        var rows = Enumerable.Range(0, spec.Shape.GateRows).ToArray();
        float[] sums =
        [
            .. rows.Select(row => (float)(FromInput(row) + (row < joint ? FromState(row) : 0))),
            .. rows[joint..].Select(row => (float)FromState(row)),
        ];
        Array.Resize(ref sums, spec.Cell.Numbers * spec.Hidden);
        var after = new float[state.Length];
        spec.Cell.Forward(sums, Array.ConvertAll(state, value => (float)value), after);
        return Array.ConvertAll(after, value => (double)value);
    }

    internal static double[][] RandomInputs(int steps, int lines, SeededRandom random) =>
        [.. Enumerable.Range(0, steps).Select(_ => Enumerable.Range(0, lines).Select(_ => (double)random.Next(2)).ToArray())];

    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
