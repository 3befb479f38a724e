using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;

namespace Mlds.Analysis.Embedding;

/// <summary>
/// The symmetric neighbour probabilities p_ij of t-SNE, sparse: row i's neighbours are <c>Columns[Starts[i] … Starts[i + 1]]</c> with
/// <c>Values</c>. They sum to 1.
/// </summary>
sealed record Affinities(int[] Starts, int[] Columns, float[] Values)
{
    internal int Rows => Starts.Length - 1;

    /// <summary>
    /// p_j|i ∝ exp(−β_i d_ij²) over the neighbours of i, with β_i such that the entropy is log(perplexity); then p_ij = (p_j|i + p_i|j) /
    /// 2N.
    /// </summary>
    internal static Affinities Of(NearestNeighbours neighbours, double perplexity)
    {
        var n = neighbours.Indices.Length;
        var conditional = new double[n][];
        Parallel.For(0, n, Parallelism.Options, i => conditional[i] = Conditional(neighbours.Distances[i], Math.Log(perplexity)));
        var rows = Enumerable.Range(0, n).Select(_ => new SortedDictionary<int, double>()).ToArray();
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < conditional[i].Length; k++)
            {
                var (j, half) = (neighbours.Indices[i][k], conditional[i][k] / (2 * n));
                rows[i][j] = rows[i].GetValueOrDefault(j) + half;
                rows[j][i] = rows[j].GetValueOrDefault(i) + half;
            }
        }

        var starts = new int[n + 1];
        for (var i = 0; i < n; i++) starts[i + 1] = starts[i] + rows[i].Count;
        return new Affinities(starts, [.. rows.SelectMany(row => row.Keys)], [.. rows.SelectMany(row => row.Values.Select(p => (float)p))]);
    }

    /// <summary>By bisection over β; the entropy falls in β.</summary>
    static double[] Conditional(double[] distances, double entropy)
    {
        var p = new double[distances.Length];
        var least = distances[0] * distances[0];
        var mean = distances.Average(d => (d * d) - least);

        // The neighbours are all equally far, or so nearly that no β could tell them apart.
        if (mean < 1e-200)
        {
            Array.Fill(p, 1.0 / p.Length);
            return p;
        }

        double low = 0, high = double.PositiveInfinity, beta = 1 / mean;
        for (var step = 0; step < 100; step++)
        {
            double sum = 0, weighted = 0;
            for (var j = 0; j < p.Length; j++)
            {
                var further = (distances[j] * distances[j]) - least;
                p[j] = Math.Exp(-beta * further);
                sum += p[j];
                weighted += p[j] * further;
            }

            for (var j = 0; j < p.Length; j++) p[j] /= sum;
            var difference = Math.Log(sum) + (beta * weighted / sum) - entropy;
            if (Math.Abs(difference) < 1e-7) break;
            if (difference > 0) low = beta;
            else high = beta;
            beta = double.IsInfinity(high) ? beta * 2 : (low + high) / 2;
        }

        return p;
    }
}
