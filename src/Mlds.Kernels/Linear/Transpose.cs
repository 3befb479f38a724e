namespace Mlds.Kernels.Linear;

/// <summary>Copies of weight matrices in both orders: products forward read them transposed, products backward as they are.</summary>
static unsafe class Transpose
{
    /// <param name="source">[rows][columns].</param>
    /// <param name="straight">[rows][columns].</param>
    /// <param name="transposed">[columns][rows].</param>
    public static void CopyBoth(float* source, int rows, int columns, float* straight, float* transposed)
    {
        new Span<float>(source, rows * columns).CopyTo(new Span<float>(straight, rows * columns));
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++) transposed[(column * rows) + row] = source[(row * columns) + column];
        }
    }
}
