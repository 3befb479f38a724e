using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;
using Mlds.Kernels.Linear;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.FeedForward;

/// <summary>A linear layer, and the activation after it.</summary>
/// <remarks>
/// A weight's 16 virtual lanes take 64 bytes, and a batch adds few terms to each: kept for all weights they would be most of the memory
/// that a step touches. So inputs and deltas of a group of chunks are kept instead, and the lanes of a few weights at a time summed over
/// all of them: the same terms in the same order.
/// </remarks>
sealed unsafe class LinearStage<TLanes, TVector> : Stage
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>Rows and columns of weights whose lanes are summed together: 24 kB.</summary>
    const int BlockRows = 8;
    const int BlockColumns = 48;

    readonly AlignedFloats _memory;
    readonly Activation _activation;
    readonly bool _isActivated;
    readonly ImageSize _from;
    readonly int _inputs;
    readonly int _units;

    /// <summary>Where weight and bias begin in a weight vector.</summary>
    readonly int _weightPlace;
    readonly int _biasPlace;
    readonly nint _input;
    readonly nint _delta;
    readonly nint _weight;
    readonly nint _weightTransposed;
    readonly nint _bias;
    readonly nint _zeros;
    readonly nint _block;
    readonly nint _totals;
    readonly nint _biasSums;

    /// <summary>
    /// Place in a row of the weight vector, [channel][y][x], of each input in [y][x][channel]; null where they are the same.
    /// </summary>
    readonly int[]? _columns;

    /// <summary>Lanes of all weights, where a batch has more than one group of chunks.</summary>
    AlignedFloats? _sums;

    public LinearStage(FeedForwardShape shape, int layer, int slots, AlignedFloats memory)
    {
        (_memory, _activation, _from) = (memory, shape.Activation, shape.InputOf(layer));
        (_weightPlace, _biasPlace) = (shape.Weight(layer), shape.Bias(layer));
        _isActivated = FeedForwardRules.IsActivated(shape, layer);
        (_inputs, _units) = (_from.Length, shape.Layers[layer].Rows);
        var area = _from.Height * _from.Width;
        if (area > 1 && _from.Channels > 1)
            _columns = [.. Enumerable.Range(0, _inputs).Select(i => (i % _from.Channels * area) + (i / _from.Channels))];
        _input = memory.Reserve((long)slots * _inputs * LaneCount.Chunk);
        _delta = memory.Reserve((long)slots * _units * LaneCount.Chunk);
        _weight = memory.Reserve((long)_units * _inputs);
        _weightTransposed = memory.Reserve((long)_units * _inputs);
        _bias = memory.Reserve(_units);
        _zeros = memory.Reserve(_inputs);
        _block = memory.Reserve(BlockRows * BlockColumns * LaneCount.Virtual);
        _totals = memory.Reserve(BlockColumns);
        _biasSums = memory.Reserve((long)_units * LaneCount.Virtual);
    }

    public override Plane Input(int slot) =>
        new(_memory.At(_input) + ((nint)slot * _inputs * LaneCount.Chunk), _from.Width * _from.Channels * LaneCount.Chunk);

    public override float* Delta(int slot) => _memory.At(_delta) + ((nint)slot * _units * LaneCount.Chunk);

    public override void Pack(float* weights)
    {
        var straight = _memory.At(_weight);
        var from = weights + _weightPlace;
        for (var unit = 0; unit < _units; unit++)
        {
            var row = new Span<float>(straight + (unit * _inputs), _inputs);
            var own = new ReadOnlySpan<float>(from + (unit * _inputs), _inputs);
            if (_columns is null) own.CopyTo(row);
            for (var i = 0; i < row.Length && _columns is not null; i++) row[i] = own[_columns[i]];
        }

        Transpose.Copy(straight, _units, _inputs, _memory.At(_weightTransposed));
        new Span<float>(weights + _biasPlace, _units).CopyTo(new Span<float>(_memory.At(_bias), _units));
    }

    public override void Forward(int slot, Plane output)
    {
        var factor = new Factor(_memory.At(_weightTransposed), _units, Input(slot).At, _inputs);
        Product<TLanes, TVector>.Multiply(&factor, 1, _memory.At(_bias), _units, output.At);
        if (_isActivated) ActivationRows<TLanes, TVector>.Apply(_activation, output.At, (nint)_units * LaneCount.Chunk);
    }

    public override void Backward(int slot, Plane output, float* below, bool fresh)
    {
        var delta = Delta(slot);
        if (_isActivated)
            ActivationRows<TLanes, TVector>.Differentiate(_activation, output.At, (nint)_units * LaneCount.Chunk, delta);
        OuterProduct<TLanes, TVector>.AccumulateBias(new Sweep(0, 0, 1), delta, _units, _memory.At(_biasSums), fresh);
        if (below == null) return;
        var factor = new Factor(_memory.At(_weight), _inputs, delta, _units);
        Product<TLanes, TVector>.Multiply(&factor, 1, _memory.At(_zeros), _inputs, below);
    }

    public override void EndGroup(int chunks, bool isFirst, bool isLast, float* gradient)
    {
        // Chunks in their order: the sweep steps back, so its strides are negative.
        var sweep = new Sweep(-_units * LaneCount.Chunk, -_inputs * LaneCount.Chunk, chunks);
        var isOnly = isFirst && isLast;
        for (var column = 0; column < _inputs; column += BlockColumns)
        {
            var columns = Math.Min(BlockColumns, _inputs - column);
            for (var row = 0; row < _units; row += BlockRows)
            {
                var rows = Math.Min(BlockRows, _units - row);
                var sums = isOnly ? _memory.At(_block) : Sums(row, column);
                OuterProduct<TLanes, TVector>.Accumulate(
                    sweep, Delta(0) + (row * LaneCount.Chunk), rows, Input(0).At + (column * LaneCount.Chunk), columns, sums, isFirst);
                if (isLast) AddLanes(sums, row, rows, column, columns, gradient);
            }
        }
    }

    public override void Finish(float* gradient) => LaneTree.Sum(_memory.At(_biasSums), _units, gradient + _biasPlace);

    public override void Dispose() => _sums?.Dispose();

    void AddLanes(float* sums, int row, int rows, int column, int columns, float* gradient)
    {
        var totals = _memory.At(_totals);
        for (var i = 0; i < rows; i++)
        {
            LaneTree.Sum(sums + (i * columns * LaneCount.Virtual), columns, totals);
            var to = gradient + _weightPlace + ((row + i) * _inputs);
            if (_columns is null) new Span<float>(totals, columns).CopyTo(new Span<float>(to + column, columns));
            for (var j = 0; j < columns && _columns is not null; j++) to[_columns[column + j]] = totals[j];
        }
    }

    /// <summary>Lanes of a block of weights, kept from group to group.</summary>
    float* Sums(int row, int column)
    {
        if (_sums is null)
        {
            _sums = new AlignedFloats();
            _sums.Reserve(((long)_units + BlockRows) * ((long)_inputs + BlockColumns) * LaneCount.Virtual);
            _sums.Allocate();
        }

        var blocksOfARow = (_inputs + BlockColumns - 1) / BlockColumns;
        var block = ((nint)(row / BlockRows) * blocksOfARow) + (column / BlockColumns);
        return _sums.At(block * BlockRows * BlockColumns * LaneCount.Virtual);
    }
}
