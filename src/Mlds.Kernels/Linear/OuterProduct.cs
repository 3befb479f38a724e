using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Mlds.Kernels.Lanes;

namespace Mlds.Kernels.Linear;

/// <summary>How a weight gradient walks through time: from the last step backwards.</summary>
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
/// Weight gradients over a chunk: <c>sums[j, i, lane] += d[t, j, lane]·x[t, i, lane]</c>, t descending, the chunk's first 16 lanes before
/// its second, each term one fused multiply-add into one of <see cref="LaneCount.Virtual"/> lanes. The lanes are added up once per step
/// (<see cref="LaneTree"/>), so neither tiles nor blocks of time change the bits.
/// </summary>
/// <remarks>
/// Tiles are wide: 2 deltas × up to 12 inputs where there are 32 registers, × 6 where there are 16. A tile's inputs over a block of time
/// fit the first-level cache and all the deltas don't, so the inputs are kept there while the deltas pass by. Sums that outgrow the
/// second-level cache are fetched a tile ahead, the deltas that pass by some steps ahead.
/// </remarks>
static unsafe class OuterProduct<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    /// <summary>
    /// From this many bytes of sums on, a tile's are fetched while the one before is worked on. Fewer stay in the second-level cache from
    /// one chunk to the next, beside a chunk's activations, and fetching costs more than it brings.
    /// </summary>
    const int FarBytes = 128 * 1024;

    /// <summary>Steps between the fetching of a delta and its use: some 200 cycles, as long as the third-level cache takes.</summary>
    const int StepsAhead = 4;

    /// <param name="sweep">Strides and number of the time steps.</param>
    /// <param name="delta">Deltas of the <em>last</em> time step, [deltas][<see cref="LaneCount.Chunk"/>].</param>
    /// <param name="deltas">Rows of the gradient.</param>
    /// <param name="input">Inputs of the last time step, [inputs][<see cref="LaneCount.Chunk"/>].</param>
    /// <param name="inputs">Columns of the gradient.</param>
    /// <param name="sums">[deltas][inputs][<see cref="LaneCount.Virtual"/>].</param>
    /// <param name="fresh">Start from zero instead of from what <paramref name="sums"/> holds.</param>
    public static void Accumulate(in Sweep sweep, float* delta, int deltas, float* input, int inputs, float* sums, bool fresh)
    {
        var largest = TLanes.Registers >= 32 ? 12 : 6;
        var far = (long)deltas * inputs * LaneCount.Virtual * sizeof(float) >= FarBytes;
        for (var lane = 0; lane < LaneCount.Virtual; lane += TLanes.Width)
        {
            for (var i = 0; i < inputs;)
            {
                var size = Tiling.Next(inputs - i, largest);
                var d = delta + lane;
                var x = input + (i * LaneCount.Chunk) + lane;
                var to = sums + (i * LaneCount.Virtual) + lane;
                switch (size)
                {
                    case 1: Columns<Of1>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                    case 2: Columns<Of2>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                    case 3: Columns<Of3>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                    case 4: Columns<Of4>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                    case 5: Columns<Of5>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                    case 6: Columns<Of6>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                    case 7: Columns<Of7>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                    case 8: Columns<Of8>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                    case 9: Columns<Of9>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                    case 10: Columns<Of10>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                    case 11: Columns<Of11>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                    case 12: Columns<Of12>(sweep, d, deltas, x, inputs, to, fresh, far); break;
                }

                i += size;
            }
        }
    }

    static void Columns<TColumns>(in Sweep sweep, float* d, int deltas, float* x, int inputs, float* sums, bool fresh, bool far)
        where TColumns : struct, ITileSize
    {
        var stride = inputs * LaneCount.Virtual;
        var j = 0;
        for (; j + 2 <= deltas; j += 2) Tile<Of2, TColumns>(sweep, d + (j * LaneCount.Chunk), x, sums + (j * stride), stride, fresh, far);
        if (j < deltas) Tile<Of1, TColumns>(sweep, d + (j * LaneCount.Chunk), x, sums + (j * stride), stride, fresh, far);
    }

    /// <summary>1 or 2 deltas × up to 12 inputs.</summary>
    static void Tile<TRows, TColumns>(in Sweep sweep, float* d, float* x, float* sums, int stride, bool fresh, bool far)
        where TRows : struct, ITileSize
        where TColumns : struct, ITileSize
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
        if (!fresh)
        {
            if (TColumns.Size > 0) Load<TRows>(sums + (0 * LaneCount.Virtual), stride, out a0, out b0);
            if (TColumns.Size > 1) Load<TRows>(sums + (1 * LaneCount.Virtual), stride, out a1, out b1);
            if (TColumns.Size > 2) Load<TRows>(sums + (2 * LaneCount.Virtual), stride, out a2, out b2);
            if (TColumns.Size > 3) Load<TRows>(sums + (3 * LaneCount.Virtual), stride, out a3, out b3);
            if (TColumns.Size > 4) Load<TRows>(sums + (4 * LaneCount.Virtual), stride, out a4, out b4);
            if (TColumns.Size > 5) Load<TRows>(sums + (5 * LaneCount.Virtual), stride, out a5, out b5);
            if (TColumns.Size > 6) Load<TRows>(sums + (6 * LaneCount.Virtual), stride, out a6, out b6);
            if (TColumns.Size > 7) Load<TRows>(sums + (7 * LaneCount.Virtual), stride, out a7, out b7);
            if (TColumns.Size > 8) Load<TRows>(sums + (8 * LaneCount.Virtual), stride, out a8, out b8);
            if (TColumns.Size > 9) Load<TRows>(sums + (9 * LaneCount.Virtual), stride, out a9, out b9);
            if (TColumns.Size > 10) Load<TRows>(sums + (10 * LaneCount.Virtual), stride, out a10, out b10);
            if (TColumns.Size > 11) Load<TRows>(sums + (11 * LaneCount.Virtual), stride, out a11, out b11);
        }

        for (var step = sweep.Steps; step > 0; step--)
        {
            if (far) FetchAhead<TRows, TColumns>(sweep, step, d, sums, stride);

            // The chunk's first 16 lanes, then its second.
            for (var half = 0; half < LaneCount.Chunk; half += LaneCount.Virtual)
            {
                var d0 = TLanes.Load(d + half);
                var d1 = TRows.Size > 1 ? TLanes.Load(d + half + LaneCount.Chunk) : default;
                var input = x + half;
                if (TColumns.Size > 0) AddProduct<TRows>(d0, d1, input + (0 * LaneCount.Chunk), ref a0, ref b0);
                if (TColumns.Size > 1) AddProduct<TRows>(d0, d1, input + (1 * LaneCount.Chunk), ref a1, ref b1);
                if (TColumns.Size > 2) AddProduct<TRows>(d0, d1, input + (2 * LaneCount.Chunk), ref a2, ref b2);
                if (TColumns.Size > 3) AddProduct<TRows>(d0, d1, input + (3 * LaneCount.Chunk), ref a3, ref b3);
                if (TColumns.Size > 4) AddProduct<TRows>(d0, d1, input + (4 * LaneCount.Chunk), ref a4, ref b4);
                if (TColumns.Size > 5) AddProduct<TRows>(d0, d1, input + (5 * LaneCount.Chunk), ref a5, ref b5);
                if (TColumns.Size > 6) AddProduct<TRows>(d0, d1, input + (6 * LaneCount.Chunk), ref a6, ref b6);
                if (TColumns.Size > 7) AddProduct<TRows>(d0, d1, input + (7 * LaneCount.Chunk), ref a7, ref b7);
                if (TColumns.Size > 8) AddProduct<TRows>(d0, d1, input + (8 * LaneCount.Chunk), ref a8, ref b8);
                if (TColumns.Size > 9) AddProduct<TRows>(d0, d1, input + (9 * LaneCount.Chunk), ref a9, ref b9);
                if (TColumns.Size > 10) AddProduct<TRows>(d0, d1, input + (10 * LaneCount.Chunk), ref a10, ref b10);
                if (TColumns.Size > 11) AddProduct<TRows>(d0, d1, input + (11 * LaneCount.Chunk), ref a11, ref b11);
            }

            d -= sweep.DeltaStride;
            x -= sweep.InputStride;
        }

        if (TColumns.Size > 0) Store<TRows>(a0, b0, sums + (0 * LaneCount.Virtual), stride);
        if (TColumns.Size > 1) Store<TRows>(a1, b1, sums + (1 * LaneCount.Virtual), stride);
        if (TColumns.Size > 2) Store<TRows>(a2, b2, sums + (2 * LaneCount.Virtual), stride);
        if (TColumns.Size > 3) Store<TRows>(a3, b3, sums + (3 * LaneCount.Virtual), stride);
        if (TColumns.Size > 4) Store<TRows>(a4, b4, sums + (4 * LaneCount.Virtual), stride);
        if (TColumns.Size > 5) Store<TRows>(a5, b5, sums + (5 * LaneCount.Virtual), stride);
        if (TColumns.Size > 6) Store<TRows>(a6, b6, sums + (6 * LaneCount.Virtual), stride);
        if (TColumns.Size > 7) Store<TRows>(a7, b7, sums + (7 * LaneCount.Virtual), stride);
        if (TColumns.Size > 8) Store<TRows>(a8, b8, sums + (8 * LaneCount.Virtual), stride);
        if (TColumns.Size > 9) Store<TRows>(a9, b9, sums + (9 * LaneCount.Virtual), stride);
        if (TColumns.Size > 10) Store<TRows>(a10, b10, sums + (10 * LaneCount.Virtual), stride);
        if (TColumns.Size > 11) Store<TRows>(a11, b11, sums + (11 * LaneCount.Virtual), stride);
    }

    /// <summary>
    /// Fetches the deltas of a later step, at the end the next tile's, and one column of the next tile's sums. What lies past the end is
    /// never read: fetching it does nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void FetchAhead<TRows, TColumns>(in Sweep sweep, int step, float* d, float* sums, int stride)
        where TRows : struct, ITileSize
        where TColumns : struct, ITileSize
    {
        // .NET has no such instruction for Arm64.
        if (!Sse.IsSupported) return;
        var later = d - (StepsAhead * sweep.DeltaStride);
        if (step <= StepsAhead) later += (sweep.Steps * sweep.DeltaStride) + (TRows.Size * LaneCount.Chunk);
        Sse.Prefetch0(later);
        Sse.Prefetch0(later + LaneCount.Virtual);
        if (TRows.Size > 1)
        {
            Sse.Prefetch0(later + LaneCount.Chunk);
            Sse.Prefetch0(later + LaneCount.Chunk + LaneCount.Virtual);
        }

        var column = sweep.Steps - step;
        if (column >= TColumns.Size) return;
        var next = sums + (TRows.Size * stride) + (column * LaneCount.Virtual);
        Sse.Prefetch0(next);
        if (TRows.Size > 1) Sse.Prefetch0(next + stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Load<TRows>(float* sums, int stride, out TVector a, out TVector b)
        where TRows : struct, ITileSize
    {
        a = TLanes.Load(sums);
        b = TRows.Size > 1 ? TLanes.Load(sums + stride) : default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void AddProduct<TRows>(TVector d0, TVector d1, float* input, ref TVector a, ref TVector b)
        where TRows : struct, ITileSize
    {
        var x = TLanes.Load(input);
        a = TLanes.Fma(d0, x, a);
        if (TRows.Size > 1) b = TLanes.Fma(d1, x, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<TRows>(TVector a, TVector b, float* sums, int stride)
        where TRows : struct, ITileSize
    {
        TLanes.Store(a, sums);
        if (TRows.Size > 1) TLanes.Store(b, sums + stride);
    }

    /// <summary>
    /// The same with every input 1: bias gradients, by plain addition. <paramref name="sums"/> is
    /// [deltas][<see cref="LaneCount.Virtual"/>].
    /// </summary>
    public static void AccumulateBias(in Sweep sweep, float* delta, int deltas, float* sums, bool fresh)
    {
        for (var lane = 0; lane < LaneCount.Virtual; lane += TLanes.Width)
        {
            var j = 0;
            for (; j + 4 <= deltas; j += 4)
                Bias<Of4>(sweep, delta + (j * LaneCount.Chunk) + lane, sums + (j * LaneCount.Virtual) + lane, fresh);
            for (; j < deltas; j++) Bias<Of1>(sweep, delta + (j * LaneCount.Chunk) + lane, sums + (j * LaneCount.Virtual) + lane, fresh);
        }
    }

    /// <summary>1 or 4 rows, side by side: one alone is bound by the latency of its additions.</summary>
    static void Bias<TRows>(in Sweep sweep, float* d, float* sums, bool fresh)
        where TRows : struct, ITileSize
    {
        TVector a = default, b = default, c = default, e = default;
        if (!fresh)
        {
            a = TLanes.Load(sums);
            if (TRows.Size > 1)
            {
                (b, c, e) = (TLanes.Load(sums + LaneCount.Virtual), TLanes.Load(sums + (2 * LaneCount.Virtual)),
                    TLanes.Load(sums + (3 * LaneCount.Virtual)));
            }
        }

        for (var step = sweep.Steps; step > 0; step--)
        {
            a = AddBoth(a, d);
            if (TRows.Size > 1)
                (b, c, e) = (AddBoth(b, d + LaneCount.Chunk), AddBoth(c, d + (2 * LaneCount.Chunk)), AddBoth(e, d + (3 * LaneCount.Chunk)));
            d -= sweep.DeltaStride;
        }

        TLanes.Store(a, sums);
        if (TRows.Size == 1) return;
        TLanes.Store(b, sums + LaneCount.Virtual);
        TLanes.Store(c, sums + (2 * LaneCount.Virtual));
        TLanes.Store(e, sums + (3 * LaneCount.Virtual));
    }

    /// <summary>The sum, the chunk's first 16 lanes, then its second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVector AddBoth(TVector sum, float* d) => TLanes.Add(TLanes.Add(sum, TLanes.Load(d)), TLanes.Load(d + LaneCount.Virtual));
}
