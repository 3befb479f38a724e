namespace Mlds.Analysis.Results;

/// <summary>Something that was left out of an analysis.</summary>
/// <param name="What">"the view invariants".</param>
/// <param name="Why">A sentence.</param>
public sealed record LeftOut(string What, string Why);
