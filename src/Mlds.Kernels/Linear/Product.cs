using System.Runtime.CompilerServices;
using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Linear;

/// <summary>One matrix of a product: a block of inputs and the weights they meet.</summary>
/// <param name="weights">Transposed weights: input k's weights for the rows are neighbours, at <c>weights + k·stride</c>.</param>
/// <param name="stride">Floats from one input's weights to the next.</param>
/// <param name="input">The inputs, [count][<see cref="LaneCount.Chunk"/>].</param>
/// <param name="count">Inputs; 0 leaves the factor out.</param>
readonly unsafe struct Factor(float* weights, int stride, float* input, int count)
{
    public readonly float* Weights = weights;
    public readonly int Stride = stride;
    public readonly float* Input = input;
    public readonly int Count = count;
}

/// <summary>
/// Matrix products over a chunk of lanes:
/// <c>result[row] = start[row] + Σ_k first.W[row, k]·first.x[k] + Σ_k second.W[row, k]·second.x[k]</c>, each term one fused multiply-add, k
/// ascending, the first factor before the second. The start is a bias, or what the result holds.
/// </summary>
/// <remarks>
/// Rows are taken in tiles that fill the registers: up to 12 × 2 accumulators where there are 32 registers, 6 × 2 where there are 16. The
/// tile's shape never changes the order of the terms of one element, so it never changes its bits.
/// </remarks>
static unsafe class Product<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <param name="first">First factor.</param>
    /// <param name="second">Second factor; <c>default</c> for none.</param>
    /// <param name="bias">Start of each row, or null to start from what <paramref name="result"/> holds.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="result">[rows][<see cref="LaneCount.Chunk"/>].</param>
    public static void Multiply(in Factor first, in Factor second, float* bias, int rows, float* result)
    {
        var factors = stackalloc Factor[2];
        (factors[0], factors[1]) = (first, second);
        Multiply(factors, 2, bias, rows, result);
    }

    /// <summary>The same for any number of factors, one after the other.</summary>
    public static void Multiply(Factor* factors, int count, float* bias, int rows, float* result)
    {
        var largest = TLanes.Registers >= 32 ? 12 : 6;
        for (var lane = 0; lane < LaneCount.Chunk; lane += 2 * TLanes.Width)
        {
            for (var row = 0; row < rows;)
            {
                var size = Tiling.Next(rows - row, largest);
                var to = result + (row * LaneCount.Chunk) + lane;
                switch (size)
                {
                    case 1: Tile<Of1>(factors, count, lane, bias, row, to); break;
                    case 2: Tile<Of2>(factors, count, lane, bias, row, to); break;
                    case 3: Tile<Of3>(factors, count, lane, bias, row, to); break;
                    case 4: Tile<Of4>(factors, count, lane, bias, row, to); break;
                    case 5: Tile<Of5>(factors, count, lane, bias, row, to); break;
                    case 6: Tile<Of6>(factors, count, lane, bias, row, to); break;
                    case 7: Tile<Of7>(factors, count, lane, bias, row, to); break;
                    case 8: Tile<Of8>(factors, count, lane, bias, row, to); break;
                    case 9: Tile<Of9>(factors, count, lane, bias, row, to); break;
                    case 10: Tile<Of10>(factors, count, lane, bias, row, to); break;
                    case 11: Tile<Of11>(factors, count, lane, bias, row, to); break;
                    case 12: Tile<Of12>(factors, count, lane, bias, row, to); break;
                }

                row += size;
            }
        }
    }

    /// <summary>Up to 12 rows × 2 vectors.</summary>
    static void Tile<TRows>(Factor* factors, int count, int lane, float* bias, int row, float* result)
        where TRows : struct, ITileSize
    {
        TVector a0 = default, b0 = default;
        TVector a1 = default, b1 = default;
        TVector a2 = default, b2 = default;
        TVector a3 = default, b3 = default;
        TVector a4 = default, b4 = default;
        TVector a5 = default, b5 = default;
        TVector a6 = default, b6 = default;
        TVector a7 = default, b7 = default;
        TVector a8 = default, b8 = default;
        TVector a9 = default, b9 = default;
        TVector a10 = default, b10 = default;
        TVector a11 = default, b11 = default;
        if (bias != null)
        {
            if (TRows.Size > 0) a0 = b0 = TLanes.All(bias[row + 0]);
            if (TRows.Size > 1) a1 = b1 = TLanes.All(bias[row + 1]);
            if (TRows.Size > 2) a2 = b2 = TLanes.All(bias[row + 2]);
            if (TRows.Size > 3) a3 = b3 = TLanes.All(bias[row + 3]);
            if (TRows.Size > 4) a4 = b4 = TLanes.All(bias[row + 4]);
            if (TRows.Size > 5) a5 = b5 = TLanes.All(bias[row + 5]);
            if (TRows.Size > 6) a6 = b6 = TLanes.All(bias[row + 6]);
            if (TRows.Size > 7) a7 = b7 = TLanes.All(bias[row + 7]);
            if (TRows.Size > 8) a8 = b8 = TLanes.All(bias[row + 8]);
            if (TRows.Size > 9) a9 = b9 = TLanes.All(bias[row + 9]);
            if (TRows.Size > 10) a10 = b10 = TLanes.All(bias[row + 10]);
            if (TRows.Size > 11) a11 = b11 = TLanes.All(bias[row + 11]);
        }
        else
        {
            if (TRows.Size > 0)
                (a0, b0) = (TLanes.Load(result + (0 * LaneCount.Chunk)), TLanes.Load(result + (0 * LaneCount.Chunk) + TLanes.Width));
            if (TRows.Size > 1)
                (a1, b1) = (TLanes.Load(result + (1 * LaneCount.Chunk)), TLanes.Load(result + (1 * LaneCount.Chunk) + TLanes.Width));
            if (TRows.Size > 2)
                (a2, b2) = (TLanes.Load(result + (2 * LaneCount.Chunk)), TLanes.Load(result + (2 * LaneCount.Chunk) + TLanes.Width));
            if (TRows.Size > 3)
                (a3, b3) = (TLanes.Load(result + (3 * LaneCount.Chunk)), TLanes.Load(result + (3 * LaneCount.Chunk) + TLanes.Width));
            if (TRows.Size > 4)
                (a4, b4) = (TLanes.Load(result + (4 * LaneCount.Chunk)), TLanes.Load(result + (4 * LaneCount.Chunk) + TLanes.Width));
            if (TRows.Size > 5)
                (a5, b5) = (TLanes.Load(result + (5 * LaneCount.Chunk)), TLanes.Load(result + (5 * LaneCount.Chunk) + TLanes.Width));
            if (TRows.Size > 6)
                (a6, b6) = (TLanes.Load(result + (6 * LaneCount.Chunk)), TLanes.Load(result + (6 * LaneCount.Chunk) + TLanes.Width));
            if (TRows.Size > 7)
                (a7, b7) = (TLanes.Load(result + (7 * LaneCount.Chunk)), TLanes.Load(result + (7 * LaneCount.Chunk) + TLanes.Width));
            if (TRows.Size > 8)
                (a8, b8) = (TLanes.Load(result + (8 * LaneCount.Chunk)), TLanes.Load(result + (8 * LaneCount.Chunk) + TLanes.Width));
            if (TRows.Size > 9)
                (a9, b9) = (TLanes.Load(result + (9 * LaneCount.Chunk)), TLanes.Load(result + (9 * LaneCount.Chunk) + TLanes.Width));
            if (TRows.Size > 10)
                (a10, b10) = (TLanes.Load(result + (10 * LaneCount.Chunk)), TLanes.Load(result + (10 * LaneCount.Chunk) + TLanes.Width));
            if (TRows.Size > 11)
                (a11, b11) = (TLanes.Load(result + (11 * LaneCount.Chunk)), TLanes.Load(result + (11 * LaneCount.Chunk) + TLanes.Width));
        }

        for (; count > 0; count--, factors++)
        {
            var weights = factors->Weights + row;
            var input = factors->Input + lane;
            var stride = factors->Stride;
            for (var k = factors->Count; k > 0; k--)
            {
                var x = TLanes.Load(input);
                var y = TLanes.Load(input + TLanes.Width);
                if (TRows.Size > 0) AddProduct(weights[0], x, y, ref a0, ref b0);
                if (TRows.Size > 1) AddProduct(weights[1], x, y, ref a1, ref b1);
                if (TRows.Size > 2) AddProduct(weights[2], x, y, ref a2, ref b2);
                if (TRows.Size > 3) AddProduct(weights[3], x, y, ref a3, ref b3);
                if (TRows.Size > 4) AddProduct(weights[4], x, y, ref a4, ref b4);
                if (TRows.Size > 5) AddProduct(weights[5], x, y, ref a5, ref b5);
                if (TRows.Size > 6) AddProduct(weights[6], x, y, ref a6, ref b6);
                if (TRows.Size > 7) AddProduct(weights[7], x, y, ref a7, ref b7);
                if (TRows.Size > 8) AddProduct(weights[8], x, y, ref a8, ref b8);
                if (TRows.Size > 9) AddProduct(weights[9], x, y, ref a9, ref b9);
                if (TRows.Size > 10) AddProduct(weights[10], x, y, ref a10, ref b10);
                if (TRows.Size > 11) AddProduct(weights[11], x, y, ref a11, ref b11);
                weights += stride;
                input += LaneCount.Chunk;
            }
        }

        if (TRows.Size > 0) Store(a0, b0, result + (0 * LaneCount.Chunk));
        if (TRows.Size > 1) Store(a1, b1, result + (1 * LaneCount.Chunk));
        if (TRows.Size > 2) Store(a2, b2, result + (2 * LaneCount.Chunk));
        if (TRows.Size > 3) Store(a3, b3, result + (3 * LaneCount.Chunk));
        if (TRows.Size > 4) Store(a4, b4, result + (4 * LaneCount.Chunk));
        if (TRows.Size > 5) Store(a5, b5, result + (5 * LaneCount.Chunk));
        if (TRows.Size > 6) Store(a6, b6, result + (6 * LaneCount.Chunk));
        if (TRows.Size > 7) Store(a7, b7, result + (7 * LaneCount.Chunk));
        if (TRows.Size > 8) Store(a8, b8, result + (8 * LaneCount.Chunk));
        if (TRows.Size > 9) Store(a9, b9, result + (9 * LaneCount.Chunk));
        if (TRows.Size > 10) Store(a10, b10, result + (10 * LaneCount.Chunk));
        if (TRows.Size > 11) Store(a11, b11, result + (11 * LaneCount.Chunk));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddProduct(float weight, TVector x, TVector y, ref TVector a, ref TVector b)
    {
        var w = TLanes.All(weight);
        a = TLanes.Fma(w, x, a);
        b = TLanes.Fma(w, y, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(TVector a, TVector b, float* to)
    {
        TLanes.Store(a, to);
        TLanes.Store(b, to + TLanes.Width);
    }
}
