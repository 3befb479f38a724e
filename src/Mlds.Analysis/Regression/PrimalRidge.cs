using Mlds.Analysis.Data;
using Mlds.Analysis.Decomposition;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Regression;

/// <summary>
/// Ridge regression in its primal form, by the normal equations: for more networks than columns. One pass over the rows gathers the
/// covariance of columns and targets, of which standardised columns follow; no copy of the rows is made. In cross-validation a fold's
/// equations are those of all rows less those of its own.
/// </summary>
/// <remarks>
/// Of up to 512 columns products are in double precision, and each target takes the penalty of its own least squared leave-one-out error
/// (Allen's PRESS, 1974), as <see cref="DualRidge"/> does. That needs a second pass over the rows for every penalty. Of more columns,
/// products are in float32 (<see cref="CovarianceSum"/>), and the penalty is the one of the least generalised cross-validation error
/// (Golub, Heath, Wahba, Technometrics 21, 1979): Σ residuals² / (N − df)², where the degrees of freedom df = 1 + D − α tr (XᵀX + αI)⁻¹ are
/// those of the fit, and both sums follow from the equations alone. The trace is the mean of zᵀ(XᵀX + αI)⁻¹z over random signs z (Girard,
/// Numerische Mathematik 56, 1989), which halves the time; the standard error of df is below √(D / 32), where N − df are thousands.
/// </remarks>
sealed class PrimalRidge : RidgeFit
{
    /// <summary>Up to this many columns, all is in double precision and leave-one-out errors are exact.</summary>
    const int Precise = 512;

    /// <summary>Up to this many rows, the dual form costs little, and has exact leave-one-out errors of any number of columns.</summary>
    const int FewRows = 4000;

    /// <summary>Of more columns, the equations wouldn't fit in memory: 3.2 GB a matrix.</summary>
    const int MostColumns = 20_000;

    /// <summary>Rows predicted at a time.</summary>
    const int Rows = 256;

    /// <summary>Vectors of random signs that a trace is estimated with.</summary>
    const int Probes = 64;

    readonly Standardizer _scaler;
    readonly int[] _sizes;
    readonly double[] _intercepts;
    readonly double[] _weights;

    /// <param name="sizes">Columns of each target.</param>
    /// <param name="intercepts">Of all columns of all targets, K.</param>
    /// <param name="weights">K × D, over standardised columns.</param>
    PrimalRidge(Standardizer scaler, int[] sizes, double[] intercepts, double[] weights) =>
        (_scaler, _sizes, _intercepts, _weights) = (scaler, sizes, intercepts, weights);

    int Columns => _scaler.Mean.Count;

    /// <summary>Whether this form is the one for so many rows and columns.</summary>
    internal static bool Suits(int rows, int columns) =>
        columns < rows && columns <= MostColumns && (columns <= Precise || rows > FewRows);

    /// <summary>Whether this form is the one for the rows out of each fold, and there is something to share.</summary>
    internal static bool SuitsFolds(FeatureMatrix matrix, int[] folds)
    {
        var sizes = folds.CountBy(fold => fold).Select(fold => fold.Value).ToArray();
        return sizes.Length > 1 && Suits(matrix.Rows - sizes.Max(), matrix.Columns);
    }

    /// <inheritdoc cref="RidgeFit.Of"/>
    internal static PrimalRidge Fit(FeatureMatrix training, IReadOnlyList<double[]> targets, IReadOnlyList<double> penalties)
    {
        var all = new Targets(targets, training.Rows);
        int[] rows = [.. Enumerable.Range(0, training.Rows)];
        var sum = Empty(training, all, null);
        Add(sum, training, rows, all, CancellationToken.None);
        return Fit(training, rows, all, sum.Finish(), penalties, new Memory(training.Columns));
    }

    /// <summary>
    /// Predictions for every row by the model of the folds that it isn't in: for each target N × its columns, row-major.
    /// </summary>
    /// <inheritdoc cref="RidgeFit.Of"/>
    internal static double[][] OutOfFold(
        FeatureMatrix matrix, IReadOnlyList<double[]> targets, IReadOnlyList<double> penalties, int[] folds, CancellationToken cancellation)
    {
        var all = new Targets(targets, matrix.Rows);
        var predicted = Array.ConvertAll(all.Sizes, size => new double[matrix.Rows * size]);
        var whole = Empty(matrix, all, null);
        Add(whole, matrix, [.. Enumerable.Range(0, matrix.Rows)], all, cancellation);
        var part = Empty(matrix, all, whole.Shift);
        var products = new double[(long)whole.Columns * whole.Columns];
        var memory = new Memory(matrix.Columns);
        foreach (var fold in folds.Distinct().Order())
        {
            int[] training = [.. Enumerable.Range(0, matrix.Rows).Where(i => folds[i] != fold)];
            int[] test = [.. Enumerable.Range(0, matrix.Rows).Where(i => folds[i] == fold)];
            part.Clear();
            Add(part, matrix, test, all, cancellation);
            var sums = whole.Without(part, products);
            cancellation.ThrowIfCancellationRequested();
            var held = Fit(matrix, training, all, sums, penalties, memory).Predict(matrix, test);
            for (var set = 0; set < held.Length; set++)
            {
                var size = all.Sizes[set];
                for (var i = 0; i < test.Length; i++) held[set].AsSpan(i * size, size).CopyTo(predicted[set].AsSpan(test[i] * size));
            }
        }

        return predicted;
    }

