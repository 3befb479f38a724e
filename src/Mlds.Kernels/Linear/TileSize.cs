namespace Mlds.Kernels.Linear;

/// <summary>
/// How many rows or columns a register tile has. A type argument, so that the JIT compiles each size by itself and drops the lines of the
/// rows and columns that it doesn't have: only named locals stay in registers, so tiles are written out in full, once, at their largest.
/// </summary>
interface ITileSize
{
    static abstract int Size { get; }
}

readonly struct Of1 : ITileSize
{
    public static int Size => 1;
}

readonly struct Of2 : ITileSize
{
    public static int Size => 2;
}

readonly struct Of3 : ITileSize
{
    public static int Size => 3;
}

readonly struct Of4 : ITileSize
{
    public static int Size => 4;
}

readonly struct Of5 : ITileSize
{
    public static int Size => 5;
}

readonly struct Of6 : ITileSize
{
    public static int Size => 6;
}

readonly struct Of7 : ITileSize
{
    public static int Size => 7;
}

readonly struct Of8 : ITileSize
{
    public static int Size => 8;
}

readonly struct Of9 : ITileSize
{
    public static int Size => 9;
}

readonly struct Of10 : ITileSize
{
    public static int Size => 10;
}

readonly struct Of11 : ITileSize
{
    public static int Size => 11;
}

readonly struct Of12 : ITileSize
{
    public static int Size => 12;
}

/// <summary>How a length is cut into tiles.</summary>
static class Tiling
{
    /// <summary>
    /// The size of the next tile when <paramref name="rest"/> is cut into as few tiles as possible, of at most <paramref name="largest"/>
    /// each and as equal as possible.
    /// </summary>
    public static int Next(int rest, int largest)
    {
        var tiles = (rest + largest - 1) / largest;
        return (rest + tiles - 1) / tiles;
    }
}
