using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Classification;

/// <summary>The k nearest rows of each row, exact, by Euclidean distance; ties go to the lower row.</summary>
/// <param name="Indices">[row][0 … k − 1]: nearest first.</param>
/// <param name="Distances">[row][0 … k − 1]: Euclidean.</param>
public sealed record NearestNeighbours(int[][] Indices, double[][] Distances)
{
    /// <summary>Rows whose products are taken at a time: the products of a block with 50,000 rows are 25 MB.</summary>
    const int Block = 64;

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
        var (indices, distances) = (new int[queries.Rows][], new double[queries.Rows][]);
        for (var first = 0; first < queries.Rows; first += Block)
        {
            var rows = Math.Min(Block, queries.Rows - first);
            var products = Products.TimesTransposed(queries.Values[(first * d)..((first + rows) * d)], rows, matrix.Values, n, d);
            Parallel.For(0, rows, i =>
            {
                // ‖b‖² − 2 a·b orders as ‖a − b‖² does; the distances of the few that are kept are then taken exactly.
                var near = Least(products.AsSpan(i * n, n), squares, k, self ? first + i : -1);
                var exact = new double[near.Length];
                for (var j = 0; j < near.Length; j++)
                    exact[j] = Math.Sqrt(Products.SquaredDistance(queries.Row(first + i), matrix.Row(near[j])));
                Array.Sort(exact, near);
                (indices[first + i], distances[first + i]) = (near, exact);
            });
        }

        return new NearestNeighbours(indices, distances);
    }

    static int[] Least(ReadOnlySpan<double> products, double[] squares, int k, int skip)
    {
        var (near, keys, count) = (new int[k], new double[k], 0);
        for (var j = 0; j < products.Length; j++)
        {
            if (j == skip) continue;
            var key = squares[j] - (2 * products[j]);
            if (count == k && key >= keys[k - 1]) continue;
            var at = count < k ? count++ : k - 1;
            for (; at > 0 && keys[at - 1] > key; at--) (keys[at], near[at]) = (keys[at - 1], near[at - 1]);
            (keys[at], near[at]) = (key, j);
        }

        return near;
    }
}
