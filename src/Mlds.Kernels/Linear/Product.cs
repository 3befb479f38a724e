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

    public Factor From(int lane) => new(Weights, Stride, Input + lane, Count);
}

/// <summary>
/// Matrix products over a chunk of lanes: <c>result[row] = start[row] + Σ_k first.W[row, k]·first.x[k] + Σ_k second.W[row, k]·second.x[k]</c>, each
/// term one fused multiply-add, k ascending, the first factor before the second. The start is a bias, or what the result holds.
/// </summary>
/// <remarks>
/// Rows are taken in blocks that fill the registers: 12 × 2 accumulators where there are 32 registers, 6 × 2 where there are 16. The
/// block's shape never changes the order of the terms of one element, so it never changes its bits.
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
        for (var lane = 0; lane < LaneCount.Chunk; lane += 2 * TLanes.Width)
        {
            var one = first.From(lane);
            var two = second.From(lane);
            var row = 0;
            if (TLanes.Registers >= 32)
                for (; row + 12 <= rows; row += 12) Tile12(one, two, bias, row, result + row * LaneCount.Chunk + lane);
            for (; row + 6 <= rows; row += 6) Tile6(one, two, bias, row, result + row * LaneCount.Chunk + lane);
            for (; row + 4 <= rows; row += 4) Tile4(one, two, bias, row, result + row * LaneCount.Chunk + lane);
            for (; row + 2 <= rows; row += 2) Tile2(one, two, bias, row, result + row * LaneCount.Chunk + lane);
            for (; row < rows; row++) Tile1(one, two, bias, row, result + row * LaneCount.Chunk + lane);
        }
    }

    /// <summary>12 rows × 2 vectors.</summary>
    static void Tile12(in Factor first, in Factor second, float* bias, int row, float* result)
    {
        TVector a0, b0;
        TVector a1, b1;
        TVector a2, b2;
        TVector a3, b3;
        TVector a4, b4;
        TVector a5, b5;
        TVector a6, b6;
        TVector a7, b7;
        TVector a8, b8;
        TVector a9, b9;
        TVector a10, b10;
        TVector a11, b11;
        if (bias != null)
        {
            a0 = b0 = TLanes.All(bias[row + 0]);
            a1 = b1 = TLanes.All(bias[row + 1]);
            a2 = b2 = TLanes.All(bias[row + 2]);
            a3 = b3 = TLanes.All(bias[row + 3]);
            a4 = b4 = TLanes.All(bias[row + 4]);
            a5 = b5 = TLanes.All(bias[row + 5]);
            a6 = b6 = TLanes.All(bias[row + 6]);
            a7 = b7 = TLanes.All(bias[row + 7]);
            a8 = b8 = TLanes.All(bias[row + 8]);
            a9 = b9 = TLanes.All(bias[row + 9]);
            a10 = b10 = TLanes.All(bias[row + 10]);
            a11 = b11 = TLanes.All(bias[row + 11]);
        }
        else
        {
            a0 = TLanes.Load(result + 0 * LaneCount.Chunk);
            b0 = TLanes.Load(result + 0 * LaneCount.Chunk + TLanes.Width);
            a1 = TLanes.Load(result + 1 * LaneCount.Chunk);
            b1 = TLanes.Load(result + 1 * LaneCount.Chunk + TLanes.Width);
            a2 = TLanes.Load(result + 2 * LaneCount.Chunk);
            b2 = TLanes.Load(result + 2 * LaneCount.Chunk + TLanes.Width);
            a3 = TLanes.Load(result + 3 * LaneCount.Chunk);
            b3 = TLanes.Load(result + 3 * LaneCount.Chunk + TLanes.Width);
            a4 = TLanes.Load(result + 4 * LaneCount.Chunk);
            b4 = TLanes.Load(result + 4 * LaneCount.Chunk + TLanes.Width);
            a5 = TLanes.Load(result + 5 * LaneCount.Chunk);
            b5 = TLanes.Load(result + 5 * LaneCount.Chunk + TLanes.Width);
            a6 = TLanes.Load(result + 6 * LaneCount.Chunk);
            b6 = TLanes.Load(result + 6 * LaneCount.Chunk + TLanes.Width);
            a7 = TLanes.Load(result + 7 * LaneCount.Chunk);
            b7 = TLanes.Load(result + 7 * LaneCount.Chunk + TLanes.Width);
            a8 = TLanes.Load(result + 8 * LaneCount.Chunk);
            b8 = TLanes.Load(result + 8 * LaneCount.Chunk + TLanes.Width);
            a9 = TLanes.Load(result + 9 * LaneCount.Chunk);
            b9 = TLanes.Load(result + 9 * LaneCount.Chunk + TLanes.Width);
            a10 = TLanes.Load(result + 10 * LaneCount.Chunk);
            b10 = TLanes.Load(result + 10 * LaneCount.Chunk + TLanes.Width);
            a11 = TLanes.Load(result + 11 * LaneCount.Chunk);
            b11 = TLanes.Load(result + 11 * LaneCount.Chunk + TLanes.Width);
        }

        {
            var weights = first.Weights + row;
            var input = first.Input;
            for (var k = first.Count; k > 0; k--)
            {
                var x = TLanes.Load(input);
                var y = TLanes.Load(input + TLanes.Width);
                var w0 = TLanes.All(weights[0]);
                a0 = TLanes.Fma(w0, x, a0);
                b0 = TLanes.Fma(w0, y, b0);
                var w1 = TLanes.All(weights[1]);
                a1 = TLanes.Fma(w1, x, a1);
                b1 = TLanes.Fma(w1, y, b1);
                var w2 = TLanes.All(weights[2]);
                a2 = TLanes.Fma(w2, x, a2);
                b2 = TLanes.Fma(w2, y, b2);
                var w3 = TLanes.All(weights[3]);
                a3 = TLanes.Fma(w3, x, a3);
                b3 = TLanes.Fma(w3, y, b3);
                var w4 = TLanes.All(weights[4]);
                a4 = TLanes.Fma(w4, x, a4);
                b4 = TLanes.Fma(w4, y, b4);
                var w5 = TLanes.All(weights[5]);
                a5 = TLanes.Fma(w5, x, a5);
                b5 = TLanes.Fma(w5, y, b5);
                var w6 = TLanes.All(weights[6]);
                a6 = TLanes.Fma(w6, x, a6);
                b6 = TLanes.Fma(w6, y, b6);
                var w7 = TLanes.All(weights[7]);
                a7 = TLanes.Fma(w7, x, a7);
                b7 = TLanes.Fma(w7, y, b7);
                var w8 = TLanes.All(weights[8]);
                a8 = TLanes.Fma(w8, x, a8);
                b8 = TLanes.Fma(w8, y, b8);
                var w9 = TLanes.All(weights[9]);
                a9 = TLanes.Fma(w9, x, a9);
                b9 = TLanes.Fma(w9, y, b9);
                var w10 = TLanes.All(weights[10]);
                a10 = TLanes.Fma(w10, x, a10);
                b10 = TLanes.Fma(w10, y, b10);
                var w11 = TLanes.All(weights[11]);
                a11 = TLanes.Fma(w11, x, a11);
                b11 = TLanes.Fma(w11, y, b11);
                weights += first.Stride;
                input += LaneCount.Chunk;
            }
        }

        {
            var weights = second.Weights + row;
            var input = second.Input;
            for (var k = second.Count; k > 0; k--)
            {
                var x = TLanes.Load(input);
                var y = TLanes.Load(input + TLanes.Width);
                var w0 = TLanes.All(weights[0]);
                a0 = TLanes.Fma(w0, x, a0);
                b0 = TLanes.Fma(w0, y, b0);
                var w1 = TLanes.All(weights[1]);
                a1 = TLanes.Fma(w1, x, a1);
                b1 = TLanes.Fma(w1, y, b1);
                var w2 = TLanes.All(weights[2]);
                a2 = TLanes.Fma(w2, x, a2);
                b2 = TLanes.Fma(w2, y, b2);
                var w3 = TLanes.All(weights[3]);
                a3 = TLanes.Fma(w3, x, a3);
                b3 = TLanes.Fma(w3, y, b3);
                var w4 = TLanes.All(weights[4]);
                a4 = TLanes.Fma(w4, x, a4);
                b4 = TLanes.Fma(w4, y, b4);
                var w5 = TLanes.All(weights[5]);
                a5 = TLanes.Fma(w5, x, a5);
                b5 = TLanes.Fma(w5, y, b5);
                var w6 = TLanes.All(weights[6]);
                a6 = TLanes.Fma(w6, x, a6);
                b6 = TLanes.Fma(w6, y, b6);
                var w7 = TLanes.All(weights[7]);
                a7 = TLanes.Fma(w7, x, a7);
                b7 = TLanes.Fma(w7, y, b7);
                var w8 = TLanes.All(weights[8]);
                a8 = TLanes.Fma(w8, x, a8);
                b8 = TLanes.Fma(w8, y, b8);
                var w9 = TLanes.All(weights[9]);
                a9 = TLanes.Fma(w9, x, a9);
                b9 = TLanes.Fma(w9, y, b9);
                var w10 = TLanes.All(weights[10]);
                a10 = TLanes.Fma(w10, x, a10);
                b10 = TLanes.Fma(w10, y, b10);
                var w11 = TLanes.All(weights[11]);
                a11 = TLanes.Fma(w11, x, a11);
                b11 = TLanes.Fma(w11, y, b11);
                weights += second.Stride;
                input += LaneCount.Chunk;
            }
        }

        TLanes.Store(a0, result + 0 * LaneCount.Chunk);
        TLanes.Store(b0, result + 0 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a1, result + 1 * LaneCount.Chunk);
        TLanes.Store(b1, result + 1 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a2, result + 2 * LaneCount.Chunk);
        TLanes.Store(b2, result + 2 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a3, result + 3 * LaneCount.Chunk);
        TLanes.Store(b3, result + 3 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a4, result + 4 * LaneCount.Chunk);
        TLanes.Store(b4, result + 4 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a5, result + 5 * LaneCount.Chunk);
        TLanes.Store(b5, result + 5 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a6, result + 6 * LaneCount.Chunk);
        TLanes.Store(b6, result + 6 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a7, result + 7 * LaneCount.Chunk);
        TLanes.Store(b7, result + 7 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a8, result + 8 * LaneCount.Chunk);
        TLanes.Store(b8, result + 8 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a9, result + 9 * LaneCount.Chunk);
        TLanes.Store(b9, result + 9 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a10, result + 10 * LaneCount.Chunk);
        TLanes.Store(b10, result + 10 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a11, result + 11 * LaneCount.Chunk);
        TLanes.Store(b11, result + 11 * LaneCount.Chunk + TLanes.Width);
    }

    /// <summary>6 rows × 2 vectors.</summary>
    static void Tile6(in Factor first, in Factor second, float* bias, int row, float* result)
    {
        TVector a0, b0;
        TVector a1, b1;
        TVector a2, b2;
        TVector a3, b3;
        TVector a4, b4;
        TVector a5, b5;
        if (bias != null)
        {
            a0 = b0 = TLanes.All(bias[row + 0]);
            a1 = b1 = TLanes.All(bias[row + 1]);
            a2 = b2 = TLanes.All(bias[row + 2]);
            a3 = b3 = TLanes.All(bias[row + 3]);
            a4 = b4 = TLanes.All(bias[row + 4]);
            a5 = b5 = TLanes.All(bias[row + 5]);
        }
        else
        {
            a0 = TLanes.Load(result + 0 * LaneCount.Chunk);
            b0 = TLanes.Load(result + 0 * LaneCount.Chunk + TLanes.Width);
            a1 = TLanes.Load(result + 1 * LaneCount.Chunk);
            b1 = TLanes.Load(result + 1 * LaneCount.Chunk + TLanes.Width);
            a2 = TLanes.Load(result + 2 * LaneCount.Chunk);
            b2 = TLanes.Load(result + 2 * LaneCount.Chunk + TLanes.Width);
            a3 = TLanes.Load(result + 3 * LaneCount.Chunk);
            b3 = TLanes.Load(result + 3 * LaneCount.Chunk + TLanes.Width);
            a4 = TLanes.Load(result + 4 * LaneCount.Chunk);
            b4 = TLanes.Load(result + 4 * LaneCount.Chunk + TLanes.Width);
            a5 = TLanes.Load(result + 5 * LaneCount.Chunk);
            b5 = TLanes.Load(result + 5 * LaneCount.Chunk + TLanes.Width);
        }

        {
            var weights = first.Weights + row;
            var input = first.Input;
            for (var k = first.Count; k > 0; k--)
            {
                var x = TLanes.Load(input);
                var y = TLanes.Load(input + TLanes.Width);
                var w0 = TLanes.All(weights[0]);
                a0 = TLanes.Fma(w0, x, a0);
                b0 = TLanes.Fma(w0, y, b0);
                var w1 = TLanes.All(weights[1]);
                a1 = TLanes.Fma(w1, x, a1);
                b1 = TLanes.Fma(w1, y, b1);
                var w2 = TLanes.All(weights[2]);
                a2 = TLanes.Fma(w2, x, a2);
                b2 = TLanes.Fma(w2, y, b2);
                var w3 = TLanes.All(weights[3]);
                a3 = TLanes.Fma(w3, x, a3);
                b3 = TLanes.Fma(w3, y, b3);
                var w4 = TLanes.All(weights[4]);
                a4 = TLanes.Fma(w4, x, a4);
                b4 = TLanes.Fma(w4, y, b4);
                var w5 = TLanes.All(weights[5]);
                a5 = TLanes.Fma(w5, x, a5);
                b5 = TLanes.Fma(w5, y, b5);
                weights += first.Stride;
                input += LaneCount.Chunk;
            }
        }

        {
            var weights = second.Weights + row;
            var input = second.Input;
            for (var k = second.Count; k > 0; k--)
            {
                var x = TLanes.Load(input);
                var y = TLanes.Load(input + TLanes.Width);
                var w0 = TLanes.All(weights[0]);
                a0 = TLanes.Fma(w0, x, a0);
                b0 = TLanes.Fma(w0, y, b0);
                var w1 = TLanes.All(weights[1]);
                a1 = TLanes.Fma(w1, x, a1);
                b1 = TLanes.Fma(w1, y, b1);
                var w2 = TLanes.All(weights[2]);
                a2 = TLanes.Fma(w2, x, a2);
                b2 = TLanes.Fma(w2, y, b2);
                var w3 = TLanes.All(weights[3]);
                a3 = TLanes.Fma(w3, x, a3);
                b3 = TLanes.Fma(w3, y, b3);
                var w4 = TLanes.All(weights[4]);
                a4 = TLanes.Fma(w4, x, a4);
                b4 = TLanes.Fma(w4, y, b4);
                var w5 = TLanes.All(weights[5]);
                a5 = TLanes.Fma(w5, x, a5);
                b5 = TLanes.Fma(w5, y, b5);
                weights += second.Stride;
                input += LaneCount.Chunk;
            }
        }

        TLanes.Store(a0, result + 0 * LaneCount.Chunk);
        TLanes.Store(b0, result + 0 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a1, result + 1 * LaneCount.Chunk);
        TLanes.Store(b1, result + 1 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a2, result + 2 * LaneCount.Chunk);
        TLanes.Store(b2, result + 2 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a3, result + 3 * LaneCount.Chunk);
        TLanes.Store(b3, result + 3 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a4, result + 4 * LaneCount.Chunk);
        TLanes.Store(b4, result + 4 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a5, result + 5 * LaneCount.Chunk);
        TLanes.Store(b5, result + 5 * LaneCount.Chunk + TLanes.Width);
    }

    /// <summary>4 rows × 2 vectors.</summary>
    static void Tile4(in Factor first, in Factor second, float* bias, int row, float* result)
    {
        TVector a0, b0;
        TVector a1, b1;
        TVector a2, b2;
        TVector a3, b3;
        if (bias != null)
        {
            a0 = b0 = TLanes.All(bias[row + 0]);
            a1 = b1 = TLanes.All(bias[row + 1]);
            a2 = b2 = TLanes.All(bias[row + 2]);
            a3 = b3 = TLanes.All(bias[row + 3]);
        }
        else
        {
            a0 = TLanes.Load(result + 0 * LaneCount.Chunk);
            b0 = TLanes.Load(result + 0 * LaneCount.Chunk + TLanes.Width);
            a1 = TLanes.Load(result + 1 * LaneCount.Chunk);
            b1 = TLanes.Load(result + 1 * LaneCount.Chunk + TLanes.Width);
            a2 = TLanes.Load(result + 2 * LaneCount.Chunk);
            b2 = TLanes.Load(result + 2 * LaneCount.Chunk + TLanes.Width);
            a3 = TLanes.Load(result + 3 * LaneCount.Chunk);
            b3 = TLanes.Load(result + 3 * LaneCount.Chunk + TLanes.Width);
        }

        {
            var weights = first.Weights + row;
            var input = first.Input;
            for (var k = first.Count; k > 0; k--)
            {
                var x = TLanes.Load(input);
                var y = TLanes.Load(input + TLanes.Width);
                var w0 = TLanes.All(weights[0]);
                a0 = TLanes.Fma(w0, x, a0);
                b0 = TLanes.Fma(w0, y, b0);
                var w1 = TLanes.All(weights[1]);
                a1 = TLanes.Fma(w1, x, a1);
                b1 = TLanes.Fma(w1, y, b1);
                var w2 = TLanes.All(weights[2]);
                a2 = TLanes.Fma(w2, x, a2);
                b2 = TLanes.Fma(w2, y, b2);
                var w3 = TLanes.All(weights[3]);
                a3 = TLanes.Fma(w3, x, a3);
                b3 = TLanes.Fma(w3, y, b3);
                weights += first.Stride;
                input += LaneCount.Chunk;
            }
        }

        {
            var weights = second.Weights + row;
            var input = second.Input;
            for (var k = second.Count; k > 0; k--)
            {
                var x = TLanes.Load(input);
                var y = TLanes.Load(input + TLanes.Width);
                var w0 = TLanes.All(weights[0]);
                a0 = TLanes.Fma(w0, x, a0);
                b0 = TLanes.Fma(w0, y, b0);
                var w1 = TLanes.All(weights[1]);
                a1 = TLanes.Fma(w1, x, a1);
                b1 = TLanes.Fma(w1, y, b1);
                var w2 = TLanes.All(weights[2]);
                a2 = TLanes.Fma(w2, x, a2);
                b2 = TLanes.Fma(w2, y, b2);
                var w3 = TLanes.All(weights[3]);
                a3 = TLanes.Fma(w3, x, a3);
                b3 = TLanes.Fma(w3, y, b3);
                weights += second.Stride;
                input += LaneCount.Chunk;
            }
        }

        TLanes.Store(a0, result + 0 * LaneCount.Chunk);
        TLanes.Store(b0, result + 0 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a1, result + 1 * LaneCount.Chunk);
        TLanes.Store(b1, result + 1 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a2, result + 2 * LaneCount.Chunk);
        TLanes.Store(b2, result + 2 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a3, result + 3 * LaneCount.Chunk);
        TLanes.Store(b3, result + 3 * LaneCount.Chunk + TLanes.Width);
    }

    /// <summary>2 rows × 2 vectors.</summary>
    static void Tile2(in Factor first, in Factor second, float* bias, int row, float* result)
    {
        TVector a0, b0;
        TVector a1, b1;
        if (bias != null)
        {
            a0 = b0 = TLanes.All(bias[row + 0]);
            a1 = b1 = TLanes.All(bias[row + 1]);
        }
        else
        {
            a0 = TLanes.Load(result + 0 * LaneCount.Chunk);
            b0 = TLanes.Load(result + 0 * LaneCount.Chunk + TLanes.Width);
            a1 = TLanes.Load(result + 1 * LaneCount.Chunk);
            b1 = TLanes.Load(result + 1 * LaneCount.Chunk + TLanes.Width);
        }

        {
            var weights = first.Weights + row;
            var input = first.Input;
            for (var k = first.Count; k > 0; k--)
            {
                var x = TLanes.Load(input);
                var y = TLanes.Load(input + TLanes.Width);
                var w0 = TLanes.All(weights[0]);
                a0 = TLanes.Fma(w0, x, a0);
                b0 = TLanes.Fma(w0, y, b0);
                var w1 = TLanes.All(weights[1]);
                a1 = TLanes.Fma(w1, x, a1);
                b1 = TLanes.Fma(w1, y, b1);
                weights += first.Stride;
                input += LaneCount.Chunk;
            }
        }

        {
            var weights = second.Weights + row;
            var input = second.Input;
            for (var k = second.Count; k > 0; k--)
            {
                var x = TLanes.Load(input);
                var y = TLanes.Load(input + TLanes.Width);
                var w0 = TLanes.All(weights[0]);
                a0 = TLanes.Fma(w0, x, a0);
                b0 = TLanes.Fma(w0, y, b0);
                var w1 = TLanes.All(weights[1]);
                a1 = TLanes.Fma(w1, x, a1);
                b1 = TLanes.Fma(w1, y, b1);
                weights += second.Stride;
                input += LaneCount.Chunk;
            }
        }

        TLanes.Store(a0, result + 0 * LaneCount.Chunk);
        TLanes.Store(b0, result + 0 * LaneCount.Chunk + TLanes.Width);
        TLanes.Store(a1, result + 1 * LaneCount.Chunk);
        TLanes.Store(b1, result + 1 * LaneCount.Chunk + TLanes.Width);
    }

    /// <summary>1 row × 2 vectors.</summary>
    static void Tile1(in Factor first, in Factor second, float* bias, int row, float* result)
    {
        TVector a0, b0;
        if (bias != null)
        {
            a0 = b0 = TLanes.All(bias[row + 0]);
        }
        else
        {
            a0 = TLanes.Load(result + 0 * LaneCount.Chunk);
            b0 = TLanes.Load(result + 0 * LaneCount.Chunk + TLanes.Width);
        }

        {
            var weights = first.Weights + row;
            var input = first.Input;
            for (var k = first.Count; k > 0; k--)
            {
                var x = TLanes.Load(input);
                var y = TLanes.Load(input + TLanes.Width);
                var w0 = TLanes.All(weights[0]);
                a0 = TLanes.Fma(w0, x, a0);
                b0 = TLanes.Fma(w0, y, b0);
                weights += first.Stride;
                input += LaneCount.Chunk;
            }
        }

        {
            var weights = second.Weights + row;
            var input = second.Input;
            for (var k = second.Count; k > 0; k--)
            {
                var x = TLanes.Load(input);
                var y = TLanes.Load(input + TLanes.Width);
                var w0 = TLanes.All(weights[0]);
                a0 = TLanes.Fma(w0, x, a0);
                b0 = TLanes.Fma(w0, y, b0);
                weights += second.Stride;
                input += LaneCount.Chunk;
            }
        }

        TLanes.Store(a0, result + 0 * LaneCount.Chunk);
        TLanes.Store(b0, result + 0 * LaneCount.Chunk + TLanes.Width);
    }
}
