namespace Mlds.Zoos;

/// <summary>What a zoo was asked for: a part of the population's first networks.</summary>
/// <param name="Shard">Which part.</param>
/// <param name="Networks">Networks per machine of the whole, 1 or more: of seeds 0 … Networks − 1 the zoo should hold the part's.</param>
public readonly record struct ZooPart(Shard Shard, int Networks);
