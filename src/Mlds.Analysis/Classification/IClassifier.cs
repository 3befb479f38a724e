using Mlds.Analysis.Views;

namespace Mlds.Analysis.Classification;

/// <summary>A way of learning classes from examples, with its options chosen.</summary>
public interface IClassifier
{
    /// <summary>As reports show it: <c>ridge</c>, <c>forest</c>.</summary>
    string Name { get; }

    /// <summary>
    /// One model for each labelling of the same networks. Several at once because a shuffled-label control labels the same networks again and
    /// again, and much of the work doesn't depend on labels.
    /// </summary>
    /// <param name="matrix">Training networks.</param>
    /// <param name="labelings">Each a class 0 … K − 1 for every row of <paramref name="matrix"/>.</param>
    /// <param name="classes">K.</param>
    IReadOnlyList<IClassModel> Fit(FeatureMatrix matrix, IReadOnlyList<int[]> labelings, int classes);
}

/// <summary>What was learned; immutable.</summary>
public interface IClassModel
{
    /// <summary>N × K, row-major: how much each network looks like each class; the largest of a row is the predicted class.</summary>
    double[] Scores(FeatureMatrix matrix);
}
