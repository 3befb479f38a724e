namespace Mlds.Networks;

/// <summary>How a unit's scale acts on a part of a tensor.</summary>
public enum UnitScale
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>It is multiplied by the scale.</summary>
    Times,

    /// <summary>It is divided by it. For signs that is the same.</summary>
    Over,
}

/// <summary>
/// A run of an axis of a tensor that moves with the units of a group: unit i's part is elements Start + i · Width … of the axis.
/// </summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Axis">Which of its sizes: 0 for rows.</param>
/// <param name="Start">Where unit 0's part begins.</param>
/// <param name="Width">Elements of the axis that belong to one unit: usually 1; all pixels of a channel where an image has been laid out in
/// a row.</param>
/// <param name="Scale">What the unit's scale does to it.</param>
public sealed record UnitAxis(WeightTensor Tensor, int Axis, int Start, int Width, UnitScale Scale);

/// <summary>Which scales a unit may take besides changing places.</summary>
public enum UnitScales
{
    /// <summary>None: units only change places.</summary>
    One,

    /// <summary>+1 and −1.</summary>
    Signs,

    /// <summary>Any positive number.</summary>
    Positive,
}

/// <summary>Units that may change places, and signs or scales, when all parts of the weights that belong to them go along.</summary>
/// <param name="Name">"gru.0": the layer whose units they are.</param>
/// <param name="Units">How many.</param>
/// <param name="Scales">Which scales they may take.</param>
/// <param name="Axes">What goes along. An axis that is named twice for one tensor (rows and columns of weight_hh) moves in both.</param>
public sealed record UnitGroup(string Name, int Units, UnitScales Scales, IReadOnlyList<UnitAxis> Axes)
{
    /// <summary>A norm that is 1 but for float32's rounding is left alone, so that a network in normal form is its own.</summary>
    const double Rounding = 1e-6;

    /// <summary>
    /// The units of a layer that only the next layer with weights reads: their rows, their biases, and in the next layer's weight the
    /// columns, or where it takes an image laid out in a row as [channel][y][x], the runs of columns.
    /// </summary>
    /// <param name="name">The layer's.</param>
    /// <param name="weight">[units][…].</param>
    /// <param name="bias">[units].</param>
    /// <param name="above">[…][units …]; a whole number of columns for each unit.</param>
    /// <param name="scales">Which scales what lies between the layers lets through.</param>
    public static UnitGroup Between(string name, WeightTensor weight, WeightTensor bias, WeightTensor above, UnitScales scales)
    {
        var (times, over) = scales == UnitScales.One ? (UnitScale.None, UnitScale.None) : (UnitScale.Times, UnitScale.Over);
        return new UnitGroup(
            name,
            weight.Rows,
            scales,
            [
                new UnitAxis(weight, 0, 0, 1, times),
                new UnitAxis(bias, 0, 0, 1, times),
                new UnitAxis(above, 1, 0, above.Shape[1] / weight.Rows, over),
            ]);
    }

    /// <summary>Whether the units are on another axis of the same tensor too, so that they are connected with themselves.</summary>
    public bool IsRecurrent(UnitAxis axis) => Axes.Any(other => other.Axis != axis.Axis && other.Tensor == axis.Tensor);

    /// <summary>Unit i becomes the old unit <paramref name="permutation"/>[i], times <paramref name="scales"/>[i].</summary>
    /// <param name="numbers">A network's, where the axes' tensors say.</param>
    public void Move(Span<double> numbers, ReadOnlySpan<int> permutation, ReadOnlySpan<double> scales)
    {
        foreach (var axis in Axes) UnitParts.Of(axis).Move(numbers, permutation, scales);
    }

