using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Linear;

/// <summary>How a weight gradient walks through time: from a last step downwards.</summary>
/// <param name="deltaStride">Floats between a delta of one time step and the next.</param>
/// <param name="inputStride">The same for the inputs.</param>
/// <param name="steps">Time steps.</param>
readonly struct Sweep(int deltaStride, int inputStride, int steps)
{
    public readonly int DeltaStride = deltaStride;
    public readonly int InputStride = inputStride;
    public readonly int Steps = steps;
}

/// <summary>
/// Weight gradients over a chunk: <c>sums[j, i, lane] += d[t, j, lane]·x[t, i, lane]</c>, t descending, the chunk's first 16 lanes before its
/// second, each term one fused multiply-add into one of <see cref="LaneCount.Virtual"/> lanes. The lanes are added up once a step
/// (<see cref="LaneTree"/>), so neither blocks of rows nor blocks of time change the bits.
/// </summary>
static unsafe class OuterProduct<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <param name="sweep">Strides and number of the time steps.</param>
    /// <param name="delta">Deltas of the <em>last</em> time step, [deltas][<see cref="LaneCount.Chunk"/>].</param>
    /// <param name="deltas">Rows of the gradient.</param>
    /// <param name="input">Inputs of the last time step, [inputs][<see cref="LaneCount.Chunk"/>].</param>
    /// <param name="inputs">Columns of the gradient.</param>
    /// <param name="sums">[deltas][inputs][<see cref="LaneCount.Virtual"/>].</param>
    /// <param name="fresh">Start from zero instead of from what <paramref name="sums"/> holds.</param>
    public static void Accumulate(in Sweep sweep, float* delta, int deltas, float* input, int inputs, float* sums, bool fresh)
    {
        var stride = inputs * LaneCount.Virtual;
        for (var lane = 0; lane < LaneCount.Virtual; lane += TLanes.Width)
        {
            var j = 0;
            if (TLanes.Registers >= 32)
            {
                for (; j + 6 <= deltas; j += 6)
                {
                    var d = delta + j * LaneCount.Chunk + lane;
                    var to = sums + j * stride + lane;
                    var i = 0;
                    for (; i + 4 <= inputs; i += 4) Tile6x4(sweep, d, input + i * LaneCount.Chunk + lane, to + i * LaneCount.Virtual, stride, fresh);
                    for (; i < inputs; i++) Tile6x1(sweep, d, input + i * LaneCount.Chunk + lane, to + i * LaneCount.Virtual, stride, fresh);
                }
            }

            for (; j + 3 <= deltas; j += 3)
            {
                var d = delta + j * LaneCount.Chunk + lane;
                var to = sums + j * stride + lane;
                var i = 0;
                for (; i + 4 <= inputs; i += 4) Tile3x4(sweep, d, input + i * LaneCount.Chunk + lane, to + i * LaneCount.Virtual, stride, fresh);
                for (; i < inputs; i++) Tile3x1(sweep, d, input + i * LaneCount.Chunk + lane, to + i * LaneCount.Virtual, stride, fresh);
            }

            for (; j < deltas; j++)
            {
                var d = delta + j * LaneCount.Chunk + lane;
                var to = sums + j * stride + lane;
                var i = 0;
                for (; i + 4 <= inputs; i += 4) Tile1x4(sweep, d, input + i * LaneCount.Chunk + lane, to + i * LaneCount.Virtual, stride, fresh);
                for (; i < inputs; i++) Tile1x1(sweep, d, input + i * LaneCount.Chunk + lane, to + i * LaneCount.Virtual, stride, fresh);
            }
        }
    }

    /// <summary>The same with every input 1: bias gradients, by plain addition. <paramref name="sums"/> is [deltas][<see cref="LaneCount.Virtual"/>].</summary>
    public static void AccumulateBias(in Sweep sweep, float* delta, int deltas, float* sums, bool fresh)
    {
        for (var lane = 0; lane < LaneCount.Virtual; lane += TLanes.Width)
        {
            var j = 0;
            for (; j + 4 <= deltas; j += 4) Bias4(sweep, delta + j * LaneCount.Chunk + lane, sums + j * LaneCount.Virtual + lane, fresh);
            for (; j < deltas; j++) Bias1(sweep, delta + j * LaneCount.Chunk + lane, sums + j * LaneCount.Virtual + lane, fresh);
        }
    }

    /// <summary>6 × 4 accumulators.</summary>
    static void Tile6x4(in Sweep sweep, float* d, float* x, float* sums, int stride, bool fresh)
    {
        TVector s00, s01, s02, s03;
        TVector s10, s11, s12, s13;
        TVector s20, s21, s22, s23;
        TVector s30, s31, s32, s33;
        TVector s40, s41, s42, s43;
        TVector s50, s51, s52, s53;
        if (fresh)
        {
            s00 = s01 = s02 = s03 = TLanes.All(0f);
            s10 = s11 = s12 = s13 = TLanes.All(0f);
            s20 = s21 = s22 = s23 = TLanes.All(0f);
            s30 = s31 = s32 = s33 = TLanes.All(0f);
            s40 = s41 = s42 = s43 = TLanes.All(0f);
            s50 = s51 = s52 = s53 = TLanes.All(0f);
        }
        else
        {
            s00 = TLanes.Load(sums + (0 * stride) + 0);
            s01 = TLanes.Load(sums + (0 * stride) + 16);
            s02 = TLanes.Load(sums + (0 * stride) + 32);
            s03 = TLanes.Load(sums + (0 * stride) + 48);
            s10 = TLanes.Load(sums + (1 * stride) + 0);
            s11 = TLanes.Load(sums + (1 * stride) + 16);
            s12 = TLanes.Load(sums + (1 * stride) + 32);
            s13 = TLanes.Load(sums + (1 * stride) + 48);
            s20 = TLanes.Load(sums + (2 * stride) + 0);
            s21 = TLanes.Load(sums + (2 * stride) + 16);
            s22 = TLanes.Load(sums + (2 * stride) + 32);
            s23 = TLanes.Load(sums + (2 * stride) + 48);
            s30 = TLanes.Load(sums + (3 * stride) + 0);
            s31 = TLanes.Load(sums + (3 * stride) + 16);
            s32 = TLanes.Load(sums + (3 * stride) + 32);
            s33 = TLanes.Load(sums + (3 * stride) + 48);
            s40 = TLanes.Load(sums + (4 * stride) + 0);
            s41 = TLanes.Load(sums + (4 * stride) + 16);
            s42 = TLanes.Load(sums + (4 * stride) + 32);
            s43 = TLanes.Load(sums + (4 * stride) + 48);
            s50 = TLanes.Load(sums + (5 * stride) + 0);
            s51 = TLanes.Load(sums + (5 * stride) + 16);
            s52 = TLanes.Load(sums + (5 * stride) + 32);
            s53 = TLanes.Load(sums + (5 * stride) + 48);
        }

        for (var step = sweep.Steps; step > 0; step--)
        {
            {
                var x0 = TLanes.Load(x + 0);
                var x1 = TLanes.Load(x + 32);
                var x2 = TLanes.Load(x + 64);
                var x3 = TLanes.Load(x + 96);
                var d0 = TLanes.Load(d + 0);
                s00 = TLanes.Fma(d0, x0, s00);
                s01 = TLanes.Fma(d0, x1, s01);
                s02 = TLanes.Fma(d0, x2, s02);
                s03 = TLanes.Fma(d0, x3, s03);
                var d1 = TLanes.Load(d + 32);
                s10 = TLanes.Fma(d1, x0, s10);
                s11 = TLanes.Fma(d1, x1, s11);
                s12 = TLanes.Fma(d1, x2, s12);
                s13 = TLanes.Fma(d1, x3, s13);
                var d2 = TLanes.Load(d + 64);
                s20 = TLanes.Fma(d2, x0, s20);
                s21 = TLanes.Fma(d2, x1, s21);
                s22 = TLanes.Fma(d2, x2, s22);
                s23 = TLanes.Fma(d2, x3, s23);
                var d3 = TLanes.Load(d + 96);
                s30 = TLanes.Fma(d3, x0, s30);
                s31 = TLanes.Fma(d3, x1, s31);
                s32 = TLanes.Fma(d3, x2, s32);
                s33 = TLanes.Fma(d3, x3, s33);
                var d4 = TLanes.Load(d + 128);
                s40 = TLanes.Fma(d4, x0, s40);
                s41 = TLanes.Fma(d4, x1, s41);
                s42 = TLanes.Fma(d4, x2, s42);
                s43 = TLanes.Fma(d4, x3, s43);
                var d5 = TLanes.Load(d + 160);
                s50 = TLanes.Fma(d5, x0, s50);
                s51 = TLanes.Fma(d5, x1, s51);
                s52 = TLanes.Fma(d5, x2, s52);
                s53 = TLanes.Fma(d5, x3, s53);
            }

            {
                var x0 = TLanes.Load(x + 16);
                var x1 = TLanes.Load(x + 48);
                var x2 = TLanes.Load(x + 80);
                var x3 = TLanes.Load(x + 112);
                var d0 = TLanes.Load(d + 16);
                s00 = TLanes.Fma(d0, x0, s00);
                s01 = TLanes.Fma(d0, x1, s01);
                s02 = TLanes.Fma(d0, x2, s02);
                s03 = TLanes.Fma(d0, x3, s03);
                var d1 = TLanes.Load(d + 48);
                s10 = TLanes.Fma(d1, x0, s10);
                s11 = TLanes.Fma(d1, x1, s11);
                s12 = TLanes.Fma(d1, x2, s12);
                s13 = TLanes.Fma(d1, x3, s13);
                var d2 = TLanes.Load(d + 80);
                s20 = TLanes.Fma(d2, x0, s20);
                s21 = TLanes.Fma(d2, x1, s21);
                s22 = TLanes.Fma(d2, x2, s22);
                s23 = TLanes.Fma(d2, x3, s23);
                var d3 = TLanes.Load(d + 112);
                s30 = TLanes.Fma(d3, x0, s30);
                s31 = TLanes.Fma(d3, x1, s31);
                s32 = TLanes.Fma(d3, x2, s32);
                s33 = TLanes.Fma(d3, x3, s33);
                var d4 = TLanes.Load(d + 144);
                s40 = TLanes.Fma(d4, x0, s40);
                s41 = TLanes.Fma(d4, x1, s41);
                s42 = TLanes.Fma(d4, x2, s42);
                s43 = TLanes.Fma(d4, x3, s43);
                var d5 = TLanes.Load(d + 176);
                s50 = TLanes.Fma(d5, x0, s50);
                s51 = TLanes.Fma(d5, x1, s51);
                s52 = TLanes.Fma(d5, x2, s52);
                s53 = TLanes.Fma(d5, x3, s53);
            }

            d -= sweep.DeltaStride;
            x -= sweep.InputStride;
        }

        TLanes.Store(s00, sums + (0 * stride) + 0);
        TLanes.Store(s01, sums + (0 * stride) + 16);
        TLanes.Store(s02, sums + (0 * stride) + 32);
        TLanes.Store(s03, sums + (0 * stride) + 48);
        TLanes.Store(s10, sums + (1 * stride) + 0);
        TLanes.Store(s11, sums + (1 * stride) + 16);
        TLanes.Store(s12, sums + (1 * stride) + 32);
        TLanes.Store(s13, sums + (1 * stride) + 48);
        TLanes.Store(s20, sums + (2 * stride) + 0);
        TLanes.Store(s21, sums + (2 * stride) + 16);
        TLanes.Store(s22, sums + (2 * stride) + 32);
        TLanes.Store(s23, sums + (2 * stride) + 48);
        TLanes.Store(s30, sums + (3 * stride) + 0);
        TLanes.Store(s31, sums + (3 * stride) + 16);
        TLanes.Store(s32, sums + (3 * stride) + 32);
        TLanes.Store(s33, sums + (3 * stride) + 48);
        TLanes.Store(s40, sums + (4 * stride) + 0);
        TLanes.Store(s41, sums + (4 * stride) + 16);
        TLanes.Store(s42, sums + (4 * stride) + 32);
        TLanes.Store(s43, sums + (4 * stride) + 48);
        TLanes.Store(s50, sums + (5 * stride) + 0);
        TLanes.Store(s51, sums + (5 * stride) + 16);
        TLanes.Store(s52, sums + (5 * stride) + 32);
        TLanes.Store(s53, sums + (5 * stride) + 48);
    }

    /// <summary>6 × 1 accumulators.</summary>
    static void Tile6x1(in Sweep sweep, float* d, float* x, float* sums, int stride, bool fresh)
    {
        TVector s00;
        TVector s10;
        TVector s20;
        TVector s30;
        TVector s40;
        TVector s50;
        if (fresh)
        {
            s00 = TLanes.All(0f);
            s10 = TLanes.All(0f);
            s20 = TLanes.All(0f);
            s30 = TLanes.All(0f);
            s40 = TLanes.All(0f);
            s50 = TLanes.All(0f);
        }
        else
        {
            s00 = TLanes.Load(sums + (0 * stride) + 0);
            s10 = TLanes.Load(sums + (1 * stride) + 0);
            s20 = TLanes.Load(sums + (2 * stride) + 0);
            s30 = TLanes.Load(sums + (3 * stride) + 0);
            s40 = TLanes.Load(sums + (4 * stride) + 0);
            s50 = TLanes.Load(sums + (5 * stride) + 0);
        }

        for (var step = sweep.Steps; step > 0; step--)
        {
            {
                var x0 = TLanes.Load(x + 0);
                var d0 = TLanes.Load(d + 0);
                s00 = TLanes.Fma(d0, x0, s00);
                var d1 = TLanes.Load(d + 32);
                s10 = TLanes.Fma(d1, x0, s10);
                var d2 = TLanes.Load(d + 64);
                s20 = TLanes.Fma(d2, x0, s20);
                var d3 = TLanes.Load(d + 96);
                s30 = TLanes.Fma(d3, x0, s30);
                var d4 = TLanes.Load(d + 128);
                s40 = TLanes.Fma(d4, x0, s40);
                var d5 = TLanes.Load(d + 160);
                s50 = TLanes.Fma(d5, x0, s50);
            }

            {
                var x0 = TLanes.Load(x + 16);
                var d0 = TLanes.Load(d + 16);
                s00 = TLanes.Fma(d0, x0, s00);
                var d1 = TLanes.Load(d + 48);
                s10 = TLanes.Fma(d1, x0, s10);
                var d2 = TLanes.Load(d + 80);
                s20 = TLanes.Fma(d2, x0, s20);
                var d3 = TLanes.Load(d + 112);
                s30 = TLanes.Fma(d3, x0, s30);
                var d4 = TLanes.Load(d + 144);
                s40 = TLanes.Fma(d4, x0, s40);
                var d5 = TLanes.Load(d + 176);
                s50 = TLanes.Fma(d5, x0, s50);
            }

            d -= sweep.DeltaStride;
            x -= sweep.InputStride;
        }

        TLanes.Store(s00, sums + (0 * stride) + 0);
        TLanes.Store(s10, sums + (1 * stride) + 0);
        TLanes.Store(s20, sums + (2 * stride) + 0);
        TLanes.Store(s30, sums + (3 * stride) + 0);
        TLanes.Store(s40, sums + (4 * stride) + 0);
        TLanes.Store(s50, sums + (5 * stride) + 0);
    }

    /// <summary>3 × 4 accumulators.</summary>
    static void Tile3x4(in Sweep sweep, float* d, float* x, float* sums, int stride, bool fresh)
    {
        TVector s00, s01, s02, s03;
        TVector s10, s11, s12, s13;
        TVector s20, s21, s22, s23;
        if (fresh)
        {
            s00 = s01 = s02 = s03 = TLanes.All(0f);
            s10 = s11 = s12 = s13 = TLanes.All(0f);
            s20 = s21 = s22 = s23 = TLanes.All(0f);
        }
        else
        {
            s00 = TLanes.Load(sums + (0 * stride) + 0);
            s01 = TLanes.Load(sums + (0 * stride) + 16);
            s02 = TLanes.Load(sums + (0 * stride) + 32);
            s03 = TLanes.Load(sums + (0 * stride) + 48);
            s10 = TLanes.Load(sums + (1 * stride) + 0);
            s11 = TLanes.Load(sums + (1 * stride) + 16);
            s12 = TLanes.Load(sums + (1 * stride) + 32);
            s13 = TLanes.Load(sums + (1 * stride) + 48);
            s20 = TLanes.Load(sums + (2 * stride) + 0);
            s21 = TLanes.Load(sums + (2 * stride) + 16);
            s22 = TLanes.Load(sums + (2 * stride) + 32);
            s23 = TLanes.Load(sums + (2 * stride) + 48);
        }

        for (var step = sweep.Steps; step > 0; step--)
        {
            {
                var x0 = TLanes.Load(x + 0);
                var x1 = TLanes.Load(x + 32);
                var x2 = TLanes.Load(x + 64);
                var x3 = TLanes.Load(x + 96);
                var d0 = TLanes.Load(d + 0);
                s00 = TLanes.Fma(d0, x0, s00);
                s01 = TLanes.Fma(d0, x1, s01);
                s02 = TLanes.Fma(d0, x2, s02);
                s03 = TLanes.Fma(d0, x3, s03);
                var d1 = TLanes.Load(d + 32);
                s10 = TLanes.Fma(d1, x0, s10);
                s11 = TLanes.Fma(d1, x1, s11);
                s12 = TLanes.Fma(d1, x2, s12);
                s13 = TLanes.Fma(d1, x3, s13);
                var d2 = TLanes.Load(d + 64);
                s20 = TLanes.Fma(d2, x0, s20);
                s21 = TLanes.Fma(d2, x1, s21);
                s22 = TLanes.Fma(d2, x2, s22);
                s23 = TLanes.Fma(d2, x3, s23);
            }

            {
                var x0 = TLanes.Load(x + 16);
                var x1 = TLanes.Load(x + 48);
                var x2 = TLanes.Load(x + 80);
                var x3 = TLanes.Load(x + 112);
                var d0 = TLanes.Load(d + 16);
                s00 = TLanes.Fma(d0, x0, s00);
                s01 = TLanes.Fma(d0, x1, s01);
                s02 = TLanes.Fma(d0, x2, s02);
                s03 = TLanes.Fma(d0, x3, s03);
                var d1 = TLanes.Load(d + 48);
                s10 = TLanes.Fma(d1, x0, s10);
                s11 = TLanes.Fma(d1, x1, s11);
                s12 = TLanes.Fma(d1, x2, s12);
                s13 = TLanes.Fma(d1, x3, s13);
                var d2 = TLanes.Load(d + 80);
                s20 = TLanes.Fma(d2, x0, s20);
                s21 = TLanes.Fma(d2, x1, s21);
                s22 = TLanes.Fma(d2, x2, s22);
                s23 = TLanes.Fma(d2, x3, s23);
            }

            d -= sweep.DeltaStride;
            x -= sweep.InputStride;
        }

        TLanes.Store(s00, sums + (0 * stride) + 0);
        TLanes.Store(s01, sums + (0 * stride) + 16);
        TLanes.Store(s02, sums + (0 * stride) + 32);
        TLanes.Store(s03, sums + (0 * stride) + 48);
        TLanes.Store(s10, sums + (1 * stride) + 0);
        TLanes.Store(s11, sums + (1 * stride) + 16);
        TLanes.Store(s12, sums + (1 * stride) + 32);
        TLanes.Store(s13, sums + (1 * stride) + 48);
        TLanes.Store(s20, sums + (2 * stride) + 0);
        TLanes.Store(s21, sums + (2 * stride) + 16);
        TLanes.Store(s22, sums + (2 * stride) + 32);
        TLanes.Store(s23, sums + (2 * stride) + 48);
    }

    /// <summary>3 × 1 accumulators.</summary>
    static void Tile3x1(in Sweep sweep, float* d, float* x, float* sums, int stride, bool fresh)
    {
        TVector s00;
        TVector s10;
        TVector s20;
        if (fresh)
        {
            s00 = TLanes.All(0f);
            s10 = TLanes.All(0f);
            s20 = TLanes.All(0f);
        }
        else
        {
            s00 = TLanes.Load(sums + (0 * stride) + 0);
            s10 = TLanes.Load(sums + (1 * stride) + 0);
            s20 = TLanes.Load(sums + (2 * stride) + 0);
        }

        for (var step = sweep.Steps; step > 0; step--)
        {
            {
                var x0 = TLanes.Load(x + 0);
                var d0 = TLanes.Load(d + 0);
                s00 = TLanes.Fma(d0, x0, s00);
                var d1 = TLanes.Load(d + 32);
                s10 = TLanes.Fma(d1, x0, s10);
                var d2 = TLanes.Load(d + 64);
                s20 = TLanes.Fma(d2, x0, s20);
            }

            {
                var x0 = TLanes.Load(x + 16);
                var d0 = TLanes.Load(d + 16);
                s00 = TLanes.Fma(d0, x0, s00);
                var d1 = TLanes.Load(d + 48);
                s10 = TLanes.Fma(d1, x0, s10);
                var d2 = TLanes.Load(d + 80);
                s20 = TLanes.Fma(d2, x0, s20);
            }

            d -= sweep.DeltaStride;
            x -= sweep.InputStride;
        }

        TLanes.Store(s00, sums + (0 * stride) + 0);
        TLanes.Store(s10, sums + (1 * stride) + 0);
        TLanes.Store(s20, sums + (2 * stride) + 0);
    }

    /// <summary>1 × 4 accumulators.</summary>
    static void Tile1x4(in Sweep sweep, float* d, float* x, float* sums, int stride, bool fresh)
    {
        TVector s00, s01, s02, s03;
        if (fresh)
        {
            s00 = s01 = s02 = s03 = TLanes.All(0f);
        }
        else
        {
            s00 = TLanes.Load(sums + (0 * stride) + 0);
            s01 = TLanes.Load(sums + (0 * stride) + 16);
            s02 = TLanes.Load(sums + (0 * stride) + 32);
            s03 = TLanes.Load(sums + (0 * stride) + 48);
        }

        for (var step = sweep.Steps; step > 0; step--)
        {
            {
                var x0 = TLanes.Load(x + 0);
                var x1 = TLanes.Load(x + 32);
                var x2 = TLanes.Load(x + 64);
                var x3 = TLanes.Load(x + 96);
                var d0 = TLanes.Load(d + 0);
                s00 = TLanes.Fma(d0, x0, s00);
                s01 = TLanes.Fma(d0, x1, s01);
                s02 = TLanes.Fma(d0, x2, s02);
                s03 = TLanes.Fma(d0, x3, s03);
            }

            {
                var x0 = TLanes.Load(x + 16);
                var x1 = TLanes.Load(x + 48);
                var x2 = TLanes.Load(x + 80);
                var x3 = TLanes.Load(x + 112);
                var d0 = TLanes.Load(d + 16);
                s00 = TLanes.Fma(d0, x0, s00);
                s01 = TLanes.Fma(d0, x1, s01);
                s02 = TLanes.Fma(d0, x2, s02);
                s03 = TLanes.Fma(d0, x3, s03);
            }

            d -= sweep.DeltaStride;
            x -= sweep.InputStride;
        }

        TLanes.Store(s00, sums + (0 * stride) + 0);
        TLanes.Store(s01, sums + (0 * stride) + 16);
        TLanes.Store(s02, sums + (0 * stride) + 32);
        TLanes.Store(s03, sums + (0 * stride) + 48);
    }

    /// <summary>1 × 1 accumulators.</summary>
    static void Tile1x1(in Sweep sweep, float* d, float* x, float* sums, int stride, bool fresh)
    {
        TVector s00;
        if (fresh)
        {
            s00 = TLanes.All(0f);
        }
        else
        {
            s00 = TLanes.Load(sums + (0 * stride) + 0);
        }

        for (var step = sweep.Steps; step > 0; step--)
        {
            {
                var x0 = TLanes.Load(x + 0);
                var d0 = TLanes.Load(d + 0);
                s00 = TLanes.Fma(d0, x0, s00);
            }

            {
                var x0 = TLanes.Load(x + 16);
                var d0 = TLanes.Load(d + 16);
                s00 = TLanes.Fma(d0, x0, s00);
            }

            d -= sweep.DeltaStride;
            x -= sweep.InputStride;
        }

        TLanes.Store(s00, sums + (0 * stride) + 0);
    }

    static void Bias4(in Sweep sweep, float* d, float* sums, bool fresh)
    {
        var s0 = fresh ? TLanes.All(0f) : TLanes.Load(sums + 0);
        var s1 = fresh ? TLanes.All(0f) : TLanes.Load(sums + 16);
        var s2 = fresh ? TLanes.All(0f) : TLanes.Load(sums + 32);
        var s3 = fresh ? TLanes.All(0f) : TLanes.Load(sums + 48);
        for (var step = sweep.Steps; step > 0; step--)
        {
            s0 = TLanes.Add(s0, TLanes.Load(d + 0));
            s1 = TLanes.Add(s1, TLanes.Load(d + 32));
            s2 = TLanes.Add(s2, TLanes.Load(d + 64));
            s3 = TLanes.Add(s3, TLanes.Load(d + 96));
            s0 = TLanes.Add(s0, TLanes.Load(d + 16));
            s1 = TLanes.Add(s1, TLanes.Load(d + 48));
            s2 = TLanes.Add(s2, TLanes.Load(d + 80));
            s3 = TLanes.Add(s3, TLanes.Load(d + 112));
            d -= sweep.DeltaStride;
        }

        TLanes.Store(s0, sums + 0);
        TLanes.Store(s1, sums + 16);
        TLanes.Store(s2, sums + 32);
        TLanes.Store(s3, sums + 48);
    }

    static void Bias1(in Sweep sweep, float* d, float* sums, bool fresh)
    {
        var s0 = fresh ? TLanes.All(0f) : TLanes.Load(sums + 0);
        for (var step = sweep.Steps; step > 0; step--)
        {
            s0 = TLanes.Add(s0, TLanes.Load(d + 0));
            s0 = TLanes.Add(s0, TLanes.Load(d + 16));
            d -= sweep.DeltaStride;
        }

        TLanes.Store(s0, sums + 0);
    }
}
