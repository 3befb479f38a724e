namespace Mlds.Analysis.Results;

/// <summary>A number with its 95 % interval. The question's protocol says how the interval was made.</summary>
public readonly record struct Estimate(double Value, double Low, double High);