    internal override double[][] Predict(FeatureMatrix test) => Predict(test, [.. Enumerable.Range(0, test.Rows)]);

    internal override (Standardizer Scaler, double[][] Weights, double[] Intercepts) Primal(int target)
    {
        var first = _sizes.Take(target).Sum();
        return (
            _scaler,
            [.. Enumerable.Range(first, _sizes[target]).Select(k => _weights.AsSpan(k * Columns, Columns).ToArray())],
            _intercepts[first..(first + _sizes[target])]);
    }

    double[][] Predict(FeatureMatrix matrix, int[] rows)
    {
        var predicted = Array.ConvertAll(_sizes, size => new double[rows.Length * size]);
        for (var first = 0; first < rows.Length; first += Rows)
        {
            var count = Math.Min(Rows, rows.Length - first);
            var products = Scores(matrix, rows.AsSpan(first, count));
            for (var i = 0; i < count; i++)
            {
                var k = 0;
                for (var set = 0; set < _sizes.Length; set++)
                {
                    for (var column = 0; column < _sizes[set]; column++, k++)
                        predicted[set][((first + i) * _sizes[set]) + column] = products[(i * _intercepts.Length) + k];
                }
            }
        }

        return predicted;
    }

    /// <summary>Rows × K.</summary>
    double[] Scores(FeatureMatrix matrix, ReadOnlySpan<int> rows)
    {
        var standardized = new double[rows.Length * Columns];
        for (var i = 0; i < rows.Length; i++) _scaler.Transform(matrix.Row(rows[i]), standardized.AsSpan(i * Columns, Columns));
        var scores = Products.TimesTransposed(standardized, rows.Length, _weights, _intercepts.Length, Columns);
        for (var at = 0; at < scores.Length; at++) scores[at] += _intercepts[at % _intercepts.Length];
        return scores;
    }

    /// <summary>For the sums of X and Y side by side.</summary>
    static CovarianceSum Empty(FeatureMatrix matrix, Targets targets, float[]? shift) =>
        CovarianceSum.Of(matrix.Columns + targets.Columns, precise: matrix.Columns <= Precise, shift);

    static void Add(CovarianceSum sum, FeatureMatrix matrix, int[] rows, Targets targets, CancellationToken cancellation)
    {
        foreach (var row in rows)
        {
            if (sum.Rows % Rows == 0) cancellation.ThrowIfCancellationRequested();
            var place = sum.Next();
            matrix.Row(row).CopyTo(place);
            targets.CopyTo(row, place[matrix.Columns..]);
        }

        sum.Flush();
    }

    /// <param name="rows">The training rows.</param>
    /// <param name="sums">Means and scatter of X and Y over these rows, D + K columns.</param>
    static PrimalRidge Fit(
        FeatureMatrix matrix, int[] rows, Targets targets, (double[] Mean, double[] Scatter) sums, IReadOnlyList<double> penalties,
        Memory memory)
    {
        var (d, k, n) = (matrix.Columns, targets.Columns, rows.Length);
        var (mean, scatter, stride) = (sums.Mean, sums.Scatter, d + k);
        var variances = new double[d];
        for (var j = 0; j < d; j++) variances[j] = scatter[(j * stride) + j] / n;
        var scaler = Standardizer.Of(mean[..d], variances);
        var gram = memory.Gram;
        var right = new double[k * d];
        Parallel.For(0, d, Parallelism.Options, i =>
        {
            for (var j = 0; j <= i; j++) gram[(i * d) + j] = scatter[(i * stride) + j] * scaler.Scale[i] * scaler.Scale[j];
            for (var set = 0; set < k; set++) right[(set * d) + i] = scatter[(i * stride) + d + set] * scaler.Scale[i];
        });
        var squares = new double[k];
        var intercepts = new double[k];
        for (var set = 0; set < k; set++)
        {
            squares[set] = scatter[((d + set) * stride) + d + set];
            intercepts[set] = mean[d + set] + targets.Centres[set];
        }

        // Where no column varies all is 0, and any penalty gives the constant answer.
        var trace = Enumerable.Range(0, d).Sum(i => gram[(i * d) + i]);
        var scale = trace > 0 ? trace / n : 1;
        var best = targets.Sizes.Select(_ => double.PositiveInfinity).ToArray();
        var weights = new double[k * d];
        foreach (var penalty in penalties)
        {
            MemoryBudget.Tidy();
            var ridge = penalty * scale;
            var factor = Cholesky.Factor(gram, d, ridge, memory.Lower);
            var solution = factor.Solve(right);
            var fit = new PrimalRidge(scaler, targets.Sizes, intercepts, solution);
            var errors = penalties.Count == 1 ? new double[k]
                : d <= Precise ? fit.LeaveOneOutErrors(matrix, rows, targets, factor)
                : GeneralizedErrors(solution, right, squares, ridge, n, InverseTrace(factor, memory.Signs));

            // Every target chooses its own penalty: a shuffled control that borrowed the true labels' choice would be no control.
            for (var (set, first) = (0, 0); set < best.Length; first += targets.Sizes[set++])
            {
                var error = errors.AsSpan(first, targets.Sizes[set]).ToArray().Sum();
                if (!(error < best[set])) continue;
                best[set] = error;
                solution.AsSpan(first * d, targets.Sizes[set] * d).CopyTo(weights.AsSpan(first * d));
            }
        }

        return new PrimalRidge(scaler, targets.Sizes, intercepts, weights);
    }