    /// <summary>
    /// The normal form of units that may take any positive scale: what a unit multiplies its inputs by, its bias with it, has the
    /// Euclidean norm 1, and what reads the unit makes up for it. A unit whose incoming weights are all 0 stays as it is; its own
    /// recurrent weights don't count.
    /// </summary>
    public void Normalize(double[] numbers)
    {
        if (Scales != UnitScales.Positive) return;
        UnitParts[] incoming =
            [.. Axes.Where(axis => axis.Scale == UnitScale.Times && !IsRecurrent(axis)).Select(UnitParts.Of)];
        var scales = new double[Units];
        for (var unit = 0; unit < scales.Length; unit++)
        {
            var norm = Norm(incoming.SelectMany(parts => parts.Of(numbers, unit)));
            scales[unit] = norm == 0 || Math.Abs(norm - 1) < Rounding ? 1 : 1 / norm;
        }

        if (scales.Any(scale => scale != 1)) Move(numbers, [.. Enumerable.Range(0, Units)], scales);
    }

    /// <summary>The Euclidean norm, to the same bits in whichever order the numbers come.</summary>
    public static double Norm(IEnumerable<double> numbers)
    {
        double[] squares = [.. numbers.Select(number => number * number)];
        Array.Sort(squares);
        return Math.Sqrt(squares.Sum());
    }
}

/// <summary>Elements of two tensors that act only through their sums.</summary>
/// <param name="First">Its elements Start … Start + Length − 1 and those of <paramref name="Second"/>.</param>
public sealed record MergedSum(WeightTensor First, WeightTensor Second, int Start, int Length)
{
    /// <summary>Makes the first part the sum and the second 0.</summary>
    /// <param name="numbers">A network's, where the tensors say.</param>
    public void Merge(Span<double> numbers)
    {
        for (var i = Start; i < Start + Length; i++)
        {
            numbers[First.Offset + i] += numbers[Second.Offset + i];
            numbers[Second.Offset + i] = 0;
        }
    }
}

/// <summary>Linear layers that follow one another with nothing between them: they act only through the product of their matrices.</summary>
/// <param name="Layers">Weight and bias of each, in order.</param>
public sealed record LinearChain(IReadOnlyList<(WeightTensor Weight, WeightTensor Bias)> Layers)
{
    /// <summary>Inputs of the product.</summary>
    public int Inputs => Layers[0].Weight.Columns;

    /// <summary>Outputs of the product.</summary>
    public int Outputs => Layers[^1].Weight.Rows;

    /// <summary>The one linear map that the layers amount to, in double precision.</summary>
    /// <param name="weights">P float32 in the layout's order.</param>
    /// <returns>Outputs × Inputs numbers, and Outputs of the bias.</returns>
    public (double[] Map, double[] Bias) Product(ReadOnlySpan<float> weights)
    {
        var (map, bias) = (Doubles(Layers[0].Weight, weights), Doubles(Layers[0].Bias, weights));
        foreach (var (weight, add) in Layers.Skip(1))
        {
            var next = Doubles(weight, weights);
            var sum = Doubles(add, weights);
            var product = new double[weight.Rows * Inputs];
            for (var i = 0; i < weight.Rows; i++)
            {
                for (var k = 0; k < weight.Columns; k++)
                {
                    var factor = next[(i * weight.Columns) + k];
                    sum[i] += factor * bias[k];
                    for (var j = 0; j < Inputs; j++) product[(i * Inputs) + j] += factor * map[(k * Inputs) + j];
                }
            }

            (map, bias) = (product, sum);
        }

        return (map, bias);
    }

    static double[] Doubles(WeightTensor tensor, ReadOnlySpan<float> weights)
    {
        var values = new double[tensor.Length];
        for (var i = 0; i < values.Length; i++) values[i] = weights[tensor.Offset + i];
        return values;
    }
}

/// <summary>
/// All changes of a network's weights that leave its outputs alone, as data: the code that applies them, aligns, brings into canonical form
/// and finds duplicates is written once for every form of network.
/// </summary>
/// <param name="Groups">From the inputs upwards.</param>
/// <param name="Sums">What acts only as a sum.</param>
/// <param name="Chains">What acts only as a product; every linear layer in at most one.</param>
public sealed record NetworkSymmetries(
    IReadOnlyList<UnitGroup> Groups, IReadOnlyList<MergedSum> Sums, IReadOnlyList<LinearChain> Chains);
