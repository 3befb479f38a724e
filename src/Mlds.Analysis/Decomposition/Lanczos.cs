using MathNet.Numerics.LinearAlgebra.Double;
using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Decomposition;

/// <summary>
/// The largest eigenvalues of a symmetric matrix and their vectors, by Lanczos' recurrence with full re-orthogonalisation (Golub, Van Loan,
/// §10.1). Exact to rounding: it goes on until the residual of every wanted pair is below the tolerance, at the latest until the Krylov
/// space is the whole space.
/// </summary>
static class Lanczos
{
    /// <param name="matrix">n × n, symmetric, positive semi-definite.</param>
    /// <param name="count">Pairs wanted, largest first.</param>
    internal static (double[] Values, double[][] Vectors) Largest(double[] matrix, int n, int count, double tolerance = 1e-10)
    {
        count = Math.Min(count, n);
        var random = new SeededRandom(1, SeededRandom.Stream("lanczos"));
        var basis = new List<double[]> { RandomUnit(n, random, []) };
        var diagonal = new List<double>();
        var off = new List<double>();
        var next = Math.Min(n, Math.Max(4 * count, 40));
        while (true)
        {
            var beta = Step(matrix, n, basis, diagonal, off, random);
            if (diagonal.Count < next) continue;
            var (values, vectors) = Tridiagonal(diagonal, off);
            var scale = Math.Max(values[0], double.Epsilon);
            var done = Enumerable.Range(0, count).All(i => Math.Abs(beta * vectors[i][^1]) <= tolerance * scale);
            if (done || diagonal.Count == n) return (values[..count], [.. vectors[..count].Select(v => Combine(basis, v, n))]);
            next = Math.Min(n, next + (next / 2));
        }
    }

    /// <summary>One step: appends a diagonal and an off-diagonal element and the next basis vector; returns the off-diagonal.</summary>
    static double Step(double[] matrix, int n, List<double[]> basis, List<double> diagonal, List<double> off, SeededRandom random)
    {
        var v = basis[^1];
        var w = new double[n];
        Parallel.For(0, (n + 63) / 64, Parallelism.Options, block =>
        {
            for (var i = block * 64; i < Math.Min(n, (block + 1) * 64); i++) w[i] = Products.Dot(matrix.AsSpan(i * n, n), v);
        });
        diagonal.Add(Products.Dot(v, w));
        Orthogonalize(w, basis);
        Orthogonalize(w, basis);
        var beta = Math.Sqrt(Products.Dot(w, w));
        off.Add(beta);
        if (diagonal.Count == n) return beta;

        // A zero means that an invariant subspace is complete; the rest of the space is reached from a new start.
        if (beta <= 1e-13 * Math.Max(1e-300, diagonal.Max(Math.Abs)))
        {
            off[^1] = 0;
            basis.Add(RandomUnit(n, random, basis));
            return 0;
        }

        for (var i = 0; i < n; i++) w[i] /= beta;
        basis.Add(w);
        return beta;
    }

    static void Orthogonalize(double[] w, List<double[]> basis)
    {
        foreach (var v in basis) Products.AddScaled(w, -Products.Dot(v, w), v);
    }

    static double[] RandomUnit(int n, SeededRandom random, List<double[]> basis)
    {
        var v = new double[n];
        for (var i = 0; i < n; i++) v[i] = random.NextNormal();
        Orthogonalize(v, basis);
        Orthogonalize(v, basis);
        var norm = Math.Sqrt(Products.Dot(v, v));
        for (var i = 0; i < n; i++) v[i] /= norm;
        return v;
    }

    static (double[] Values, double[][] Vectors) Tridiagonal(List<double> diagonal, List<double> off)
    {
        var m = diagonal.Count;
        var t = new DenseMatrix(m, m);
        for (var i = 0; i < m; i++)
        {
            t[i, i] = diagonal[i];
            if (i + 1 < m) t[i, i + 1] = t[i + 1, i] = off[i];
        }

        var evd = t.Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric);
        var order = Enumerable.Range(0, m).OrderByDescending(i => evd.EigenValues[i].Real).ToArray();
        return ([.. order.Select(i => evd.EigenValues[i].Real)], [.. order.Select(i => evd.EigenVectors.Column(i).ToArray())]);
    }

    static double[] Combine(List<double[]> basis, double[] weights, int n)
    {
        var sum = new double[n];
        for (var i = 0; i < weights.Length; i++) Products.AddScaled(sum, weights[i], basis[i]);
        return sum;
    }
}
