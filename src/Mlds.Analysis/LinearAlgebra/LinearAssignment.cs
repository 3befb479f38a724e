namespace Mlds.Analysis.LinearAlgebra;

/// <summary>
/// The linear assignment problem, solved exactly: which column for which row makes the sum largest. Shortest augmenting paths with dual
/// prices (Kuhn 1955; Jonker and Volgenant, Computing 38, 1987), O(n³). Holds the working memory of one thread.
/// </summary>
/// <param name="n">Rows and columns.</param>
/// <param name="stride">Distance of two rows in the matrices to come, at least n.</param>
sealed class LinearAssignment(int n, int stride)
{
    // Row and column n are the roots of a search; nobody is assigned to them for good.
    readonly double[] _rowPrice = new double[n + 1];
    readonly double[] _columnPrice = new double[n + 1];
    readonly int[] _rowOf = new int[n + 1];
    readonly int[] _from = new int[n + 1];
    readonly double[] _distance = new double[n + 1];
    readonly bool[] _done = new bool[n + 1];

    /// <summary>Writes each row's column into <paramref name="columnOf"/>, so that Σ gain[row, columnOf[row]] is largest.</summary>
    /// <param name="gain">n rows of n numbers, <c>stride</c> apart.</param>
    internal void Maximize(ReadOnlySpan<double> gain, Span<int> columnOf)
    {
        Array.Clear(_rowPrice);
        Array.Clear(_columnPrice);
        Array.Fill(_rowOf, -1);
        for (var row = 0; row < n; row++) Augment(Reach(gain, row));
        for (var column = 0; column < n; column++) columnOf[_rowOf[column]] = column;
    }

    /// <summary>Dijkstra's search over reduced costs from <paramref name="row"/> to the nearest free column.</summary>
    int Reach(ReadOnlySpan<double> gain, int row)
    {
        Array.Fill(_distance, double.PositiveInfinity);
        Array.Clear(_done);
        _rowOf[n] = row;
        var column = n;
        while (_rowOf[column] >= 0)
        {
            _done[column] = true;
            var i = _rowOf[column];
            var (nearest, step) = (-1, double.PositiveInfinity);
            for (var j = 0; j < n; j++)
            {
                if (_done[j]) continue;
                var reduced = -gain[(i * stride) + j] - _rowPrice[i] - _columnPrice[j];
                if (reduced < _distance[j]) (_distance[j], _from[j]) = (reduced, column);
                if (_distance[j] < step) (nearest, step) = (j, _distance[j]);
            }

            Reprice(step);
            column = nearest;
        }

        return column;
    }

    void Reprice(double step)
    {
        for (var j = 0; j <= n; j++)
        {
            if (_done[j])
            {
                _rowPrice[_rowOf[j]] += step;
                _columnPrice[j] -= step;
            }
            else
            {
                _distance[j] -= step;
            }
        }
    }

    void Augment(int column)
    {
        while (column != n)
        {
            var before = _from[column];
            _rowOf[column] = _rowOf[before];
            column = before;
        }

        _rowOf[n] = -1;
    }
}
