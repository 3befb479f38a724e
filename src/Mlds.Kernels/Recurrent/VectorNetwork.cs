using Mlds.Kernels.Lanes;
using Mlds.Kernels.Linear;
using Mlds.Kernels.Losses;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Recurrent;

/// <summary>
/// The fast kernels: lanes across the batch, a chunk of <see cref="LaneCount.Chunk"/> sequences taken through all of forward and backward
/// before the next, so that its activations stay in the second-level cache.
/// </summary>
sealed unsafe class VectorNetwork<TLanes, TVector> : RecurrentKernels
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>
    /// Steps that are taken through all layers at once where no backward follows: their activations stay in the first-level cache, and
    /// sequences may be of any length. No effect on bits.
    /// </summary>
    const int Window = 4;

    readonly int _window;
    readonly AlignedFloats _memory = new();
    readonly RecurrentStack<TLanes, TVector> _stack;
    readonly LinearHead _head;
    readonly nint _words;
    readonly nint _targetWords;
    readonly nint _outputs;
    readonly nint _above;
    readonly nint _sums;
    readonly nint _mask;
    readonly nint _squares;

    public VectorNetwork(string name, RecurrentShape shape, int steps)
        : base(shape, steps)
    {
        Name = name;
        _window = Math.Min(Window, steps);
        _stack = new RecurrentStack<TLanes, TVector>(shape, steps, _memory);
        _head = shape.Activation == Activation.None
            ? new CollapsedHead<TLanes, TVector>(shape, _memory)
            : new LayeredHead<TLanes, TVector>(shape, steps, _memory);
        _words = _memory.Reserve((long)steps * LaneCount.Chunk);
        _targetWords = _memory.Reserve((long)steps * LaneCount.Chunk);
        _outputs = _memory.Reserve((long)steps * shape.Outputs * LaneCount.Chunk);
        _above = _memory.Reserve((long)steps * TimeStride.Of(shape.Hidden));
        _sums = _memory.Reserve((long)shape.LinearWeight(0) * LaneCount.Virtual);
        _mask = _memory.Reserve(LaneCount.Chunk);
        _squares = _memory.Reserve(LaneCount.Virtual);
        _memory.Allocate();
    }

    public override string Name { get; }

    public override void SetWeights(ReadOnlySpan<float> weights)
    {
        fixed (float* source = weights)
        {
            _stack.Pack(source);
            _head.Pack(source);
        }
    }

    public override double SquaredError(SequenceView sequences, ReadOnlySpan<int> rows)
    {
        var total = 0.0;
        for (var start = 0; start < rows.Length; start += LaneCount.Chunk)
        {
            var chunk = rows[start..Math.Min(start + LaneCount.Chunk, rows.Length)];
            for (var t = 0; t < sequences.Length; t += _window)
            {
                Forward(sequences, chunk, t, Math.Min(_window, sequences.Length - t));
                AddSquares(Math.Min(_window, sequences.Length - t), 0f, t == 0);
            }

            _stack.Rewind();
            total += LaneTree.Sum(_memory.At(_squares));
        }

        return total;
    }

    public override double Gradient(SequenceView sequences, ReadOnlySpan<int> rows, Span<float> gradient)
    {
        var total = 0.0;
        var scale = (float)(2.0 / ((double)rows.Length * sequences.Length * Shape.Outputs));
        for (var start = 0; start < rows.Length; start += LaneCount.Chunk)
        {
            Forward(sequences, rows[start..Math.Min(start + LaneCount.Chunk, rows.Length)], 0, sequences.Length);
            AddSquares(sequences.Length, scale, true);
            total += LaneTree.Sum(_memory.At(_squares));
            _head.Backward(_stack.Top, _memory.At(_outputs), sequences.Length, _memory.At(_above), start == 0);
            _stack.Backward(sequences.Length, _memory.At(_above), _memory.At(_sums), start == 0);
        }

        fixed (float* to = gradient)
        {
            LaneTree.Sum(_memory.At(_sums), Shape.LinearWeight(0), to);
            _stack.CopyMergedBiases(to);
            _head.Finish(to);
        }

        return total;
    }

    public override void Outputs(SequenceView sequences, ReadOnlySpan<int> rows, Span<float> outputs)
    {
        var (steps, o) = (sequences.Length, Shape.Outputs);
        for (var start = 0; start < rows.Length; start += LaneCount.Chunk)
        {
            var chunk = rows[start..Math.Min(start + LaneCount.Chunk, rows.Length)];
            Forward(sequences, chunk, 0, steps);
            var from = _memory.At(_outputs);
            for (var lane = 0; lane < chunk.Length; lane++)
            {
                var to = outputs.Slice((start + lane) * steps * o, steps * o);
                for (var i = 0; i < to.Length; i++) to[i] = from[(i * LaneCount.Chunk) + lane];
            }
        }
    }

    public override void Dispose()
    {
        _memory.Dispose();
        base.Dispose();
    }

    /// <summary>
    /// Takes the sequences numbered <paramref name="rows"/> through the steps from <paramref name="first"/> on; if that isn't 0, the call
    /// before must have taken the steps before it.
    /// </summary>
    void Forward(SequenceView sequences, ReadOnlySpan<int> rows, int first, int steps)
    {
        Load(sequences, rows, first, steps);
        if (first == 0) _stack.Forward(steps);
        else _stack.ForwardOn(_window, steps);
        _head.Forward(_stack.Top, steps, _memory.At(_outputs));
    }

    /// <summary>Fills inputs, target words and the mask of the lanes in use; unused lanes get inputs of 0.</summary>
    void Load(SequenceView sequences, ReadOnlySpan<int> rows, int first, int steps)
    {
        var words = (uint*)_memory.At(_words);
        var targets = (uint*)_memory.At(_targetWords);
        var mask = _memory.At(_mask);
        if (rows.Length < LaneCount.Chunk)
        {
            new Span<uint>(words, steps * LaneCount.Chunk).Clear();
            new Span<uint>(targets, steps * LaneCount.Chunk).Clear();
        }

        for (var lane = 0; lane < LaneCount.Chunk; lane++) mask[lane] = lane < rows.Length ? 1f : 0f;
        for (var lane = 0; lane < rows.Length; lane++)
        {
            var inputRow = sequences.Inputs.Slice((rows[lane] * sequences.Length) + first, steps);
            var targetRow = sequences.Targets.Slice((rows[lane] * sequences.Length) + first, steps);
            for (var t = 0; t < inputRow.Length; t++)
            {
                words[(t * LaneCount.Chunk) + lane] = inputRow[t];
                targets[(t * LaneCount.Chunk) + lane] = targetRow[t];
            }
        }

        var to = _stack.Input;
        for (var t = 0; t < steps; t++)
        {
            for (var i = 0; i < Shape.Inputs; i++)
            {
                for (var lane = 0; lane < LaneCount.Chunk; lane += TLanes.Width)
                    TLanes.Store(TLanes.Bit(words + (t * LaneCount.Chunk) + lane, i), to + lane);
                to += LaneCount.Chunk;
            }
        }
    }

    void AddSquares(int steps, float scale, bool fresh) => SquaredError<TLanes, TVector>.Add(
        _memory.At(_outputs), (uint*)_memory.At(_targetWords), steps, Shape.Outputs, _memory.At(_mask), scale, _memory.At(_squares), fresh);
}
