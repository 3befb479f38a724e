using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Classification;

/// <summary>
/// The descent of <see cref="Logistic"/>. A point is K functions f_k = G a_k + b_k on the N training rows; vectors hold the K columns a_k
/// one after the other and then the K intercepts, and every vector is kept beside its image under G, so that inner products Σ a_kᵀ G a'_k +
/// b b' cost no product with G.
/// </summary>
sealed class LogisticDescent(double[] gram, int n, int[] labels, int classes, LogisticOptions options)
{
    /// <summary>Steps that L-BFGS remembers.</summary>
    const int Memory = 10;

    /// <summary>The squared length of the gradient, as a share of the first one's, at which the descent ends.</summary>
    const double Tolerance = 1e-14;

    readonly List<(Vector Step, Vector Change, double Rho)> _history = [];

    /// <summary>Coefficients and their image under G; the image's intercepts are the same numbers.</summary>
    readonly record struct Vector(double[] Own, double[] Image)
    {
        internal double Dot(Vector other) => Products.Dot(Own, other.Image);

        internal Vector Plus(double factor, Vector other)
        {
            var sum = new Vector((double[])Own.Clone(), (double[])Image.Clone());
            Products.AddScaled(sum.Own, factor, other.Own);
            Products.AddScaled(sum.Image, factor, other.Image);
            return sum;
        }

        internal Vector Times(double factor) => new(Array.ConvertAll(Own, x => factor * x), Array.ConvertAll(Image, x => factor * x));
    }

    int Size => (n + 1) * classes;

    internal (double[] Dual, double[] Intercepts) Run()
    {
        var point = new Vector(new double[Size], new double[Size]);
        var (loss, gradient) = (Loss(point), Gradient(point));
        var enough = Tolerance * Math.Max(gradient.Dot(gradient), double.Epsilon);
        for (var iteration = 0; iteration < options.MostIterations && gradient.Dot(gradient) > enough; iteration++)
        {
            var direction = Direction(gradient);
            var slope = direction.Dot(gradient);
            var (length, next, nextLoss) = (1.0, point, loss);
            for (; length > 1e-10; length /= 2)
            {
                next = point.Plus(length, direction);
                nextLoss = Loss(next);
                if (nextLoss <= loss + (1e-4 * length * slope)) break;
            }

            if (!(nextLoss < loss)) break;
            var nextGradient = Gradient(next);
            Remember(direction.Times(length), nextGradient.Plus(-1, gradient));
            (point, loss, gradient) = (next, nextLoss, nextGradient);
        }

        return (point.Own[..(n * classes)], point.Own[(n * classes)..]);
    }

    void Remember(Vector step, Vector change)
    {
        var product = step.Dot(change);
        if (!(product > 0)) return;
        if (_history.Count == Memory) _history.RemoveAt(0);
        _history.Add((step, change, 1 / product));
    }

    /// <summary>The two-loop recursion.</summary>
    Vector Direction(Vector gradient)
    {
        var direction = gradient.Times(-1);
        var factors = new double[_history.Count];
        for (var i = factors.Length - 1; i >= 0; i--)
        {
            factors[i] = _history[i].Rho * _history[i].Step.Dot(direction);
            direction = direction.Plus(-factors[i], _history[i].Change);
        }

        if (factors.Length > 0) direction = direction.Times(1 / (_history[^1].Rho * _history[^1].Change.Dot(_history[^1].Change)));
        for (var i = 0; i < factors.Length; i++)
            direction = direction.Plus(factors[i] - (_history[i].Rho * _history[i].Change.Dot(direction)), _history[i].Step);
        return direction;
    }

    double Loss(Vector point)
    {
        double loss = 0;
        Span<double> row = stackalloc double[classes];
        for (var i = 0; i < n; i++)
        {
            Functions(point, i, row);
            loss += LogSum(row) - row[labels[i]];
        }

        var squares = Products.Dot(point.Own.AsSpan(0, n * classes), point.Image.AsSpan(0, n * classes));
        return (loss / n) + (options.Penalty / 2 * squares);
    }

    void Functions(Vector point, int i, Span<double> row)
    {
        for (var k = 0; k < classes; k++) row[k] = point.Image[(k * n) + i] + point.Own[(n * classes) + k];
    }

    /// <summary>In the inner product of G: (p − y)/N + λ a for the coefficients, Σ (p − y)/N for the intercepts.</summary>
    Vector Gradient(Vector point)
    {
        var own = new double[Size];
        Span<double> row = stackalloc double[classes];
        for (var i = 0; i < n; i++)
        {
            Functions(point, i, row);
            var sum = LogSum(row);
            for (var k = 0; k < classes; k++)
            {
                var residual = (Math.Exp(row[k] - sum) - (labels[i] == k ? 1 : 0)) / n;
                own[(k * n) + i] = residual + (options.Penalty * point.Own[(k * n) + i]);
                own[(n * classes) + k] += residual;
            }
        }

        return new Vector(own, ImageOf(own));
    }

    double[] ImageOf(double[] own)
    {
        var image = (double[])own.Clone();
        for (var i = 0; i < n; i++)
            for (var k = 0; k < classes; k++) image[(k * n) + i] = Products.Dot(gram.AsSpan(i * n, n), own.AsSpan(k * n, n));
        return image;
    }

    static double LogSum(ReadOnlySpan<double> row)
    {
        var most = row[0];
        foreach (var value in row) most = Math.Max(most, value);
        double sum = 0;
        foreach (var value in row) sum += Math.Exp(value - most);
        return most + Math.Log(sum);
    }
}
