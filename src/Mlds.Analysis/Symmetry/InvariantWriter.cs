using System.Runtime.InteropServices;
using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Symmetry;

/// <summary>
/// Takes a network's invariants one by one; for the first network also their names, which then cost nothing for all others.
/// </summary>
sealed class InvariantWriter(List<string>? names)
{
    readonly List<double> _values = new(4096);

    internal string Layer { get; set; } = "";

    /// <summary>The numbers so far.</summary>
    internal ReadOnlySpan<double> Values => CollectionsMarshal.AsSpan(_values);

    internal void Clear() => _values.Clear();

    internal void Add(string block, string what, double value)
    {
        names?.Add($"{Layer}{block}.{what}");
        _values.Add(value);
    }

    internal void AddVector(string block, ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            names?.Add($"{Layer}{block}[{i}]");
            _values.Add(values[i]);
        }
    }

    /// <summary>All entries, or only the upper triangle of a symmetric one.</summary>
    internal void AddMatrix(string block, ReadOnlySpan<double> values, int rows, int columns, bool upper = false)
    {
        for (var i = 0; i < rows; i++)
        {
            for (var j = upper ? i : 0; j < columns; j++)
            {
                names?.Add($"{Layer}{block}[{i},{j}]");
                _values.Add(values[(i * columns) + j]);
            }
        }
    }

    /// <summary>
    /// A matrix as its direction (entries divided by the Frobenius norm) and the logarithm of its norm: products of several layers spread
    /// over orders of magnitude, and their size would drown their signs. Divides <paramref name="values"/> in place.
    /// </summary>
    internal void AddDirection(string block, double[] values, int rows, int columns, bool upper = false)
    {
        var norm = Math.Sqrt(Products.Dot(values, values));
        if (norm > 0)
            for (var i = 0; i < values.Length; i++) values[i] /= norm;
        AddMatrix(block, values, rows, columns, upper);

        // No trained weights have a product this small; zeros must not become an infinite number.
        Add(block, "log_norm", Math.Log(Math.Max(norm, 1e-12)));
    }

    /// <summary>Quantiles 0, 25, 50, 75, 100 %, mean and standard deviation. Sorts <paramref name="numbers"/>.</summary>
    internal void AddSpread(string block, Span<double> numbers)
    {
        double mean = 0, variance = 0;
        foreach (var number in numbers) mean += number;
        mean /= numbers.Length;
        foreach (var number in numbers) variance += (number - mean) * (number - mean);
        numbers.Sort();
        Add(block, "q0", numbers[0]);
        Add(block, "q25", Quantile.OfSorted(numbers, 0.25));
        Add(block, "q50", Quantile.OfSorted(numbers, 0.5));
        Add(block, "q75", Quantile.OfSorted(numbers, 0.75));
        Add(block, "q100", numbers[^1]);
        Add(block, "mean", mean);
        Add(block, "sd", Math.Sqrt(variance / numbers.Length));
    }
}
