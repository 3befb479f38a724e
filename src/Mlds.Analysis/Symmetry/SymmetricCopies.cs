using Mlds.Analysis.Data;

namespace Mlds.Analysis.Symmetry;

/// <summary>Networks that are the same up to the order, signs and scales of their units, found by their canonical forms.</summary>
public static class SymmetricCopies
{
    /// <summary>
    /// Canonical forms nearer than this times their length are the same network: float32 rounding of merged weights leaves about 1e-6.
    /// </summary>
    const double SameWithin = 1e-5;

    /// <summary>Pairs of rows that are the same network, the lower row of each first. Rows that aren't all numbers have no copy.</summary>
    public static IReadOnlyList<(int A, int B)> Find(WeightMatrix networks)
    {
        float[] Form(int row) => CanonicalForm.Of(networks.Layout, networks.Row(row));
        var lengths = new double[networks.Networks];
        Parallel.For(0, lengths.Length, Parallelism.Options, row => lengths[row] = Length(Form(row)));
        return [.. Find(lengths, Form).Select(pair => (Math.Min(pair.A, pair.B), Math.Max(pair.A, pair.B))).Order()];
    }

    /// <summary>
    /// Networks sorted by their form's length: equal ones have equal lengths, so each is compared with its neighbours in that order alone.
    /// Only the forms of those neighbours are in memory.
    /// </summary>
    /// <param name="lengths">Of all forms.</param>
    /// <param name="form">Makes one of them.</param>
    internal static List<(int A, int B)> Find(double[] lengths, Func<int, float[]> form, CancellationToken cancellation = default)
    {
        var order = Enumerable.Range(0, lengths.Length).OrderBy(i => lengths[i]).ToArray();
        var same = new List<(int A, int B)>();
        var near = new Dictionary<int, float[]>();
        float[] Form(int place) => near.TryGetValue(place, out var made) ? made : near[place] = form(order[place]);
        for (var i = 0; i < order.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var tolerance = SameWithin * lengths[order[i]];
            for (var j = i + 1; j < order.Length && lengths[order[j]] - lengths[order[i]] <= tolerance; j++)
                if (SymmetricDistance.Euclidean(Form(i), Form(j)) <= tolerance) same.Add((order[i], order[j]));
            near.Remove(i);
        }

        return same;
    }

    /// <summary>Euclidean.</summary>
    internal static double Length(float[] form) => Math.Sqrt(form.Sum(w => (double)w * w));
}
