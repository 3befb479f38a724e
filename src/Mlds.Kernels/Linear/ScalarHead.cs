using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Linear;

/// <summary>The linear layers in plain code, one lane and step at a time.</summary>
abstract class ScalarHead(RecurrentShape shape)
{
    protected RecurrentShape Shape { get; } = shape;

    protected float[] Weights { get; } = new float[shape.Parameters];

    public virtual void SetWeights(float[] weights) => weights.CopyTo(Weights, 0);

    public abstract void Forward(int lane, int t, ReadOnlySpan<float> hidden, Span<float> outputs);

    public abstract void Backward(int lane, int t, ReadOnlySpan<float> hidden, Span<float> delta, Span<float> above);

    public abstract void ClearSums();

    public abstract void Finish(Span<float> gradient);

    protected static void Add(float[] sums, int element, int lane, float delta, float input)
    {
        ref var sum = ref sums[(element * LaneCount.Virtual) + (lane % LaneCount.Virtual)];
        sum = Fma(delta, input, sum);
    }

    protected static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    protected static float Total(float[] sums, int element) => ScalarLanes.Sum(sums.AsSpan(element * LaneCount.Virtual));
}

/// <summary>What <see cref="CollapsedHead{TLanes, TVector}"/> computes: layers without activations as their product.</summary>
sealed class ScalarCollapsedHead(RecurrentShape shape) : ScalarHead(shape)
{
    readonly float[][] _suffix = new float[shape.Linear.Length][];
    readonly float[] _bias = new float[shape.Outputs];
    readonly float[] _weightSums = new float[shape.Outputs * shape.Hidden * LaneCount.Virtual];
    readonly float[] _biasSums = new float[shape.Outputs * LaneCount.Virtual];
    float[] _product = [];

    public override void SetWeights(float[] weights)
    {
        base.SetWeights(weights);
        var last = Shape.Linear.Length - 1;
        Weights.AsSpan(Shape.LinearBias(last), Shape.Outputs).CopyTo(_bias);
        var suffix = Weights.AsSpan(Shape.LinearWeight(last), Shape.Outputs * Shape.LinearInputs(last)).ToArray();
        for (var k = last - 1; k >= 0; k--)
        {
            _suffix[k] = suffix;
            var (rows, columns) = (Shape.Linear[k], Shape.LinearInputs(k));
            var below = new float[Shape.Outputs * columns];
            for (var o = 0; o < Shape.Outputs; o++)
            {
                for (var j = 0; j < rows; j++)
                {
                    var s = suffix[(o * rows) + j];
                    _bias[o] = Fma(s, Weights[Shape.LinearBias(k) + j], _bias[o]);
                    for (var i = 0; i < columns; i++)
                        below[(o * columns) + i] = Fma(s, Weights[Shape.LinearWeight(k) + (j * columns) + i], below[(o * columns) + i]);
                }
            }

            suffix = below;
        }

        _product = suffix;
    }

    public override void Forward(int lane, int t, ReadOnlySpan<float> hidden, Span<float> outputs)
    {
        for (var o = 0; o < outputs.Length; o++)
        {
            outputs[o] = _bias[o];
            for (var i = 0; i < hidden.Length; i++) outputs[o] = Fma(_product[(o * hidden.Length) + i], hidden[i], outputs[o]);
        }
    }

    public override void Backward(int lane, int t, ReadOnlySpan<float> hidden, Span<float> delta, Span<float> above)
    {
        for (var i = 0; i < above.Length; i++)
        {
            above[i] = 0f;
            for (var o = 0; o < delta.Length; o++) above[i] = Fma(_product[(o * above.Length) + i], delta[o], above[i]);
        }

        for (var o = 0; o < delta.Length; o++)
        {
            Add(_biasSums, o, lane, delta[o], 1f);
            for (var i = 0; i < hidden.Length; i++) Add(_weightSums, (o * hidden.Length) + i, lane, delta[o], hidden[i]);
        }
    }

    public override void ClearSums()
    {
        Array.Clear(_weightSums);
        Array.Clear(_biasSums);
    }

