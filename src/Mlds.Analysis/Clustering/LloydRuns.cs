using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Clustering;

/// <summary>
/// Several starts of k-means on many rows at once: in every round the products of all rows with the centres of all starts that still move
/// are taken together. Memory grows with the rows alone.
/// </summary>
/// <remarks>
/// Products are in float32, of centres less the mean of all rows; sums of rows and the final inertia are in double precision. A start ends
/// when no row changes its cluster, or when that no longer lowers the inertia by more than rounding.
/// </remarks>
sealed class LloydRuns
{
    /// <summary>A start that gains less than this share of its inertia in a round has ended.</summary>
    const double LeastGain = 1e-7;

    readonly FeatureMatrix _matrix;
    readonly KMeansOptions _options;
    readonly float[] _mean;

    /// <summary>‖x‖² − 2 x·m of each row x, m the mean of all.</summary>
    readonly double[] _lengths;

    internal LloydRuns(FeatureMatrix matrix, KMeansOptions options)
    {
        (_matrix, _options) = (matrix, options);
        var sum = new double[matrix.Columns];
        for (var i = 0; i < matrix.Rows; i++) Products.AddScaled(sum, 1, matrix.Row(i));
        _mean = Array.ConvertAll(sum, value => (float)(value / matrix.Rows));
        _lengths = new double[matrix.Rows];
        Parallel.For(0, matrix.Rows, Parallelism.Options, i =>
            _lengths[i] = Products.Dot(matrix.Row(i), matrix.Row(i)) - (2 * Products.Dot(matrix.Row(i), _mean.AsSpan())));
    }

    int Rows => _matrix.Rows;

    int Columns => _matrix.Columns;

    internal (int[] Labels, double Inertia)[] Run()
    {
        var runs = Enumerable.Range(0, _options.Restarts).Select(restart => new Start(this, KMeans.Random(_options, restart))).ToArray();
        for (var cluster = 0; cluster < _options.Clusters; cluster++)
        {
            foreach (var run in runs) run.Choose(cluster);
            var distances = SquaredDistances([.. runs.Select(run => _matrix.Row(run.Chosen).ToArray().Select(x => (double)x).ToArray())]);
            Parallel.For(0, runs.Length, Parallelism.Options, at => runs[at].Near(cluster, distances, at, runs.Length));
        }

        var moving = runs.ToList();
        for (var round = 0; round < _options.MostIterations && moving.Count > 0; round++)
        {
            Parallel.ForEach(moving, Parallelism.Options, run => run.Centre());
            var distances = SquaredDistances([.. moving.SelectMany(run => run.Centres)]);
            var moved = new bool[moving.Count];
            Parallel.For(0, moving.Count, Parallelism.Options, at => moved[at] = moving[at].Assign(distances, at, moving.Count));
            moving = [.. moving.Where((_, at) => moved[at])];
        }

        return Array.ConvertAll(runs, run => run.Result());
    }

    /// <summary>N × K squared distances to <paramref name="points"/>, at least 0.</summary>
    double[] SquaredDistances(double[][] points)
    {
        var less = new float[points.Length * Columns];
        var squares = new double[points.Length];
        for (var k = 0; k < points.Length; k++)
        {
            for (var j = 0; j < Columns; j++) less[(k * Columns) + j] = (float)(points[k][j] - _mean[j]);
            squares[k] = Products.Dot(points[k], points[k]);
        }

        // ‖x − c‖² = ‖x‖² − 2 x·m − 2 x·(c − m) + ‖c‖².
        var distances = Products.TimesTransposed(_matrix.Values, Rows, less, points.Length, Columns);
        Parallel.For(0, Rows, Parallelism.Options, i =>
        {
            var row = distances.AsSpan(i * points.Length, points.Length);
            for (var k = 0; k < row.Length; k++) row[k] = Math.Max(0, _lengths[i] - (2 * row[k]) + squares[k]);
        });
        return distances;
    }

