using System.Globalization;

namespace Mlds.Zoos;

/// <summary>How large a matrix of weights may be: an array of .NET holds no more.</summary>
static class MatrixSize
{
    /// <returns>rows × columns.</returns>
    /// <exception cref="ZooException">The product is too large, though each factor is allowed.</exception>
    public static int Of(long rows, int columns) =>
        rows * columns <= Array.MaxLength
            ? (int)(rows * columns)
            : throw new ZooException(string.Create(
                CultureInfo.InvariantCulture,
                $"{rows:N0} networks of {columns:N0} weights don't fit one matrix, which holds at most {Array.MaxLength:N0} numbers: "
                + $"take at most {Array.MaxLength / columns:N0} networks."));
}