    public override void Finish(Span<float> gradient)
    {
        var outputs = Shape.Outputs;
        var error = new float[outputs * Shape.Hidden];
        for (var i = 0; i < error.Length; i++) error[i] = Total(_weightSums, i);
        var dBias = new float[outputs];
        for (var o = 0; o < outputs; o++) dBias[o] = Total(_biasSums, o);
        for (var k = 0; k < Shape.Linear.Length - 1; k++)
        {
            var (rows, columns) = (Shape.Linear[k], Shape.LinearInputs(k));
            var dWeight = gradient.Slice(Shape.LinearWeight(k), rows * columns);
            var dLayerBias = gradient.Slice(Shape.LinearBias(k), rows);
            dWeight.Clear();
            dLayerBias.Clear();
            var next = new float[outputs * rows];
            for (var o = 0; o < outputs; o++)
            {
                for (var j = 0; j < rows; j++)
                {
                    var s = _suffix[k][(o * rows) + j];
                    dLayerBias[j] = Fma(s, dBias[o], dLayerBias[j]);
                    ref var e = ref next[(o * rows) + j];
                    e = Fma(dBias[o], Weights[Shape.LinearBias(k) + j], 0f);
                    for (var i = 0; i < columns; i++)
                    {
                        e = Fma(error[(o * columns) + i], Weights[Shape.LinearWeight(k) + (j * columns) + i], e);
                        dWeight[(j * columns) + i] = Fma(s, error[(o * columns) + i], dWeight[(j * columns) + i]);
                    }
                }
            }

            error = next;
        }

        error.CopyTo(gradient[Shape.LinearWeight(Shape.Linear.Length - 1)..]);
        dBias.CopyTo(gradient[Shape.LinearBias(Shape.Linear.Length - 1)..]);
    }
}

/// <summary>What <see cref="LayeredHead{TLanes, TVector}"/> computes: layers with an activation between them.</summary>
sealed class ScalarLayeredHead(RecurrentShape shape, int steps) : ScalarHead(shape)
{
    readonly float[] _sums = new float[(shape.Parameters - shape.LinearWeight(0)) * LaneCount.Virtual];

    /// <summary>[lane][time] → outputs of each layer but the last.</summary>
    readonly float[][][] _outputs = [.. Enumerable.Range(0, LaneCount.Chunk * steps)
        .Select(_ => shape.Linear.Select(width => new float[width]).ToArray())];

    public override void Forward(int lane, int t, ReadOnlySpan<float> hidden, Span<float> outputs)
    {
        var input = hidden;
        for (var k = 0; k < Shape.Linear.Length; k++)
        {
            var isLast = k == Shape.Linear.Length - 1;
            var output = isLast ? outputs : _outputs[(lane * steps) + t][k];
            for (var j = 0; j < output.Length; j++)
            {
                var sum = Weights[Shape.LinearBias(k) + j];
                for (var i = 0; i < input.Length; i++) sum = Fma(Weights[Shape.LinearWeight(k) + (j * input.Length) + i], input[i], sum);
                output[j] = isLast ? sum : Shape.Activation == Activation.Relu ? (sum > 0f ? sum : 0f) : Activations.Tanh(sum);
            }

            input = output;
        }
    }

    public override void Backward(int lane, int t, ReadOnlySpan<float> hidden, Span<float> delta, Span<float> above)
    {
        ReadOnlySpan<float> from = delta;
        for (var k = Shape.Linear.Length - 1; k >= 0; k--)
        {
            var input = k == 0 ? hidden : _outputs[(lane * steps) + t][k - 1];
            var below = k == 0 ? above : new float[input.Length];
            for (var i = 0; i < input.Length; i++)
            {
                below[i] = 0f;
                for (var j = 0; j < from.Length; j++)
                    below[i] = Fma(Weights[Shape.LinearWeight(k) + (j * input.Length) + i], from[j], below[i]);
            }

            var origin = Shape.LinearWeight(0);
            for (var j = 0; j < from.Length; j++)
            {
                Add(_sums, Shape.LinearBias(k) - origin + j, lane, from[j], 1f);
                for (var i = 0; i < input.Length; i++)
                    Add(_sums, Shape.LinearWeight(k) - origin + (j * input.Length) + i, lane, from[j], input[i]);
            }

            for (var i = 0; i < input.Length && k > 0; i++)
                below[i] = Shape.Activation == Activation.Relu ? (input[i] > 0f ? below[i] : 0f) : below[i] * (1f - (input[i] * input[i]));
            from = below;
        }
    }

    public override void ClearSums() => Array.Clear(_sums);

    public override void Finish(Span<float> gradient)
    {
        for (var i = Shape.LinearWeight(0); i < Shape.Parameters; i++) gradient[i] = Total(_sums, i - Shape.LinearWeight(0));
    }
}
