namespace Mlds.Analysis.Forests;

/// <summary>How a forest is grown.</summary>
/// <param name="Trees">Trees of the forest.</param>
/// <param name="Bins">Bins that each column is cut into, 2 … 256.</param>
/// <param name="Seed">Seed of bootstraps and drawn columns.</param>
public sealed record ForestOptions(int Trees = 100, int Bins = 64, ulong Seed = 1);