    static double InverseTrace(Cholesky factor, double[] signs) => factor.InverseForms(signs) / Probes;

    /// <summary>Of each column of the targets: ‖y − Xw‖² / (N − df)², where ‖y − Xw‖² = yᵀy − wᵀXᵀy − α wᵀw.</summary>
    static double[] GeneralizedErrors(
        double[] weights, double[] right, double[] squares, double ridge, int rows, double inverseTrace)
    {
        var d = weights.Length / squares.Length;
        var free = rows - 1 - (d - (ridge * inverseTrace));
        return [.. squares.Select((square, set) =>
        {
            var own = weights.AsSpan(set * d, d);
            var left = square - Products.Dot((ReadOnlySpan<double>)own, right.AsSpan(set * d, d)) - (ridge * Products.Dot(own, own));
            return Math.Max(0, left) / (free * free);
        })];
    }

    /// <summary>
    /// Of each column of the targets: Σ (residual / (1 − leverage))² over the training rows, the leverage of row x being 1/N + ‖L⁻¹x‖².
    /// </summary>
    double[] LeaveOneOutErrors(FeatureMatrix matrix, int[] rows, Targets targets, Cholesky factor)
    {
        var k = targets.Columns;
        var parts = new double[(rows.Length + Rows - 1) / Rows][];
        Parallel.For(0, parts.Length, Parallelism.Options, part =>
        {
            var own = rows.AsSpan(part * Rows, Math.Min(Rows, rows.Length - (part * Rows)));
            var scores = Scores(matrix, own);
            var errors = parts[part] = new double[k];
            var standardized = new double[Columns];
            for (var i = 0; i < own.Length; i++)
            {
                _scaler.Transform(matrix.Row(own[i]), standardized);
                factor.SolveLower(standardized);
                var rest = 1 - (1.0 / rows.Length) - Products.Dot(standardized, standardized);
                for (var set = 0; set < k; set++)
                {
                    var error = (targets.Of(own[i], set) - scores[(i * k) + set]) / rest;
                    errors[set] += error * error;
                }
            }
        });
        return [.. Enumerable.Range(0, k).Select(set => parts.Sum(part => part[set]))];
    }

    /// <summary>What is taken again for every fold and penalty: two matrices of D × D, and random signs for traces.</summary>
    sealed class Memory(int columns)
    {
        double[]? _signs;

        internal double[] Gram { get; } = new double[(long)columns * columns];

        internal double[] Lower { get; } = new double[(long)columns * columns];

        /// <summary>One vector of D signs after the other, always the same.</summary>
        internal double[] Signs => _signs ??= RandomSigns(columns * Probes);

        static double[] RandomSigns(int count)
        {
            var random = new SeededRandom(1, SeededRandom.Stream("trace"));
            var signs = new double[count];
            for (var i = 0; i < count; i++) signs[i] = (2 * random.Next(2)) - 1;
            return signs;
        }
    }

    /// <summary>The columns of all targets side by side.</summary>
    sealed class Targets
    {
        readonly double[][] _columns;

        internal Targets(IReadOnlyList<double[]> targets, int rows)
        {
            Sizes = [.. targets.Select(target => target.Length / rows)];
            _columns = [.. targets.SelectMany(target => target.Chunk(rows))];
            Centres = [.. _columns.Select(column => column.Average())];
        }

        /// <summary>Columns of each target.</summary>
        internal int[] Sizes { get; }

        /// <summary>K.</summary>
        internal int Columns => _columns.Length;

        /// <summary>What is subtracted before numbers become float32, which keeps a large constant from costing digits.</summary>
        internal double[] Centres { get; }

        internal double Of(int row, int column) => _columns[column][row];

        internal void CopyTo(int row, Span<float> place)
        {
            for (var k = 0; k < _columns.Length; k++) place[k] = (float)(_columns[k][row] - Centres[k]);
        }
    }
}
