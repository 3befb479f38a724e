using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Clustering;

/// <param name="Clusters">k.</param>
/// <param name="Restarts">Independent starts; the one with the least inertia is kept.</param>
/// <param name="MostIterations">Of one start.</param>
public sealed record KMeansOptions(int Clusters, int Restarts = 100, int MostIterations = 300, ulong Seed = 1);

/// <summary>
/// k-means by Lloyd's iterations from k-means++ starts (Lloyd 1982; Arthur and Vassilvitskii, SODA 2007). Ties go to the lower cluster; a
/// cluster that loses all its points takes the point farthest from its centre. Up to 2,000 rows, all goes by their Gram matrix
/// (<see cref="KMeansRun"/>); more rows have at most 10 starts, which share each pass over the rows (<see cref="LloydRuns"/>).
/// </summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.cluster.KMeans.html"/>
public sealed class KMeans
{
    /// <summary>Up to this many rows have a Gram matrix, whose size grows with their square.</summary>
    internal const int GramRows = 2000;

    /// <summary>Starts of more rows at most.</summary>
    const int MostRestarts = 10;

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

        if (matrix.Rows > GramRows)
        {
            var runs = new LloydRuns(matrix, options with { Restarts = Math.Min(options.Restarts, MostRestarts) });
            return Best(runs.Run());
        }

        // Lloyd's iterations only need distances between points and means of points. Those follow from the Gram matrix, so that the cost
        // doesn't grow with the columns, of which there are thousands.
        var gram = Products.Gram(matrix.Values, matrix.Rows, matrix.Columns);
        var found = new (int[] Labels, double Inertia)[options.Restarts];
        Parallel.For(0, options.Restarts, Parallelism.Options, restart =>
            found[restart] = new KMeansRun(gram, matrix.Rows, options, Random(options, restart)).Run());
        return Best(found);
    }

    internal static SeededRandom Random(KMeansOptions options, int restart) =>
        new(options.Seed, SeededRandom.Stream("kmeans", restart));

    static KMeans Best(IEnumerable<(int[] Labels, double Inertia)> runs)
    {
        var (labels, inertia) = runs.MinBy(run => run.Inertia);
        return new KMeans(labels, inertia);
    }
}
