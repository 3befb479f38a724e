using Mlds.Analysis.Data;

namespace Mlds.Analysis.Clustering;

/// <summary>
/// One start of k-means on a Gram matrix G: the squared distance of point i to the mean of cluster C is
/// G_ii − 2/|C| Σ_j∈C G_ij + 1/|C|² Σ_j,l∈C G_jl.
/// </summary>
sealed class KMeansRun(double[] gram, int n, KMeansOptions options, SeededRandom random)
{
    readonly int _k = options.Clusters;
    readonly int[] _labels = new int[n];
    readonly double[] _distances = new double[n];

    internal (int[] Labels, double Inertia) Run()
    {
        PlusPlus();
        for (var iteration = 0; iteration < options.MostIterations && Assign(); iteration++)
        {
        }

        return (_labels, _distances.Sum());
    }

    double Squared(int i, int j) => Math.Max(0, gram[(i * n) + i] - (2 * gram[(i * n) + j]) + gram[(j * n) + j]);

    /// <summary>
    /// k-means++: each further centre is a point drawn with probability proportional to its squared distance to the nearest so far.
    /// </summary>
    void PlusPlus()
    {
        var first = random.Next(n);
        for (var i = 0; i < n; i++) _distances[i] = Squared(i, first);
        for (var cluster = 1; cluster < _k; cluster++)
        {
            var mark = random.NextDouble() * _distances.Sum();
            var chosen = 0;
            for (; chosen < n - 1 && (mark -= _distances[chosen]) > 0; chosen++)
            {
            }

            for (var i = 0; i < n; i++)
            {
                var distance = Squared(i, chosen);
                if (distance >= _distances[i]) continue;
                _distances[i] = distance;
                _labels[i] = cluster;
            }
        }
    }

    /// <summary>Assigns every point to the nearest mean; false when nothing changed.</summary>
    bool Assign()
    {
        var sizes = new int[_k];
        foreach (var label in _labels) sizes[label]++;
        FillEmpty(sizes);
        var sums = new double[n * _k];
        var self = new double[_k];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++) sums[(i * _k) + _labels[j]] += gram[(i * n) + j];
            self[_labels[i]] += sums[(i * _k) + _labels[i]];
        }

        var changed = false;
        for (var i = 0; i < n; i++)
        {
            var (best, least) = (0, double.PositiveInfinity);
            for (var cluster = 0; cluster < _k; cluster++)
            {
                double size = sizes[cluster];
                var distance = gram[(i * n) + i] - (2 * sums[(i * _k) + cluster] / size) + (self[cluster] / (size * size));
                if (distance < least) (best, least) = (cluster, distance);
            }

            changed |= best != _labels[i];
            _labels[i] = best;
            _distances[i] = Math.Max(0, least);
        }

        return changed;
    }

    void FillEmpty(int[] sizes)
    {
        for (var cluster = 0; cluster < _k; cluster++)
        {
            if (sizes[cluster] > 0) continue;
            var farthest = Enumerable.Range(0, n).Where(i => sizes[_labels[i]] > 1).MaxBy(i => _distances[i]);
            sizes[_labels[farthest]]--;
            sizes[cluster]++;
            _labels[farthest] = cluster;
            _distances[farthest] = 0;
        }
    }
}
