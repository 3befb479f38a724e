namespace Mlds.Analysis.Results;

/// <summary>How networks that aren't ours were asked: of them only weights and a table are known.</summary>
/// <param name="Labels">Columns of the table that were to be told from the weights.</param>
/// <param name="ColouredBy">The one whose values the population's machines are, which colours the points.</param>
/// <param name="Metadata">Columns of the baseline without weights.</param>
/// <param name="Group">The column whose networks stay together in every split; null where each network is its own group.</param>
/// <param name="Groups">How many groups there are.</param>
/// <param name="Joined">Networks that were put to another's group because their weights are equal to the bit.</param>
public sealed record ForeignSummary(
    IReadOnlyList<string> Labels, string ColouredBy, IReadOnlyList<string> Metadata, string? Group, int Groups, int Joined);
