using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels;

/// <summary>
/// The network in plain code: one number at a time, in the order that arithmetic v1 states (docs/decisions/0001). What every other kernel
/// set must equal bit for bit, and what runs where there are no vectors at all.
/// </summary>
sealed class ScalarNetwork : NetworkKernels
{
    readonly float[] _weights;
    readonly float[] _sums;

    /// <summary>[lane][layer][time][4H]: r, z, n, hn; in backward their gradients.</summary>
    readonly float[] _gates;

    /// <summary>[lane][layer][time + 1][H]; h before the first step is 0.</summary>
    readonly float[] _hidden;

    /// <summary>[lane][time][H]: gradient of a layer's h from above.</summary>
    readonly float[] _above;

    /// <summary>[lane][time][O]: outputs, then their gradients.</summary>
    readonly float[] _outputs;

    /// <summary>[lane][time]: the chunk's input words and target words.</summary>
    readonly uint[] _inputWords;
    readonly uint[] _targetWords;
    readonly bool[] _used = new bool[LaneCount.Chunk];
    readonly ScalarHead _head;

    public ScalarNetwork(NetworkShape shape, int steps)
        : base(shape, steps)
    {
        _weights = new float[shape.Parameters];
        _sums = new float[shape.LinearWeight(0) * LaneCount.Virtual];
        _gates = new float[(long)LaneCount.Chunk * shape.Layers * steps * 4 * shape.Hidden];
        _hidden = new float[(long)LaneCount.Chunk * shape.Layers * (steps + 1) * shape.Hidden];
        _above = new float[LaneCount.Chunk * steps * shape.Hidden];
        _outputs = new float[LaneCount.Chunk * steps * shape.Outputs];
        _inputWords = new uint[LaneCount.Chunk * steps];
        _targetWords = new uint[LaneCount.Chunk * steps];
        _head = shape.Activation == LinearActivation.None ? new ScalarCollapsedHead(shape) : new ScalarLayeredHead(shape, steps);
    }

    public override string Name => "scalar";

    public override void SetWeights(ReadOnlySpan<float> weights)
    {
        weights.CopyTo(_weights);
        _head.SetWeights(_weights);
    }

    public override double SquaredError(SequenceView sequences, ReadOnlySpan<int> rows)
    {
        if (sequences.Length > Steps)
        {
            using var roomier = new ScalarNetwork(Shape, sequences.Length);
            roomier.SetWeights(_weights);
            return roomier.SquaredError(sequences, rows);
        }

        var total = 0.0;
        for (var start = 0; start < rows.Length; start += LaneCount.Chunk)
        {
            Forward(sequences, rows[start..Math.Min(start + LaneCount.Chunk, rows.Length)]);
            total += Error(sequences.Length, 0f);
        }

        return total;
    }

    public override double Gradient(SequenceView sequences, ReadOnlySpan<int> rows, Span<float> gradient)
    {
        var total = 0.0;
        var scale = (float)(2.0 / ((double)rows.Length * sequences.Length * Shape.Outputs));
        Array.Clear(_sums);
        _head.ClearSums();
        for (var start = 0; start < rows.Length; start += LaneCount.Chunk)
        {
            Forward(sequences, rows[start..Math.Min(start + LaneCount.Chunk, rows.Length)]);
            total += Error(sequences.Length, scale);
            Backward(sequences.Length);
        }

        for (var i = 0; i < Shape.LinearWeight(0); i++) gradient[i] = AddLanes(_sums.AsSpan(i * LaneCount.Virtual));
        for (var layer = 0; layer < Shape.Layers; layer++)
            gradient.Slice(Shape.BiasIh(layer), 2 * Shape.Hidden).CopyTo(gradient[Shape.BiasHh(layer)..]);
        _head.Finish(gradient);
        return total;
    }

    public override void Outputs(SequenceView sequences, ReadOnlySpan<int> rows, Span<float> outputs)
    {
        for (var start = 0; start < rows.Length; start += LaneCount.Chunk)
        {
            var chunk = rows[start..Math.Min(start + LaneCount.Chunk, rows.Length)];
            Forward(sequences, chunk);
            var size = sequences.Length * Shape.Outputs;
            for (var lane = 0; lane < chunk.Length; lane++)
                _outputs.AsSpan(lane * Steps * Shape.Outputs, size).CopyTo(outputs[((start + lane) * size)..]);
        }
    }

