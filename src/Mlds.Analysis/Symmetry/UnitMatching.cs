using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;

namespace Mlds.Analysis.Symmetry;

/// <summary>The search of <see cref="Alignment"/> for one network after another; the working memory of one thread.</summary>
sealed class UnitMatching
{
    /// <summary>Up and down count as two. A fixed point comes after 3 to 6.</summary>
    const int MostSweeps = 12;

    readonly double[] _reference;
    readonly double[] _current;
    readonly Group[] _groups;

    /// <param name="layout">How the networks' numbers lie.</param>
    /// <param name="reference">The numbers of the reference.</param>
    internal UnitMatching(MergedLayout layout, double[] reference)
    {
        (_reference, _current) = (reference, new double[reference.Length]);
        _groups = [.. layout.Groups.Select(group => new Group(group, reference))];
    }

    /// <summary>The best symmetry of all starts and the inner product with the reference that it reaches.</summary>
    /// <param name="network">Its merged numbers.</param>
    /// <param name="enough">An inner product at which no further start is needed.</param>
    internal (NetworkSymmetry Symmetry, double Product) Best(double[] network, AlignmentOptions options, double enough)
    {
        var random = new SeededRandom(options.Seed, SeededRandom.Stream("alignment"));
        var best = new Found([], [], double.NegativeInfinity);
        for (var start = 0; start < options.Starts && best.Product < enough; start++)
        {
            network.CopyTo(_current, 0);
            foreach (var group in _groups) group.Reset();
            if (start == 0) StartFromInputs();
            else
                foreach (var group in _groups) group.MoveAtRandom(_current, random);
            Climb(ref best);
        }

        return (new NetworkSymmetry(best.Permutations, best.Signs), best.Product);
    }

    readonly record struct Found(int[][] Permutations, double[][] Signs, double Product);

    /// <summary>
    /// From the input lines, which have no symmetry, upwards: each group by what it has in common with lines and earlier groups alone;
    /// the last also by its output lines.
    /// </summary>
    void StartFromInputs()
    {
        foreach (var group in _groups) group.Match(_current, group.Wanted.EvenKnown, group.Wanted.OddKnown);
    }

    /// <summary>Sweeps up and down until nothing moves; the best state on the way is kept in <paramref name="best"/>.</summary>
    void Climb(ref Found best)
    {
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var moved = false;
            for (var i = 0; i < _groups.Length; i++)
            {
                var group = _groups[sweep % 2 == 0 ? i : _groups.Length - 1 - i];
                moved |= group.Match(_current, group.Wanted.Even, group.Wanted.Odd);
            }

            var product = MergedLayout.InnerProduct(_reference, _current);
            if (product > best.Product)
            {
                best = new Found(
                    [.. _groups.Select(group => (int[])group.Permutation.Clone())],
                    [.. _groups.Select(group => (double[])group.Signs.Clone())],
                    product);
            }

            if (!moved) return;
        }
    }

    /// <summary>One group of units: what the reference has, and what was done to the network so far.</summary>
    sealed class Group
    {
        readonly MergedGroup _group;
        readonly UnitFeatures _found;
        readonly LinearAssignment _assignment;
        readonly double[] _even;
        readonly double[] _odd;
        readonly int[] _columns;
        readonly double[] _steps;

        internal Group(MergedGroup group, double[] reference)
        {
            _group = group;
            (Wanted, _found) = (new UnitFeatures(group, reference), new UnitFeatures(group, reference));
            _assignment = new LinearAssignment(group.Units, Wanted.Stride);
            (_even, _odd) = (new double[Wanted.Stride * Wanted.Stride], new double[Wanted.Stride * Wanted.Stride]);
            (_columns, _steps) = (new int[group.Units], new double[group.Units]);
            (Permutation, Signs) = (new int[group.Units], new double[group.Units]);
        }

        internal UnitFeatures Wanted { get; }

        internal int[] Permutation { get; }

        internal double[] Signs { get; }

        internal void Reset()
        {
            for (var unit = 0; unit < Permutation.Length; unit++) Permutation[unit] = unit;
            Array.Fill(Signs, 1);
        }

        internal void MoveAtRandom(double[] network, SeededRandom random)
        {
            for (var unit = 0; unit < _columns.Length; unit++)
                (_columns[unit], _steps[unit]) = (unit, !_group.HasSigns || random.Next(2) == 0 ? 1 : -1);
            random.Shuffle<int>(_columns);
            Move(network);
        }

        /// <summary>Matches the units by their first features; false when all of them stay where they are.</summary>
        internal bool Match(double[] network, int even, int odd)
        {
            _found.Read(network);
            UnitFeatures.EvenProducts(Wanted, _found, even, _even);
            UnitFeatures.OddProducts(Wanted, _found, odd, _odd);
            for (var i = 0; i < _even.Length; i++) _even[i] += Math.Abs(_odd[i]);
            _assignment.Maximize(_even, _columns);
            var moved = false;
            for (var unit = 0; unit < _columns.Length; unit++)
            {
                _steps[unit] = _odd[(unit * Wanted.Stride) + _columns[unit]] < 0 ? -1 : 1;
                moved |= _columns[unit] != unit || _steps[unit] < 0;
            }

            if (moved) Move(network);
            return moved;
        }

        /// <summary>Applies (columns, steps) to the network, after what was applied before.</summary>
        void Move(double[] network)
        {
            foreach (var parts in _group.Parts) parts.Move(network, _columns, _steps);
            Span<int> permutation = stackalloc int[_columns.Length];
            Span<double> signs = stackalloc double[_columns.Length];
            for (var unit = 0; unit < permutation.Length; unit++)
            {
                permutation[unit] = Permutation[_columns[unit]];
                signs[unit] = _steps[unit] * Signs[_columns[unit]];
            }

            permutation.CopyTo(Permutation);
            signs.CopyTo(Signs);
        }
    }
}
