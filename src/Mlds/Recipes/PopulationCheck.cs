namespace Mlds.Recipes;

/// <summary>Something wrong in a population file.</summary>
/// <param name="Path">Where: <c>$.machines[2].data</c>.</param>
/// <param name="Line">The line of the file, from 1.</param>
/// <param name="Reason">What is wrong and what is allowed, with the nearest names: a sentence.</param>
public sealed record PopulationFault(string Path, int Line, string Reason);

/// <summary>A population file, read whole whatever is wrong in it.</summary>
/// <param name="Population">Null where there are faults.</param>
/// <param name="Faults">All that can be told apart, by line. What only follows from another isn't among them.</param>
public sealed record PopulationCheck(Population? Population, IReadOnlyList<PopulationFault> Faults);
