using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Clustering;

/// <param name="Clusters">k.</param>
/// <param name="Restarts">Independent starts; the one with the least inertia is kept.</param>
/// <param name="MostIterations">Of one start.</param>
public sealed record KMeansOptions(int Clusters, int Restarts = 100, int MostIterations = 300, ulong Seed = 1);

/// <summary>
/// k-means by Lloyd's iterations from k-means++ starts (Lloyd 1982; Arthur and Vassilvitskii, SODA 2007). Ties go to the lower cluster; a
/// cluster that loses all its points takes the point farthest from its centre.
/// </summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.cluster.KMeans.html"/>
public sealed class KMeans
{
    KMeans(int[] labels, double inertia) => (Labels, Inertia) = (labels, inertia);

    /// <summary>Cluster 0 … k − 1 of each row.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>Sum of the squared distances of all rows to their centres.</summary>
    public double Inertia { get; }

    /// <exception cref="ArgumentException">Fewer rows than clusters.</exception>
    public static KMeans Fit(FeatureMatrix matrix, KMeansOptions options)
    {
        if (matrix.Rows < options.Clusters)
            throw new ArgumentException($"{options.Clusters} clusters need at least as many networks, not {matrix.Rows}.", nameof(matrix));

        // Lloyd's iterations only need distances between points and means of points. Those follow from the Gram matrix, so that the cost
        // doesn't grow with the columns, of which there are thousands.
        var gram = Products.Gram(matrix.Values, matrix.Rows, matrix.Columns);
        var runs = new (int[] Labels, double Inertia)[options.Restarts];
        Parallel.For(0, options.Restarts, Parallelism.Options, restart =>
            runs[restart] =
                new KMeansRun(gram, matrix.Rows, options, new SeededRandom(options.Seed, SeededRandom.Stream("kmeans", restart))).Run());
        var best = runs.MinBy(run => run.Inertia);
        return new KMeans(best.Labels, best.Inertia);
    }
}
