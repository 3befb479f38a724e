namespace Mlds.Analysis.LinearAlgebra;

/// <summary>Singular values of small matrices by one-sided Jacobi rotations (Hestenes 1958; Demmel and Veselić 1992 for its accuracy).</summary>
static class SingularValues
{
    const int MostSweeps = 40;

    /// <summary>Singular values of <paramref name="matrix"/> (rows × columns, row-major), largest first, as many as the smaller side.</summary>
    internal static double[] Of(ReadOnlySpan<double> matrix, int rows, int columns)
    {
        // Rows are made orthogonal, so take the shorter side as rows.
        var (n, d) = rows <= columns ? (rows, columns) : (columns, rows);
        var work = new double[n * d];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < d; j++) work[(i * d) + j] = rows <= columns ? matrix[(i * columns) + j] : matrix[(j * columns) + i];

        for (var sweep = 0; sweep < MostSweeps && Sweep(work, n, d); sweep++)
        {
        }

        var values = new double[n];
        for (var i = 0; i < n; i++) values[i] = Math.Sqrt(Dot(work.AsSpan(i * d, d), work.AsSpan(i * d, d)));
        values.AsSpan().Sort((a, b) => b.CompareTo(a));
        return values;
    }

    /// <summary>Rotates every pair of rows to orthogonality; false when all of them were already.</summary>
    static bool Sweep(double[] work, int n, int d)
    {
        var rotated = false;
        for (var p = 0; p < n - 1; p++)
        {
            for (var q = p + 1; q < n; q++)
            {
                var a = work.AsSpan(p * d, d);
                var b = work.AsSpan(q * d, d);
                double aa = Dot(a, a), bb = Dot(b, b), ab = Dot(a, b);
                if (Math.Abs(ab) <= 1e-14 * Math.Sqrt(aa * bb)) continue;
                rotated = true;
                var zeta = (bb - aa) / (2 * ab);
                var t = Math.CopySign(1, zeta) / (Math.Abs(zeta) + Math.Sqrt(1 + (zeta * zeta)));
                var c = 1 / Math.Sqrt(1 + (t * t));
                var s = c * t;
                for (var i = 0; i < d; i++) (a[i], b[i]) = ((c * a[i]) - (s * b[i]), (s * a[i]) + (c * b[i]));
            }
        }

        return rotated;
    }

    static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Products.Dot(a, b);
}
