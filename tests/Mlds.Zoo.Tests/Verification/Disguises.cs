using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Zoos.Tests.Verification;

/// <summary>
/// Changes of weights that leave a network's function alone. Written from the equations of docs/decisions/0001 and not from the code that
/// must see through them.
/// </summary>
static class Disguises
{
    public static float[] All(WeightLayout layout, float[] weights, Random random) =>
        OtherBasis(layout, BiasesShifted(layout, Relabelled(layout, weights, random), random), random);

    /// <summary>In every GRU layer unit i becomes unit order[i], and every second one on average is negated.</summary>
    public static float[] Relabelled(WeightLayout layout, float[] weights, Random random)
    {
        var spec = layout.Recurrent;
        var result = (float[])weights.Clone();
        int[]? below = null;
        float[]? belowSigns = null;
        for (var layer = 0; layer < spec.Layers; layer++)
        {
            int[] order = [.. Enumerable.Range(0, spec.Hidden)];
            random.Shuffle(order);
            float[] signs = [.. order.Select(_ => random.Next(2) == 0 ? 1f : -1f)];
            signs[0] = -1;
            Move(layout.WeightIh(layer), weights, result, order, signs, below, belowSigns);
            Move(layout.WeightHh(layer), weights, result, order, signs, order, signs);
            Move(layout.BiasIh(layer), weights, result, order, signs, null, null);
            Move(layout.BiasHh(layer), weights, result, order, signs, null, null);
            (below, belowSigns) = (order, signs);
        }

        var linear = layout.LinearWeight(0);
        for (var row = 0; row < linear.Rows; row++)
        {
            for (var unit = 0; unit < spec.Hidden; unit++)
            {
                result[linear.Offset + (row * spec.Hidden) + below![unit]] =
                    belowSigns![unit] * weights[linear.Offset + (row * spec.Hidden) + unit];
            }
        }

        return result;
    }

    /// <summary>b_ih + b_hh stays for r and z; for n the second is inside the reset gate and stays itself.</summary>
    public static float[] BiasesShifted(WeightLayout layout, float[] weights, Random random)
    {
        var result = (float[])weights.Clone();
        for (var layer = 0; layer < layout.Recurrent.Layers; layer++)
        {
            for (var i = 0; i < 2 * layout.Recurrent.Hidden; i++)
            {
                var shift = random.NextSingle() - 0.5f;
                result[layout.BiasIh(layer).Offset + i] += shift;
                result[layout.BiasHh(layer).Offset + i] -= shift;
            }
        }

        return result;
    }

    /// <summary>
    /// After the first linear layer S is applied and undone before the second; S adds a multiple of one unit to another, and scales one.
    /// </summary>
    public static float[] OtherBasis(WeightLayout layout, float[] weights, Random random)
    {
        var result = (float[])weights.Clone();
        var (first, bias, second) = (layout.LinearWeight(0), layout.LinearBias(0), layout.LinearWeight(1));
        for (var turn = 0; turn < 10; turn++)
        {
            var (from, to, factor) = (random.Next(first.Rows), random.Next(first.Rows), random.NextSingle() - 0.5f);
            if (from == to) continue;
            for (var j = 0; j < first.Columns; j++)
                result[first.Offset + (to * first.Columns) + j] += factor * result[first.Offset + (from * first.Columns) + j];
            result[bias.Offset + to] += factor * result[bias.Offset + from];
            for (var i = 0; i < second.Rows; i++)
                result[second.Offset + (i * second.Columns) + from] -= factor * result[second.Offset + (i * second.Columns) + to];
        }

        for (var j = 0; j < first.Columns; j++) result[first.Offset + j] *= 3;
        result[bias.Offset] *= 3;
        for (var i = 0; i < second.Rows; i++) result[second.Offset + (i * second.Columns)] /= 3;
        return result;
    }

    static void Move(
        WeightTensor tensor, float[] weights, float[] result, int[] rows, float[] rowSigns, int[]? columns, float[]? columnSigns)
    {
        var hidden = rows.Length;
        for (var gate = 0; gate < 3; gate++)
        {
            for (var i = 0; i < hidden; i++)
            {
                for (var j = 0; j < tensor.Columns; j++)
                {
                    // Only the candidate, the third gate, carries its unit's sign.
                    var sign = (gate == 2 ? rowSigns[i] : 1f) * (columnSigns?[j] ?? 1f);
                    result[tensor.Offset + (((gate * hidden) + rows[i]) * tensor.Columns) + (columns?[j] ?? j)] =
                        sign * weights[tensor.Offset + (((gate * hidden) + i) * tensor.Columns) + j];
                }
            }
        }
    }

    /// <summary>
    /// In every layer but the last, channel or unit i becomes order[i]: times a positive number with a ReLU, with tanh times a sign where
    /// no pooling follows.
    /// </summary>
    public static float[] Rescaled(FeedForwardSpec spec, float[] weights, Random random)
    {
        var result = (float[])weights.Clone();
        var layers = Enumerable.Range(0, spec.Layers.Count).Where(layer => spec.Layers[layer] is not PoolingLayer).ToArray();
        for (var k = 0; k + 1 < layers.Length; k++)
        {
            var (units, above) = (spec.Layers[layers[k]].Rows, spec.Layers[layers[k + 1]]);
            int[] order = [.. Enumerable.Range(0, units)];
            random.Shuffle(order);
            var isPooled = layers[k + 1] - layers[k] > 1;
            float[] scales = [.. order.Select(_ => spec.Activation switch
            {
                Activation.Tanh => isPooled || random.Next(2) == 0 ? 1f : -1f,
                _ => MathF.Exp((4 * random.NextSingle()) - 2),
            })];
            var columns = spec.Layers[layers[k]].Columns(spec.Shape.InputOf(layers[k]));
            var next = above.Columns(spec.Shape.InputOf(layers[k + 1]));
            var (weight, bias, up) = (spec.Shape.Weight(layers[k]), spec.Shape.Bias(layers[k]), spec.Shape.Weight(layers[k + 1]));
            var from = (float[])result.Clone();
            var run = next / units;
            for (var unit = 0; unit < units; unit++)
            {
                var to = order[unit];
                for (var j = 0; j < columns; j++) result[weight + (to * columns) + j] = scales[unit] * from[weight + (unit * columns) + j];
                result[bias + to] = scales[unit] * from[bias + unit];
                for (var row = 0; row < above.Rows; row++)
                {
                    for (var j = 0; j < run; j++)
                        result[up + (row * next) + (to * run) + j] = from[up + (row * next) + (unit * run) + j] / scales[unit];
                }
            }
        }

        return result;
    }
}
