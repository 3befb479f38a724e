using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Classification;

/// <summary>The k nearest rows of each row, exact, by Euclidean distance; ties go to the lower row.</summary>
/// <param name="Indices">[row][0 … k − 1]: nearest first.</param>
/// <param name="Distances">[row][0 … k − 1]: Euclidean.</param>
public sealed record NearestNeighbours(int[][] Indices, double[][] Distances)
{
    /// <summary>Rows whose products are taken at a time: the products of a block with 50,000 rows are 100 MB.</summary>
    const int Block = 256;

    /// <summary>How far keys may be wrong, as a share of the product of two rows' lengths: 2 × 2 products, each right to 1e-6.</summary>
    const double Rounding = 4e-6;

    /// <summary>The neighbours of every row among the others, the row itself left out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">k is below 1, or not less than the number of rows.</exception>
    public static NearestNeighbours Of(FeatureMatrix matrix, int k)
    {
        if (k < 1 || k >= matrix.Rows)
            throw new ArgumentOutOfRangeException(nameof(k), k, $"Of {matrix.Rows} networks each has 1 to {matrix.Rows - 1} neighbours.");
        return Find(matrix, matrix, k, self: true);
    }

    /// <summary>
    /// The neighbours of each row of <paramref name="queries"/> among the rows of <paramref name="matrix"/>; fewer than k if there are
    /// fewer rows.
    /// </summary>
    internal static NearestNeighbours Of(FeatureMatrix matrix, FeatureMatrix queries, int k) =>
        Find(matrix, queries, Math.Min(k, matrix.Rows), self: false);

    static NearestNeighbours Find(FeatureMatrix matrix, FeatureMatrix queries, int k, bool self)
    {
        int n = matrix.Rows, d = matrix.Columns;
        var squares = new double[n];
        for (var i = 0; i < n; i++) squares[i] = Products.Dot(matrix.Row(i), matrix.Row(i));
        var longest = squares.Max();
        var (indices, distances) = (new int[queries.Rows][], new double[queries.Rows][]);
        for (var first = 0; first < queries.Rows; first += Block)
        {
            var rows = Math.Min(Block, queries.Rows - first);
            var products = Products.TimesTransposed(queries.Values.AsMemory(first * d, rows * d), rows, matrix.Values, n, d);
            Parallel.For(0, rows, Parallelism.Options, i =>
            {
                // ‖b‖² − 2 a·b orders as ‖a − b‖² does, but for the products' rounding; the distances of the few that may be among the
                // nearest are then taken exactly.
                var row = queries.Row(first + i);
                var near = Candidates(
                    products.AsSpan(i * n, n), squares, k, self ? first + i : -1, Rounding * Math.Sqrt(Products.Dot(row, row) * longest));
                var found = Array.ConvertAll(near, j => (Squared: Products.SquaredDistance(queries.Row(first + i), matrix.Row(j)), Row: j));
                Array.Sort(found);
                indices[first + i] = [.. found.Take(k).Select(one => one.Row)];
                distances[first + i] = [.. found.Take(k).Select(one => Math.Sqrt(one.Squared))];
            });
        }

        return new NearestNeighbours(indices, distances);
    }

    /// <summary>All rows whose key is at most the k-th least and the rounding of both, ascending; at least k.</summary>
    static int[] Candidates(ReadOnlySpan<double> products, double[] squares, int k, int skip, double rounding)
    {
        var (keys, count) = (new double[k], 0);
        for (var j = 0; j < products.Length; j++)
        {
            if (j == skip) continue;
            var key = squares[j] - (2 * products[j]);
            if (count == k && key >= keys[k - 1]) continue;
            var at = count < k ? count++ : k - 1;
            for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
            keys[at] = key;
        }

        var near = new List<int>(k);
        for (var j = 0; j < products.Length; j++)
            if (j != skip && squares[j] - (2 * products[j]) <= keys[k - 1] + rounding) near.Add(j);
        return [.. near];
    }
}
