namespace Mlds.Networks;

/// <summary>
/// A <see cref="UnitAxis"/> as places in a vector of numbers: unit i has the <c>Part</c> numbers from <c>First + i · Part</c> on, and as
/// many again every <c>Step</c> numbers up to <c>End</c>.
/// </summary>
public readonly record struct UnitParts(int First, int Part, int Step, int End, UnitScale Scale)
{
    /// <summary>Where the numbers of an axis lie.</summary>
    public static UnitParts Of(UnitAxis axis)
    {
        var tensor = axis.Tensor;
        var inner = 1;
        for (var i = axis.Axis + 1; i < tensor.Shape.Count; i++) inner *= tensor.Shape[i];
        return new UnitParts(
            tensor.Offset + (axis.Start * inner),
            axis.Width * inner,
            tensor.Shape[axis.Axis] * inner,
            tensor.Offset + tensor.Length,
            axis.Scale);
    }

    /// <summary>How many numbers each unit has here.</summary>
    public int Length => Part * ((End - First + Step - 1) / Step);

    /// <summary>The numbers of one unit.</summary>
    public IEnumerable<double> Of(double[] numbers, int unit)
    {
        for (var at = First + (unit * Part); at < End; at += Step)
            for (var j = 0; j < Part; j++) yield return numbers[at + j];
    }

    /// <summary>
    /// Unit i becomes the old unit <paramref name="permutation"/>[i], its numbers multiplied or divided by <paramref name="scales"/>[i].
    /// </summary>
    public void Move(Span<double> numbers, ReadOnlySpan<int> permutation, ReadOnlySpan<double> scales)
    {
        const int onStack = 1024;
        var (units, size) = (permutation.Length, permutation.Length * Part);
        Span<double> factors = stackalloc double[units];
        for (var i = 0; i < units; i++) factors[i] = Scale switch { UnitScale.None => 1, UnitScale.Times => scales[i], _ => 1 / scales[i] };
        Span<double> old = size <= onStack ? stackalloc double[size] : new double[size];
        for (var at = First; at < End; at += Step)
        {
            var block = numbers.Slice(at, size);
            block.CopyTo(old);
            if (Part == 1)
                for (var i = 0; i < units; i++) block[i] = factors[i] * old[permutation[i]];
            else
                for (var i = 0; i < units; i++) Scaled(old.Slice(permutation[i] * Part, Part), factors[i], block.Slice(i * Part, Part));
        }
    }

    /// <summary>Writes the numbers as features, <paramref name="stride"/> apart, each with one number per unit; returns how many.</summary>
    public int Read(ReadOnlySpan<double> numbers, int units, Span<double> features, int stride)
    {
        var feature = 0;
        for (var at = First; at < End; at += Step)
        {
            if (Part == 1)
            {
                numbers.Slice(at, units).CopyTo(features[(feature++ * stride)..]);
                continue;
            }

            for (var unit = 0; unit < units; unit++)
                for (var j = 0; j < Part; j++) features[((feature + j) * stride) + unit] = numbers[at + (unit * Part) + j];
            feature += Part;
        }

        return feature;
    }

    static void Scaled(ReadOnlySpan<double> from, double factor, Span<double> to)
    {
        if (factor == 1) from.CopyTo(to);
        else
            for (var j = 0; j < to.Length; j++) to[j] = factor * from[j];
    }
}
