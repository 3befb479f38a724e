using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Linear;

/// <summary>
/// Linear layers with nothing between them, W_K … W_1, taken as the one map they are: M = W_K⋯W_1 and its bias c. The batch meets M alone;
/// the layers' own gradients follow once per step from dM and dc by the chain rule (docs/decisions/0001 §6). On the DS1 network this saves
/// 15 % of all multiply-adds.
/// </summary>
/// <remarks>
/// S_k = W_K⋯W_{k+1} (O × w_k) and E_k = Σ dy z_kᵀ (O × w_k), z_k being layer k's output: E_0 = dM, E_k = E_{k−1} W_kᵀ + dc b_kᵀ, dW_k =
/// S_kᵀ E_{k−1}, db_k = S_kᵀ dc.
/// </remarks>
sealed unsafe class CollapsedHead<TLanes, TVector> : LinearHead
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    readonly RecurrentShape _shape;
    readonly AlignedFloats _memory;
    readonly Layer[] _layers;
    readonly nint _product;
    readonly nint _productTransposed;
    readonly nint _bias;
    readonly nint _zeros;
    readonly nint _weightSums;
    readonly nint _biasSums;
    readonly nint _dProduct;
    readonly nint _dBias;

    public CollapsedHead(RecurrentShape shape, AlignedFloats memory)
    {
        (_shape, _memory) = (shape, memory);
        var (o, h) = (shape.Outputs, shape.Hidden);
        _layers = new Layer[shape.Linear.Length];
        for (var k = 0; k < _layers.Length; k++)
        {
            var (rows, columns) = (shape.Linear[k], shape.LinearInputs(k));
            _layers[k] = new Layer(
                Weight: memory.Reserve((long)rows * columns),
                WeightTransposed: memory.Reserve((long)rows * columns),
                Bias: memory.Reserve(rows),
                Suffix: memory.Reserve((long)o * rows),
                Error: memory.Reserve((long)o * columns));
        }

        _product = memory.Reserve((long)o * h);
        _productTransposed = memory.Reserve((long)o * h);
        _bias = memory.Reserve(o);
        _zeros = memory.Reserve(h);
        _weightSums = memory.Reserve((long)o * h * LaneCount.Virtual);
        _biasSums = memory.Reserve((long)o * LaneCount.Virtual);
        _dProduct = memory.Reserve((long)o * h);
        _dBias = memory.Reserve(o);
    }

    /// <param name="Suffix">S_k, [O][w_k]; not used for the last layer, where it is the identity.</param>
    /// <param name="Error">E_{k−1}, [O][w_{k−1}].</param>
    sealed record Layer(nint Weight, nint WeightTransposed, nint Bias, nint Suffix, nint Error);

    public override void Pack(float* weights)
    {
        var o = _shape.Outputs;
        var last = _layers.Length - 1;
        for (var k = 0; k <= last; k++)
        {
            Transpose.CopyBoth(
                weights + _shape.LinearWeight(k), _shape.Linear[k], _shape.LinearInputs(k), _memory.At(_layers[k].Weight),
                _memory.At(_layers[k].WeightTransposed));
            Copy(weights + _shape.LinearBias(k), _shape.Linear[k], _memory.At(_layers[k].Bias));
        }

        // S of the layer below the last is the last layer's matrix; from there down, S_{k−1} = S_k W_k and c takes up S_k b_k.
        var bias = _memory.At(_bias);
        Copy(_memory.At(_layers[last].Bias), o, bias);
        var suffix = _memory.At(_layers[last].Weight);
        for (var k = last - 1; k >= 0; k--)
        {
            Copy(suffix, o * _shape.Linear[k], _memory.At(_layers[k].Suffix));
            SmallMatrix.AddProduct(suffix, _memory.At(_layers[k].Bias), o, _shape.Linear[k], 1, bias);
            var below = k == 0 ? _memory.At(_product) : _memory.At(_layers[k - 1].Suffix);
            Clear(below, o * _shape.LinearInputs(k));
            SmallMatrix.AddProduct(suffix, _memory.At(_layers[k].Weight), o, _shape.Linear[k], _shape.LinearInputs(k), below);
            suffix = below;
        }

        if (last == 0) Copy(suffix, o * _shape.Hidden, _memory.At(_product));
        Transpose.Copy(_memory.At(_product), o, _shape.Hidden, _memory.At(_productTransposed));
    }

    public override void Forward(float* hidden, int steps, float* outputs)
    {
        var (o, h) = (_shape.Outputs, _shape.Hidden);
        for (var t = 0; t < steps; t++)
        {
            var factor = new Factor(_memory.At(_productTransposed), o, hidden + ((nint)t * TimeStride.Of(h)), h);
            Product<TLanes, TVector>.Multiply(factor, default, _memory.At(_bias), o, outputs + ((nint)t * o * LaneCount.Chunk));
        }
    }

    public override void Backward(float* hidden, float* delta, int steps, float* above, bool fresh)
    {
        var (o, h) = (_shape.Outputs, _shape.Hidden);
        for (var t = 0; t < steps; t++)
        {
            var factor = new Factor(_memory.At(_product), h, delta + ((nint)t * o * LaneCount.Chunk), o);
            Product<TLanes, TVector>.Multiply(factor, default, _memory.At(_zeros), h, above + ((nint)t * TimeStride.Of(h)));
        }

        var sweep = new Sweep(o * LaneCount.Chunk, TimeStride.Of(h), steps);
        var last = delta + ((steps - 1L) * o * LaneCount.Chunk);
        OuterProduct<TLanes, TVector>.Accumulate(
            sweep, last, o, hidden + ((steps - 1L) * TimeStride.Of(h)), h, _memory.At(_weightSums), fresh);
        OuterProduct<TLanes, TVector>.AccumulateBias(sweep, last, o, _memory.At(_biasSums), fresh);
    }

    public override void Finish(float* gradient)
    {
        var (o, h) = (_shape.Outputs, _shape.Hidden);
        LaneTree.Sum(_memory.At(_weightSums), o * h, _memory.At(_dProduct));
        LaneTree.Sum(_memory.At(_biasSums), o, _memory.At(_dBias));
        var error = _memory.At(_dProduct);
        var dBias = _memory.At(_dBias);
        for (var k = 0; k < _layers.Length; k++)
        {
            var (rows, columns) = (_shape.Linear[k], _shape.LinearInputs(k));
            var dWeight = gradient + _shape.LinearWeight(k);
            var dLayerBias = gradient + _shape.LinearBias(k);
            if (k == _layers.Length - 1)
            {
                Copy(error, o * columns, dWeight);
                Copy(dBias, o, dLayerBias);
                return;
            }

            Clear(dWeight, rows * columns);
            Clear(dLayerBias, rows);
            SmallMatrix.AddTransposedProduct(_memory.At(_layers[k].Suffix), error, rows, o, columns, dWeight);
            SmallMatrix.AddTransposedProduct(_memory.At(_layers[k].Suffix), dBias, rows, o, 1, dLayerBias);
            var next = _memory.At(_layers[k + 1].Error);
            Clear(next, o * rows);
            SmallMatrix.AddProduct(dBias, _memory.At(_layers[k].Bias), o, 1, rows, next);
            SmallMatrix.AddProduct(error, _memory.At(_layers[k].WeightTransposed), o, columns, rows, next);
            error = next;
        }
    }

    static void Copy(float* from, int count, float* to) => new Span<float>(from, count).CopyTo(new Span<float>(to, count));

    static void Clear(float* values, int count) => new Span<float>(values, count).Clear();
}
