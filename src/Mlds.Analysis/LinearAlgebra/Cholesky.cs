using Mlds.Analysis.Data;

namespace Mlds.Analysis.LinearAlgebra;

/// <summary>A = L Lᵀ of a symmetric positive definite matrix, and what ridge regression needs of it (Golub, Van Loan, §4.2).</summary>
sealed class Cholesky
{
    /// <summary>
    /// Rows and columns taken at a time, a multiple of 12 (<see cref="Products"/>' tiles): nearly all of the work is then products of
    /// blocks.
    /// </summary>
    const int Block = 48;

    /// <summary>Columns after which all that is to the right of them is brought up to date.</summary>
    const int Panel = Panels<double>.Depth / Block * Block;

    /// <summary>Right-hand sides taken at a time: each row of L is then read once for all of them, and they stay in the cache.</summary>
    const int Together = 16;

    readonly double[] _lower;
    readonly int _n;

    Cholesky(double[] lower, int n) => (_lower, _n) = (lower, n);

    /// <summary>
    /// Factors <paramref name="matrix"/> (n × n, row-major, only the lower triangle is read) plus <paramref name="ridge"/> times the
    /// identity.
    /// </summary>
    /// <param name="lower">Where L is to be put, n × n; an earlier factor's place, which then is no more.</param>
    /// <exception cref="ArithmeticException">Not positive definite.</exception>
    internal static Cholesky Factor(double[] matrix, int n, double ridge, double[]? lower = null)
    {
        lower ??= new double[(long)n * n];
        Parallel.For(0, n, Parallelism.Options, i =>
        {
            matrix.AsSpan(i * n, i + 1).CopyTo(lower.AsSpan(i * n));
            lower[(i * n) + i] += ridge;
        });
        var panels = n > Panel ? new Panels<double>(n) : null;
        for (var panel = 0; panel < n; panel += Panel)
        {
            var end = Math.Min(panel + Panel, n);
            for (var left = panel; left < end; left += Block)
            {
                FactorBlock(lower, n, panel, left, left);
                Parallel.For(
                    (left / Block) + 1, (n + Block - 1) / Block, Parallelism.Options,
                    block => FactorBlock(lower, n, panel, block * Block, left));
            }

            if (end == n) break;
            panels!.FillFromRows(lower, n, panel, end - panel, end);
            panels.SubtractProducts(lower, n, end);
        }

        return new Cholesky(lower, n);
    }

    /// <summary>
    /// The block of L whose first row and column these are, in the place of what is left of A there. All blocks of the panel to its left
    /// must be there, and the diagonal one above it; what comes before the panel is subtracted already.
    /// </summary>
    static void FactorBlock(double[] lower, int n, int panel, int top, int left)
    {
        // What the panel's columns before this block take away, for the whole block at once.
        Span<double> done = stackalloc double[Block * Block];
        var (rows, columns) = (Math.Min(Block, n - top), Math.Min(Block, n - left));
        Products.Part(lower, top, rows, lower, left, columns, n, panel, left, done);
        for (var i = top; i < top + rows; i++)
        {
            var row = lower.AsSpan(i * n, n);
            for (var j = left; j < Math.Min(left + columns, i + 1); j++)
            {
                var rest = row[j] - done[((i - top) * columns) + j - left] - Products.Dot(
                    row[left..j], lower.AsSpan((j * n) + left, j - left));
                if (j < i)
                {
                    row[j] = rest / lower[(j * n) + j];
                    continue;
                }

                if (!(rest > 0)) throw new ArithmeticException($"The matrix is not positive definite: pivot {i} of {n} is {rest}.");
                row[i] = Math.Sqrt(rest);
            }
        }
    }

    /// <summary>
    /// X of A X = B for each column; <paramref name="right"/> and the result hold one column after the other, n numbers each.
    /// </summary>
    internal double[] Solve(double[] right) => InParts(right, SolveInPlace);

    delegate void PartSolution(Span<double> columns);

    double[] InParts(double[] right, PartSolution solve)
    {
        var solution = (double[])right.Clone();
        var step = Together * _n;
        Parallel.For(0, (solution.Length + step - 1) / step, Parallelism.Options, part =>
            solve(solution.AsSpan(part * step, Math.Min(step, solution.Length - (part * step)))));
        return solution;
    }

    /// <summary>L⁻¹ x, in place, of each column x.</summary>
    internal void SolveLower(Span<double> columns)
    {
        for (var i = 0; i < _n; i++)
        {
            var row = _lower.AsSpan(i * _n, i);
            for (var start = 0; start < columns.Length; start += _n)
            {
                var x = columns.Slice(start, _n);
                x[i] = (x[i] - Products.Dot(row, x[..i])) / _lower[(i * _n) + i];
            }
        }
    }

    void SolveInPlace(Span<double> columns)
    {
        SolveLower(columns);

        // Backwards by columns of Lᵀ, which are rows of L: contiguous.
        for (var i = _n - 1; i >= 0; i--)
        {
            var row = _lower.AsSpan(i * _n, i);
            for (var start = 0; start < columns.Length; start += _n)
            {
                var x = columns.Slice(start, _n);
                x[i] /= _lower[(i * _n) + i];
                Products.AddScaled(x[..i], -x[i], row);
            }
        }
    }

    /// <summary>The sum of xᵀ A⁻¹ x over vectors x, n numbers each, one after the other: of ‖L⁻¹ x‖².</summary>
    internal double InverseForms(double[] vectors)
    {
        var solved = InParts(vectors, SolveLower);
        return Products.Dot((ReadOnlySpan<double>)solved, solved);
    }

    /// <summary>The diagonal of A⁻¹: the column norms of L⁻¹, squared.</summary>
    internal double[] InverseDiagonal()
    {
        // Column j of X = L⁻¹ is kept as row j: X_jj = 1 / L_jj, and below it X_ij = −(Σ_k=j…i−1 L_ik X_kj) / L_ii, of which all blocks
        // above go at once.
        var columns = new double[(long)_n * _n];
        var diagonal = new double[_n];
        Parallel.For(0, (_n + Block - 1) / Block, Parallelism.Options, block => Invert(columns, block * Block, diagonal));
        return diagonal;
    }

    void Invert(double[] columns, int left, double[] diagonal)
    {
        Span<double> done = stackalloc double[Block * Block];
        var width = Math.Min(Block, _n - left);
        for (var top = left; top < _n; top += Block)
        {
            var rows = Math.Min(Block, _n - top);
            Products.Part(_lower, top, rows, columns, left, width, _n, left, top, done);
            for (var j = left; j < left + width; j++)
            {
                var column = columns.AsSpan(j * _n, _n);
                var from = Math.Max(top, j);
                for (var i = from; i < top + rows; i++)
                {
                    var sum =
                        done[((i - top) * width) + j - left] + Products.Dot(_lower.AsSpan((i * _n) + from, i - from), column[from..i]);
                    column[i] = (i == j ? 1 : -sum) / _lower[(i * _n) + i];
                    diagonal[j] += column[i] * column[i];
                }
            }
        }
    }
}
