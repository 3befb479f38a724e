using Mlds.Analysis.Data;

namespace Mlds.Analysis.Classification;

/// <param name="Neighbours">k.</param>
/// <param name="Standardize">Bring all columns to one scale first, by the training networks.</param>
public sealed record KnnOptions(int Neighbours = 5, bool Standardize = true);

/// <summary>
/// k nearest neighbours (Cover and Hart 1967): a network's score for a class is the share of its k nearest training networks that are of
/// that class, plus a millionth of their nearness, which only decides ties.
/// </summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.neighbors.KNeighborsClassifier.html"/>
public sealed class Knn(KnnOptions options) : IClassifier
{
    public string Name => "knn";

    public double[][] Score(FeatureMatrix training, IReadOnlyList<int[]> labelings, int classes, FeatureMatrix test)
    {
        if (options.Neighbours < 1)
            throw new ArgumentOutOfRangeException(nameof(options), options.Neighbours, "There must be at least one neighbour.");
        if (options.Standardize)
        {
            var scaler = Standardizer.Fit(training);
            (training, test) = (scaler.Transform(training), scaler.Transform(test));
        }

        var near = NearestNeighbours.Of(training, test, options.Neighbours);
        return [.. labelings.Select(labels => Votes(near, labels, classes))];
    }

    static double[] Votes(NearestNeighbours near, int[] labels, int classes)
    {
        var scores = new double[near.Indices.Length * classes];
        for (var row = 0; row < near.Indices.Length; row++)
        {
            var k = near.Indices[row].Length;
            for (var i = 0; i < k; i++)
                scores[(row * classes) + labels[near.Indices[row][i]]] += (1 + (1e-6 / (1 + near.Distances[row][i]))) / k;
        }

        return scores;
    }
}
