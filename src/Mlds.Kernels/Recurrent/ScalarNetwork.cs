using Mlds.Kernels.Lanes;
using Mlds.Kernels.Linear;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Recurrent;

/// <summary>
/// The network in plain code: one number at a time, in the order that arithmetic v1 states (docs/decisions/0001). What every other kernel
/// set must equal bit for bit, and what runs where there are no vectors at all.
/// </summary>
sealed class ScalarNetwork : RecurrentKernels
{
    readonly float[] _weights;
    readonly float[] _sums;

    /// <summary>[lane][layer][time][(B + kept)·H]: the cell's sums; in backward, their gradients.</summary>
    readonly float[] _sumsOfGates;

    /// <summary>[lane][layer][time + 1][(1 + Memory)·H]; the states before the first step are 0.</summary>
    readonly float[] _states;

    /// <summary>[lane][time][H]: gradient of a layer's h from above.</summary>
    readonly float[] _above;

    /// <summary>[lane][time][O]: outputs, then their gradients.</summary>
    readonly float[] _outputs;

    /// <summary>[lane][time]: the chunk's input words and target words.</summary>
    readonly uint[] _inputWords;
    readonly uint[] _targetWords;
    readonly bool[] _used = new bool[LaneCount.Chunk];
    readonly ScalarHead _head;

    public ScalarNetwork(RecurrentShape shape, int steps)
        : base(shape, steps)
    {
        _weights = new float[shape.Parameters];
        _sums = new float[shape.LinearWeight(0) * LaneCount.Virtual];
        _sumsOfGates = new float[(long)LaneCount.Chunk * shape.Layers * steps * shape.Cell.Numbers * shape.Hidden];
        _states = new float[(long)LaneCount.Chunk * shape.Layers * (steps + 1) * StateSize];
        _above = new float[LaneCount.Chunk * steps * shape.Hidden];
        _outputs = new float[LaneCount.Chunk * steps * shape.Outputs];
        _inputWords = new uint[LaneCount.Chunk * steps];
        _targetWords = new uint[LaneCount.Chunk * steps];
        _head = shape.Activation == Activation.None ? new ScalarCollapsedHead(shape) : new ScalarLayeredHead(shape, steps);
    }

    public override string Name => "scalar";

    /// <summary>Numbers that a layer remembers: h, then the cell's memory.</summary>
    int StateSize => (1 + Shape.Cell.Memory) * Shape.Hidden;

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

        for (var i = 0; i < Shape.LinearWeight(0); i++) gradient[i] = ScalarLanes.Sum(_sums.AsSpan(i * LaneCount.Virtual));
        for (var layer = 0; layer < Shape.Layers; layer++)
            gradient.Slice(Shape.BiasIh(layer), Shape.JointRows).CopyTo(gradient[Shape.BiasHh(layer)..]);
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

    static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    Span<float> Sums(int lane, int layer, int t)
    {
        var size = Shape.Cell.Numbers * Shape.Hidden;
        return _sumsOfGates.AsSpan((((lane * Shape.Layers) + layer) * Steps + t) * size, size);
    }

    Span<float> States(int lane, int layer, int t) =>
        _states.AsSpan((((lane * Shape.Layers) + layer) * (Steps + 1) + t) * StateSize, StateSize);

    Span<float> Hidden(int lane, int layer, int t) => States(lane, layer, t)[..Shape.Hidden];

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

    /// <summary>One layer at one step: the sums of its gates, then its cell.</summary>
    void Cell(int lane, int layer, int t)
    {
        var (rows, joint) = (Shape.GateRows, Shape.JointRows);
        var sums = Sums(lane, layer, t);
        var before = Hidden(lane, layer, t);
        var biasIh = _weights.AsSpan(Shape.BiasIh(layer));
        var biasHh = _weights.AsSpan(Shape.BiasHh(layer));
        for (var j = 0; j < joint; j++)
            sums[j] = AddRecurrent(AddInputs(biasIh[j] + biasHh[j], lane, layer, t, j), layer, t, j, before);
        for (var j = joint; j < rows; j++)
        {
            sums[j] = AddInputs(biasIh[j], lane, layer, t, j);
            sums[j + rows - joint] = AddRecurrent(biasHh[j], layer, t, j, before);
        }

        Shape.Cell.Forward(sums, States(lane, layer, t), States(lane, layer, t + 1));
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

        return ScalarLanes.Sum(squares);
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
        var (h, inputs, rows, joint) = (Shape.Hidden, Shape.InputsOf(layer), Shape.GateRows, Shape.JointRows);
        Span<float> carry = stackalloc float[StateSize];
        carry.Clear();
        for (var t = steps - 1; t >= 0; t--)
        {
            var deltas = Sums(lane, layer, t);
            var above = Above(lane, t);
            Shape.Cell.Backward(deltas, States(lane, layer, t), States(lane, layer, t + 1), above, carry);
            var ih = _weights.AsSpan(Shape.WeightIh(layer));
            var hh = _weights.AsSpan(Shape.WeightHh(layer));
            for (var i = 0; i < h && t > 0; i++)
            {
                for (var j = 0; j < joint; j++) carry[i] = Fma(hh[(j * h) + i], deltas[j], carry[i]);
                for (var j = joint; j < rows; j++) carry[i] = Fma(hh[(j * h) + i], deltas[j + rows - joint], carry[i]);
            }

            for (var i = 0; i < inputs && layer > 0; i++)
            {
                above[i] = 0f;
                for (var j = 0; j < rows; j++) above[i] = Fma(ih[(j * inputs) + i], deltas[j], above[i]);
            }
        }
    }

    void AccumulateWeights(int lane, int layer, int t)
    {
        var (h, inputs, rows, joint) = (Shape.Hidden, Shape.InputsOf(layer), Shape.GateRows, Shape.JointRows);
        var deltas = Sums(lane, layer, t);
        var before = Hidden(lane, layer, t);
        for (var j = 0; j < rows; j++)
        {
            var recurrentDelta = deltas[j < joint ? j : j + rows - joint];
            for (var i = 0; i < inputs; i++) AddTo(Shape.WeightIh(layer) + (j * inputs) + i, lane, deltas[j], Input(lane, layer, t, i));
            for (var i = 0; i < h && t > 0; i++) AddTo(Shape.WeightHh(layer) + (j * h) + i, lane, recurrentDelta, before[i]);
            AddTo(Shape.BiasIh(layer) + j, lane, deltas[j], 1f);
            if (j >= joint) AddTo(Shape.BiasHh(layer) + j, lane, recurrentDelta, 1f);
        }
    }

    void AddTo(int parameter, int lane, float delta, float input)
    {
        ref var sum = ref _sums[(parameter * LaneCount.Virtual) + (lane % LaneCount.Virtual)];
        sum = Fma(delta, input, sum);
    }
}
