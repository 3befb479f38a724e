using System.Text.Json.Serialization;

namespace Mlds.Analysis.Results;

/// <summary>Networks as points of a plane or a space, in one view.</summary>
/// <param name="View">The view's name.</param>
/// <param name="Method"><c>pca</c> (columns standardised first for views other than raw and reduced; the protocol says so).</param>
/// <param name="Protocol">How it was made, in a sentence.</param>
/// <param name="ExplainedVariance">Share of the variance along each axis, 0 … 1, as many as a point has coordinates.</param>
public sealed record Projection(
    string View, string Method, string Protocol, IReadOnlyList<double> ExplainedVariance, IReadOnlyList<ProjectedNetwork> Points);

/// <param name="RecipeId">Empty for a network that isn't ours: of it only the row of its table, as seed, and its label are known.</param>
/// <param name="Coordinates">One number per axis.</param>
public sealed record ProjectedNetwork(
    string RecipeId, string Machine, string Family, string Variant, uint Seed, int Epochs, double ValidationLoss,
    IReadOnlyList<double> Coordinates)
{
    /// <summary>What is known of a network that isn't ours, in lines; null for ours.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}
