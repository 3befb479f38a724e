using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>What is done with a group of units, in double precision, on numbers that lie as the group's tensors say.</summary>
static class UnitGroups
{
    /// <summary>A norm that is 1 but for float32's rounding is left alone, so that a network in normal form is its own.</summary>
    const double Rounding = 1e-6;

    extension(UnitGroup group)
    {
        /// <summary>Unit i becomes the old unit <paramref name="permutation"/>[i], times <paramref name="scales"/>[i].</summary>
        internal void Move(Span<double> numbers, ReadOnlySpan<int> permutation, ReadOnlySpan<double> scales)
        {
            foreach (var axis in group.Axes) UnitParts.Of(axis).Move(numbers, permutation, scales);
        }

        /// <summary>
        /// The normal form of units that may take any positive scale: what a unit multiplies its inputs by, its bias with it, has the
        /// Euclidean norm 1, and what reads the unit makes up for it. A unit whose incoming weights are all 0 stays as it is; its own
        /// recurrent weights don't count.
        /// </summary>
        internal void Normalize(double[] numbers)
        {
            if (group.Scales != UnitScales.Positive) return;
            var axes = group.Axes.Where(axis => axis.Scale == UnitScale.Times && !group.IsRecurrent(axis));
            UnitParts[] incoming = [.. axes.Select(UnitParts.Of)];
            var scales = new double[group.Units];
            for (var unit = 0; unit < scales.Length; unit++)
            {
                var norm = Norm(incoming.SelectMany(parts => parts.Of(numbers, unit)));
                scales[unit] = norm == 0 || Math.Abs(norm - 1) < Rounding ? 1 : 1 / norm;
            }

            if (scales.Any(scale => scale != 1)) group.Move(numbers, [.. Enumerable.Range(0, group.Units)], scales);
        }
    }

    extension(NetworkSymmetries symmetries)
    {
        /// <summary>Whether what is on an axis has been added to something else, so that nothing is left there.</summary>
        internal bool MergesAway(UnitGroup group, UnitAxis axis) => axis.Axis == 0 && symmetries.Sums.Any(sum =>
        {
            var row = axis.Tensor.Length / axis.Tensor.Shape[0];
            return sum.Second == axis.Tensor && axis.Start * row >= sum.Start
                && (axis.Start + (group.Units * axis.Width)) * row <= sum.Start + sum.Length;
        });
    }

    /// <summary>The Euclidean norm, to the same bits in whichever order the numbers come.</summary>
    internal static double Norm(IEnumerable<double> numbers)
    {
        double[] squares = [.. numbers.Select(number => number * number)];
        Array.Sort(squares);
        return Math.Sqrt(squares.Sum());
    }
}
