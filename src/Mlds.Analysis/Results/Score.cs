namespace Mlds.Analysis.Results;

/// <summary>How well one method told something from one view of the weights, or from a rival detector's number.</summary>
/// <param name="Subject">What was asked about: a machine family ("EightBit"), "original machines", "mean over machines" …</param>
/// <param name="View">The numbers it was told from: a view's name (<see cref="ViewSummary.Name"/>), or a rival detector's:
/// <c>validation_loss</c>, <c>training_loss</c>, <c>epochs</c>.</param>
/// <param name="Method"><c>ridge</c>, <c>forest</c>, <c>kmeans</c>; <c>value</c> for a rival detector that is one number.</param>
/// <param name="Metric"><c>accuracy</c>, <c>auc</c>, <c>ari</c>, <c>nmi</c>, <c>minimum_auc</c>.</param>
/// <param name="Value">The score on networks that took no part in fitting.</param>
/// <param name="Chance">What guessing gives: 1/K for accuracy over K balanced classes, 0.5 for AUC, 0 for ARI and NMI.</param>
/// <param name="Networks">Networks that the score is over.</param>
/// <param name="Classes">Classes K to tell apart.</param>
/// <param name="NetworksPerClass">Networks per class in the balanced selection.</param>
/// <param name="Shuffled">The same protocol with shuffled labels: mean over the shuffles with the interval that a single one has. Must be
/// at chance. Null where none was run.</param>
/// <param name="MetadataOnly">The same protocol with nothing but epochs and final validation loss to go by. Null where it makes no
/// sense.</param>
public sealed record Score(
    string Subject,
    string View,
    string Method,
    string Metric,
    Estimate Value,
    double Chance,
    int Networks,
    int Classes,
    int NetworksPerClass,
    Estimate? Shuffled,
    Estimate? MetadataOnly);
