using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Mlds.Kernels.Linear;

/// <summary>Weight matrices in both orders: products forward read them transposed, products backward as they are.</summary>
static unsafe class Transpose
{
    /// <param name="source">[rows][columns].</param>
    /// <param name="straight">[rows][columns].</param>
    /// <param name="transposed">[columns][rows].</param>
    public static void CopyBoth(float* source, int rows, int columns, float* straight, float* transposed)
    {
        new Span<float>(source, rows * columns).CopyTo(new Span<float>(straight, rows * columns));
        Copy(source, rows, columns, transposed);
    }

    /// <param name="source">[rows][columns].</param>
    /// <param name="transposed">[columns][rows].</param>
    public static void Copy(float* source, int rows, int columns, float* transposed)
    {
        var row = 0;
        if (Sse.IsSupported || AdvSimd.Arm64.IsSupported)
        {
            for (; row + 4 <= rows; row += 4)
            {
                var column = 0;
                for (; column + 4 <= columns; column += 4)
                    Block(source + (row * columns) + column, columns, transposed + (column * rows) + row, rows);
                Elements(source, row, row + 4, rows, column, columns, transposed);
            }
        }

        Elements(source, row, rows, rows, 0, columns, transposed);
    }

    static void Elements(float* source, int row, int end, int rows, int first, int columns, float* transposed)
    {
        for (; row < end; row++)
        {
            for (var column = first; column < columns; column++) transposed[(column * rows) + row] = source[(row * columns) + column];
        }
    }

    /// <summary>4 × 4 elements.</summary>
    static void Block(float* source, int sourceStride, float* to, int toStride)
    {
        var (a, b) = (Vector128.Load(source), Vector128.Load(source + sourceStride));
        var (c, d) = (Vector128.Load(source + (2 * sourceStride)), Vector128.Load(source + (3 * sourceStride)));
        Vector128<float> first, second, third, fourth;
        if (Sse.IsSupported)
        {
            var (low, high) = (Sse.UnpackLow(a, b), Sse.UnpackLow(c, d));
            (first, second) = (Sse.MoveLowToHigh(low, high), Sse.MoveHighToLow(high, low));
            (low, high) = (Sse.UnpackHigh(a, b), Sse.UnpackHigh(c, d));
            (third, fourth) = (Sse.MoveLowToHigh(low, high), Sse.MoveHighToLow(high, low));
        }
        else
        {
            var (low, high) = (AdvSimd.Arm64.ZipLow(a, b).AsDouble(), AdvSimd.Arm64.ZipLow(c, d).AsDouble());
            (first, second) = (AdvSimd.Arm64.ZipLow(low, high).AsSingle(), AdvSimd.Arm64.ZipHigh(low, high).AsSingle());
            (low, high) = (AdvSimd.Arm64.ZipHigh(a, b).AsDouble(), AdvSimd.Arm64.ZipHigh(c, d).AsDouble());
            (third, fourth) = (AdvSimd.Arm64.ZipLow(low, high).AsSingle(), AdvSimd.Arm64.ZipHigh(low, high).AsSingle());
        }

        first.Store(to);
        second.Store(to + toStride);
        third.Store(to + (2 * toStride));
        fourth.Store(to + (3 * toStride));
    }
}
