using Mlds.Analysis.Data;

namespace Mlds.Analysis.Classification;

/// <summary>A way of learning classes from examples, with its options chosen.</summary>
public interface IClassifier
{
    /// <summary>As reports show it: <c>ridge</c>, <c>forest</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Learns from the training networks and scores the test networks, once for each labelling of the training networks. Several at once
    /// because a shuffled-label control labels the same networks again and again, and much of the work doesn't depend on labels.
    /// </summary>
    /// <param name="labelings">Each has a class 0 … K − 1 for every row of <paramref name="training"/>.</param>
    /// <param name="classes">K.</param>
    /// <returns>For each labelling N × K scores of the test networks, as <see cref="IClassModel.Scores"/> gives them.</returns>
    double[][] Score(FeatureMatrix training, IReadOnlyList<int[]> labelings, int classes, FeatureMatrix test);
}

/// <summary>What was learned; immutable.</summary>
public interface IClassModel
{
    /// <summary>N × K, row-major: how much each network looks like each class; the largest of a row is the predicted class.</summary>
    double[] Scores(FeatureMatrix matrix);
}
