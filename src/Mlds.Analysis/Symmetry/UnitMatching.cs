using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;
using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>The search of <see cref="Alignment"/> for one network after another; the working memory of one thread.</summary>
sealed class UnitMatching
{
    /// <summary>Up and down counted apart. A fixed point comes after 3 to 6.</summary>
    const int MostSweeps = 12;

    readonly GruWeights _reference;
    readonly RecurrentSpec _spec;
    readonly UnitFeatures[] _wanted;
    readonly UnitFeatures[] _found;
    readonly LinearAssignment _assignment;
    readonly double[] _even;
    readonly double[] _odd;
    readonly int[] _columns;
    readonly int[] _steps;
    readonly int[][] _permutations;
    readonly int[][] _signs;
    GruWeights? _current;

    internal UnitMatching(GruWeights reference)
    {
        (_reference, _spec) = (reference, reference.Spec);
        _wanted = [.. Enumerable.Range(0, _spec.Layers).Select(layer => new UnitFeatures(reference, layer))];
        _found = [.. Enumerable.Range(0, _spec.Layers).Select(layer => new UnitFeatures(reference, layer))];
        var stride = _wanted[0].Stride;
        _assignment = new LinearAssignment(_spec.Hidden, stride);
        (_even, _odd) = (new double[stride * stride], new double[stride * stride]);
        (_columns, _steps) = (new int[_spec.Hidden], new int[_spec.Hidden]);
        _permutations = [.. Enumerable.Range(0, _spec.Layers).Select(_ => new int[_spec.Hidden])];
        _signs = [.. Enumerable.Range(0, _spec.Layers).Select(_ => new int[_spec.Hidden])];
    }

    /// <summary>The best symmetry of all starts and the inner product with the reference that it reaches.</summary>
    /// <param name="enough">An inner product that needs no further start.</param>
    internal (NetworkSymmetry Symmetry, double Product) Best(GruWeights network, AlignmentOptions options, double enough)
    {
        _current ??= new GruWeights(network);
        var random = new SeededRandom(options.Seed, SeededRandom.Stream("alignment"));
        var best = (Permutations: Array.Empty<int[]>(), Signs: Array.Empty<int[]>(), Product: double.NegativeInfinity);
        for (var start = 0; start < options.Starts && best.Product < enough; start++)
        {
            if (start == 0) StartFromInputs(network);
            else StartAtRandom(network, random);
            Climb(ref best);
        }

        return (new NetworkSymmetry(best.Permutations, best.Signs), best.Product);
    }

    void Reset(GruWeights network)
    {
        _current!.CopyFrom(network);
        for (var layer = 0; layer < _spec.Layers; layer++)
        {
            for (var unit = 0; unit < _spec.Hidden; unit++) _permutations[layer][unit] = unit;
            Array.Fill(_signs[layer], 1);
        }
    }

    /// <summary>From the input lines, which have no symmetry, upwards: each layer by what comes from the layer below, the last also by its output lines.</summary>
    void StartFromInputs(GruWeights network)
    {
        Reset(network);
        for (var layer = 0; layer < _spec.Layers; layer++)
        {
            var features = _wanted[layer];
            Match(layer, features.EvenOfInputs, layer + 1 == _spec.Layers ? features.OddOfInputsAndOutgoing : features.OddOfInputs);
        }
    }

    void StartAtRandom(GruWeights network, SeededRandom random)
    {
        Reset(network);
        for (var layer = 0; layer < _spec.Layers; layer++)
        {
            for (var unit = 0; unit < _spec.Hidden; unit++) (_columns[unit], _steps[unit]) = (unit, random.Next(2) == 0 ? 1 : -1);
            random.Shuffle<int>(_columns);
            Move(layer);
        }
    }

    /// <summary>Sweeps up and down until nothing moves; the best that was passed is kept in <paramref name="best"/>.</summary>
    void Climb(ref (int[][] Permutations, int[][] Signs, double Product) best)
    {
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var moved = false;
            for (var i = 0; i < _spec.Layers; i++)
            {
                var layer = sweep % 2 == 0 ? i : _spec.Layers - 1 - i;
                moved |= Match(layer, _wanted[layer].Even, _wanted[layer].Odd);
            }

            var product = GruWeights.InnerProduct(_reference, _current!);
            if (product > best.Product) best = ([.. _permutations.Select(p => (int[])p.Clone())], [.. _signs.Select(s => (int[])s.Clone())], product);
            if (!moved) return;
        }
    }

    /// <summary>Matches one layer's units by their first features; false when all of them stay where they are.</summary>
    bool Match(int layer, int even, int odd)
    {
        _found[layer].Read(_current!);
        UnitFeatures.EvenProducts(_wanted[layer], _found[layer], even, _even);
        UnitFeatures.OddProducts(_wanted[layer], _found[layer], odd, _odd);
        for (var i = 0; i < _even.Length; i++) _even[i] += Math.Abs(_odd[i]);
        _assignment.Maximize(_even, _columns);
        var moved = false;
        for (var unit = 0; unit < _spec.Hidden; unit++)
        {
            _steps[unit] = _odd[(unit * _wanted[layer].Stride) + _columns[unit]] < 0 ? -1 : 1;
            moved |= _columns[unit] != unit || _steps[unit] < 0;
        }

        if (moved) Move(layer);
        return moved;
    }

    /// <summary>Applies (columns, steps) to the network, after what was applied before.</summary>
    void Move(int layer)
    {
        _current!.MoveUnits(layer, _columns, _steps);
        Span<int> permutation = stackalloc int[_spec.Hidden], signs = stackalloc int[_spec.Hidden];
        for (var unit = 0; unit < _spec.Hidden; unit++)
        {
            permutation[unit] = _permutations[layer][_columns[unit]];
            signs[unit] = _steps[unit] * _signs[layer][_columns[unit]];
        }

        permutation.CopyTo(_permutations[layer]);
        signs.CopyTo(_signs[layer]);
    }
}