    sealed class Start(LloydRuns all, SeededRandom random)
    {
        readonly int _k = all._options.Clusters;
        readonly int[] _labels = new int[all.Rows];
        readonly double[] _distances = new double[all.Rows];
        readonly int[] _sizes = new int[all._options.Clusters];
        readonly double[][] _sums = [.. Enumerable.Range(0, all._options.Clusters).Select(_ => new double[all.Columns])];

        /// <summary>The cluster whose sums each row is in; −1 for none.</summary>
        readonly int[] _summed = [.. Enumerable.Repeat(-1, all.Rows)];

        double _inertia = double.PositiveInfinity;

        /// <summary>The row that is the next centre.</summary>
        internal int Chosen { get; private set; }

        internal double[][] Centres { get; private set; } = [];

        /// <summary>
        /// k-means++: the first centre is any row; each further one is drawn with probability proportional to its squared distance to the
        /// nearest so far.
        /// </summary>
        internal void Choose(int cluster)
        {
            if (cluster == 0)
            {
                Chosen = random.Next(all.Rows);
                return;
            }

            var mark = random.NextDouble() * _distances.Sum();
            for (Chosen = 0; Chosen < all.Rows - 1 && (mark -= _distances[Chosen]) > 0; Chosen++)
            {
            }
        }

        /// <summary>Puts rows that are nearer to the chosen row than to those before into its cluster.</summary>
        internal void Near(int cluster, double[] distances, int at, int stride)
        {
            for (var i = 0; i < _labels.Length; i++)
            {
                var distance = distances[(i * stride) + at];
                if (cluster > 0 && distance >= _distances[i]) continue;
                (_distances[i], _labels[i]) = (distance, cluster);
            }
        }

        /// <summary>Takes each cluster's mean; only rows that changed their cluster are added up anew.</summary>
        internal void Centre()
        {
            Array.Clear(_sizes);
            foreach (var label in _labels) _sizes[label]++;
            FillEmpty();
            for (var i = 0; i < _labels.Length; i++)
            {
                if (_summed[i] == _labels[i]) continue;
                if (_summed[i] >= 0) Products.AddScaled(_sums[_summed[i]], -1, all._matrix.Row(i));
                Products.AddScaled(_sums[_labels[i]], 1, all._matrix.Row(i));
                _summed[i] = _labels[i];
            }

            Centres = [.. _sums.Select((sum, cluster) => Array.ConvertAll(sum, value => value / _sizes[cluster]))];
        }

        void FillEmpty()
        {
            for (var cluster = 0; cluster < _k; cluster++)
            {
                if (_sizes[cluster] > 0) continue;
                var farthest = Enumerable.Range(0, all.Rows).Where(i => _sizes[_labels[i]] > 1).MaxBy(i => _distances[i]);
                _sizes[_labels[farthest]]--;
                _sizes[cluster]++;
                (_labels[farthest], _distances[farthest]) = (cluster, 0);
            }
        }

        /// <summary>Assigns every row to the nearest mean; false when that is the end.</summary>
        /// <param name="at">Which of the starts in <paramref name="distances"/> this one is.</param>
        internal bool Assign(double[] distances, int at, int starts)
        {
            var (changed, inertia) = (false, 0.0);
            for (var i = 0; i < _labels.Length; i++)
            {
                var own = distances.AsSpan(((i * starts) + at) * _k, _k);
                var best = 0;
                for (var cluster = 1; cluster < _k; cluster++)
                    if (own[cluster] < own[best]) best = cluster;
                changed |= best != _labels[i];
                (_labels[i], _distances[i]) = (best, own[best]);
                inertia += own[best];
            }

            var goesOn = changed && inertia < _inertia * (1 - LeastGain);
            _inertia = inertia;
            return goesOn;
        }

        /// <summary>The clusters and the sum of squares about their means.</summary>
        internal (int[] Labels, double Inertia) Result()
        {
            Centre();
            var squares = new double[_labels.Length];
            Parallel.For(0, squares.Length, Parallelism.Options, i =>
                squares[i] = Products.SquaredDistance(all._matrix.Row(i), Centres[_labels[i]]));
            return (_labels, squares.Sum());
        }
    }
}
