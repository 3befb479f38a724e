namespace Mlds.Analysis.LinearAlgebra;

/// <summary>Sides of a product A Bᵀ.</summary>
[Flags]
enum ProductSides
{
    None = 0,

    /// <summary>A.</summary>
    Left = 1,

    /// <summary>B.</summary>
    Right = 2,

    Both = Left | Right,
}