    public override void Update(in AdamStep step, ReadOnlySpan<float> gradient, Span<float> weights, Span<float> first, Span<float> second) =>
        ScalarAdam.Update(step, gradient, weights, first, second);

    /// <summary>Lane l with l + 8, then with l + 4, l + 2, l + 1.</summary>
    internal static float AddLanes(ReadOnlySpan<float> lanes)
    {
        Span<float> four = stackalloc float[4];
        for (var l = 0; l < 4; l++) four[l] = (lanes[l] + lanes[l + 8]) + (lanes[l + 4] + lanes[l + 12]);
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    internal static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    Span<float> Gates(int lane, int layer, int t) =>
        _gates.AsSpan((((lane * Shape.Layers) + layer) * Steps + t) * 4 * Shape.Hidden, 4 * Shape.Hidden);

    Span<float> Hidden(int lane, int layer, int t) =>
        _hidden.AsSpan((((lane * Shape.Layers) + layer) * (Steps + 1) + t) * Shape.Hidden, Shape.Hidden);

    Span<float> Above(int lane, int t) => _above.AsSpan(((lane * Steps) + t) * Shape.Hidden, Shape.Hidden);

    Span<float> Output(int lane, int t) => _outputs.AsSpan(((lane * Steps) + t) * Shape.Outputs, Shape.Outputs);

    /// <summary>Input i of a layer at a step.</summary>
    float Input(int lane, int layer, int t, int i) =>
        layer == 0 ? (_inputWords[(lane * Steps) + t] >> i) & 1 : Hidden(lane, layer - 1, t + 1)[i];

    void Forward(SequenceView sequences, ReadOnlySpan<int> rows)
    {
        for (var lane = 0; lane < LaneCount.Chunk; lane++)
        {
            _used[lane] = lane < rows.Length;
            for (var t = 0; t < sequences.Length; t++)
            {
                _inputWords[(lane * Steps) + t] = _used[lane] ? sequences.Inputs[(rows[lane] * sequences.Length) + t] : 0;
                _targetWords[(lane * Steps) + t] = _used[lane] ? sequences.Targets[(rows[lane] * sequences.Length) + t] : 0;
            }

            for (var layer = 0; layer < Shape.Layers; layer++)
            {
                for (var t = 0; t < sequences.Length; t++) Cell(lane, layer, t);
            }

            for (var t = 0; t < sequences.Length; t++) _head.Forward(lane, t, Hidden(lane, Shape.Layers - 1, t + 1), Output(lane, t));
        }
    }

    /// <summary>One GRU cell at one step: PyTorch's equations.</summary>
    void Cell(int lane, int layer, int t)
    {
        var h = Shape.Hidden;
        var gates = Gates(lane, layer, t);
        var before = Hidden(lane, layer, t);
        var after = Hidden(lane, layer, t + 1);
        var biasIh = _weights.AsSpan(Shape.BiasIh(layer));
        var biasHh = _weights.AsSpan(Shape.BiasHh(layer));
        for (var j = 0; j < 2 * h; j++) gates[j] = AddRecurrent(AddInputs(biasIh[j] + biasHh[j], lane, layer, t, j), layer, t, j, before);
        for (var j = 2 * h; j < 3 * h; j++)
        {
            gates[j] = AddInputs(biasIh[j], lane, layer, t, j);
            gates[j + h] = AddRecurrent(biasHh[j], layer, t, j, before);
        }

        for (var i = 0; i < h; i++)
        {
            var (r, z) = Activations.Sigmoids(gates[i], gates[h + i]);
            var n = Activations.Tanh(Fma(r, gates[(3 * h) + i], gates[(2 * h) + i]));
            (gates[i], gates[h + i], gates[(2 * h) + i]) = (r, z, n);
            after[i] = Fma(z, before[i] - n, n);
        }
    }

    float AddInputs(float sum, int lane, int layer, int t, int row)
    {
        var inputs = Shape.InputsOf(layer);
        var weights = _weights.AsSpan(Shape.WeightIh(layer) + (row * inputs), inputs);
        for (var i = 0; i < inputs; i++) sum = Fma(weights[i], Input(lane, layer, t, i), sum);
        return sum;
    }

    float AddRecurrent(float sum, int layer, int t, int row, ReadOnlySpan<float> before)
    {
        if (t == 0) return sum;
        var weights = _weights.AsSpan(Shape.WeightHh(layer) + (row * Shape.Hidden), Shape.Hidden);
        for (var i = 0; i < Shape.Hidden; i++) sum = Fma(weights[i], before[i], sum);
        return sum;
    }

    double Error(int steps, float scale)
    {
        Span<float> squares = stackalloc float[LaneCount.Virtual];
        for (var t = 0; t < steps; t++)
        {
            for (var k = 0; k < Shape.Outputs; k++)
            {
                for (var lane = 0; lane < LaneCount.Chunk; lane++)
                {
                    float target = (_targetWords[(lane * Steps) + t] >> k) & 1;
                    var error = (Output(lane, t)[k] - target) * (_used[lane] ? 1f : 0f);
                    squares[lane % LaneCount.Virtual] = Fma(error, error, squares[lane % LaneCount.Virtual]);
                    Output(lane, t)[k] = error * scale;
                }
            }
        }

        return AddLanes(squares);
    }

    void Backward(int steps)
    {
        for (var t = steps - 1; t >= 0; t--)
        {
            for (var lane = 0; lane < LaneCount.Chunk; lane++)
                _head.Backward(lane, t, Hidden(lane, Shape.Layers - 1, t + 1), Output(lane, t), Above(lane, t));
        }

        for (var layer = Shape.Layers - 1; layer >= 0; layer--)
        {
            for (var lane = 0; lane < LaneCount.Chunk; lane++) BackwardThroughTime(lane, layer, steps);
            for (var t = steps - 1; t >= 0; t--)
            {
                for (var lane = 0; lane < LaneCount.Chunk; lane++) AccumulateWeights(lane, layer, t);
            }
        }
    }

    void BackwardThroughTime(int lane, int layer, int steps)
    {
        var (h, inputs) = (Shape.Hidden, Shape.InputsOf(layer));
        Span<float> carry = stackalloc float[h];
        carry.Clear();
        for (var t = steps - 1; t >= 0; t--)
        {
            var gates = Gates(lane, layer, t);
            var before = Hidden(lane, layer, t);
            var above = Above(lane, t);
            for (var i = 0; i < h; i++)
            {
                var (r, z, n, hn) = (gates[i], gates[h + i], gates[(2 * h) + i], gates[(3 * h) + i]);
                var dh = carry[i] + above[i];
                var dn = dh * (1f - z) * (1f - (n * n));
                gates[i] = dn * hn * (r * (1f - r));
                gates[h + i] = dh * (before[i] - n) * (z * (1f - z));
                gates[(2 * h) + i] = dn;
                gates[(3 * h) + i] = dn * r;
                carry[i] = dh * z;
            }

            var ih = _weights.AsSpan(Shape.WeightIh(layer));
            var hh = _weights.AsSpan(Shape.WeightHh(layer));
            for (var i = 0; i < h && t > 0; i++)
            {
                for (var j = 0; j < 2 * h; j++) carry[i] = Fma(hh[(j * h) + i], gates[j], carry[i]);
                for (var j = 2 * h; j < 3 * h; j++) carry[i] = Fma(hh[(j * h) + i], gates[j + h], carry[i]);
            }

            for (var i = 0; i < inputs && layer > 0; i++)
            {
                above[i] = 0f;
                for (var j = 0; j < 3 * h; j++) above[i] = Fma(ih[(j * inputs) + i], gates[j], above[i]);
            }
        }
    }

    void AccumulateWeights(int lane, int layer, int t)
    {
        var (h, inputs) = (Shape.Hidden, Shape.InputsOf(layer));
        var gates = Gates(lane, layer, t);
        var before = Hidden(lane, layer, t);
        for (var j = 0; j < 3 * h; j++)
        {
            var recurrentDelta = gates[j < 2 * h ? j : j + h];
            for (var i = 0; i < inputs; i++) AddTo(Shape.WeightIh(layer) + (j * inputs) + i, lane, gates[j], Input(lane, layer, t, i));
            for (var i = 0; i < h && t > 0; i++) AddTo(Shape.WeightHh(layer) + (j * h) + i, lane, recurrentDelta, before[i]);
            AddTo(Shape.BiasIh(layer) + j, lane, gates[j], 1f);
            if (j >= 2 * h) AddTo(Shape.BiasHh(layer) + j, lane, recurrentDelta, 1f);
        }
    }

    void AddTo(int parameter, int lane, float delta, float input)
    {
        ref var sum = ref _sums[(parameter * LaneCount.Virtual) + (lane % LaneCount.Virtual)];
        sum = Fma(delta, input, sum);
    }
}
