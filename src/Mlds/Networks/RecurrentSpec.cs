using System.Text.Json.Nodes;
using Mlds.Kernels;
using Mlds.Kernels.Random;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;
using Mlds.Tasks;

namespace Mlds.Networks;

/// <summary>
/// A stack of recurrent layers, then linear layers, on sequences (arXiv 2104.10555; docs/decisions/0001 for the equations).
/// </summary>
/// <remarks>
/// The kernels' <see cref="RecurrentShape"/> holds the same sizes. They stay two things because the kernels know no names, no JSON and no
/// symmetry, and everything above them should speak of networks of any form.
/// </remarks>
/// <param name="Inputs">Input lines I, 1 … 32.</param>
/// <param name="Hidden">Units H of every recurrent layer, 1 … 256.</param>
/// <param name="Layers">Recurrent layers L, 1 … 16.</param>
/// <param name="Linear">Output width of each linear layer in order; the last is the number of output lines.</param>
/// <param name="Activation">Between the linear layers.</param>
public sealed record RecurrentSpec(int Inputs, int Hidden, int Layers, IReadOnlyList<int> Linear, Activation Activation) : NetworkSpec
{
    /// <summary>The module of the linear layers, as tensors' names begin.</summary>
    public const string LinearModule = "linear";

    static readonly string[] s_activations = ["none", "relu", "tanh"];

    /// <summary>The network of DS1 and DS2: 9 inputs, four GRU layers of 12, linear 12-12-12-12-8: 4,364 parameters.</summary>
    public static RecurrentSpec Ds1 { get; } = new(9, 12, 4, [12, 12, 12, 12, 8], Activation.None);

    /// <summary>What a recurrent layer is made of; a GRU unless said otherwise.</summary>
    public RecurrentCell Cell { get; init; } = RecurrentCells.Gru;

    /// <summary>The cell's name; a GRU's is not written, so that recipes from before there were cells keep their ids.</summary>
    public override string? Form => Cell == RecurrentCells.Gru ? null : Cell.Name;

    public override string Kind => "recurrent";

    /// <summary>Output lines O.</summary>
    public int Outputs => Linear[^1];

    /// <summary>The same sizes, as the kernels take them.</summary>
    public RecurrentShape Shape => new(Cell, Inputs, Hidden, Layers, [.. Linear], Activation);

    public override string Description
    {
        get
        {
            var between = Activation == Activation.None ? "no activation" : Activation.ToString().ToLowerInvariant();
            return $"{Inputs} inputs, {Layers} {Cell.Name.ToUpperInvariant()} layers of {Hidden} units, "
                + $"linear layers {string.Join("-", Linear.Prepend(Hidden))} with {between} between them";
        }
    }

    public override string Composition
    {
        get
        {
            var between = Activation switch { Activation.None => "nothing", Activation.Relu => "ReLU", _ => "tanh" };
            return $"{Layers} {Cell.Name.ToUpperInvariant()} layers of {Hidden} units on {Inputs} inputs, "
                + $"then linear layers of {string.Join(", ", Linear)} units ({between} between them)";
        }
    }

    public override int WorkerLevel => Cell.WorkerLevel;

    public override long MultiplyAdds => Shape.MultiplyAdds();

    public override long PerformedMultiplyAdds => Shape.PerformedMultiplyAdds();

    /// <summary>Activations and deltas of a chunk of 32 sequences are kept for every step.</summary>
    public override long WorkingBytes(int steps) => 4L * 32 * steps * Layers * 4 * (Cell.Numbers + Cell.Memory) * Hidden;

    public override NetworkKernels CreateKernels(Examples examples, string? kernelSet = null) =>
        RecurrentKernels.Create(Shape, ((Sequences)examples).Length, kernelSet);

    public override Examples DrawExamples(ref PhiloxStream random, int count, int steps)
    {
        var (inputs, targets) = (new uint[count * steps], new uint[count * steps]);
        for (var i = 0; i < inputs.Length; i++) inputs[i] = random.NextUInt32();
        for (var i = 0; i < targets.Length; i++) targets[i] = random.NextUInt32();
        return new Sequences(count, steps, inputs, targets);
    }

    public override void CheckFit(StrictJson json, string name, LearningTask task)
    {
        if (task is not SequenceTask sequences)
            throw json.Error($"{name} has no sequences, which is what recurrent layers learn; use another form of network");
        var (inputs, outputs) = sequences.Lines;
        if (Inputs != inputs)
            throw json.Error($"{name} has {inputs} inputs, but the network takes {Inputs}; set network.inputs to {inputs}");
        if (Outputs != outputs)
        {
            throw json.Error(
                $"{name} has {outputs} outputs, but the network's last linear layer has {Outputs}; "
                + $"set the last of network.linear to {outputs}");
        }
    }

    /// <summary>A tensor of a recurrent layer.</summary>
    public WeightTensor Recurrent(int layer, TensorRole role) => Layout.Find(Cell.Name, layer, role);

    /// <summary>A tensor of a linear layer.</summary>
    public WeightTensor OfLinear(int layer, TensorRole role) => Layout.Find(LinearModule, layer, role);

    public bool Equals(RecurrentSpec? other) =>
        other is not null
        && (Cell, Inputs, Hidden, Layers, Activation) == (other.Cell, other.Inputs, other.Hidden, other.Layers, other.Activation)
        && Linear.SequenceEqual(other.Linear);

    public override int GetHashCode() => HashCode.Combine(Cell.Name, Inputs, Hidden, Layers, Linear.Count, Activation);

    public override JsonObject ToJson()
    {
        var json = new JsonObject();
        if (Form is { } cell) json["cell"] = cell;
        json["inputs"] = Inputs;
        json["hidden"] = Hidden;
        json["layers"] = Layers;
        json["linear"] = new JsonArray([.. Linear.Select(width => (JsonNode)width)]);
        json["activation"] = s_activations[(int)Activation];
        return json;
    }

    internal static RecurrentSpec ReadForm(StrictJson json)
    {
        json.WithKeys("cell", "inputs", "hidden", "layers", "linear", "activation");
        return new RecurrentSpec(
            json.Required("inputs").Integer(RecipeLimits.Numbers["network.inputs"]),
            json.Required("hidden").Integer(RecipeLimits.Numbers["network.hidden"]),
            json.Required("layers").Integer(RecipeLimits.Numbers["network.layers"]),
            [.. json.Required("linear").Items(1, 16).Select(width => width.Integer(RecipeLimits.Numbers["network.linear[]"]))],
            (Activation)Array.IndexOf(s_activations, json.Required("activation").OneOf(s_activations)))
        {
            Cell = json.Optional("cell") is { } cell ? ReadCell(cell) : RecurrentCells.Gru,
        };
    }

    static RecurrentCell ReadCell(StrictJson json)
    {
        var name = json.OneOf([.. RecurrentCells.All.Select(cell => cell.Name)]);
        return RecurrentCells.All.First(cell => cell.Name == name);
    }

    private protected override IReadOnlyList<WeightTensor> Tensors()
    {
        var tensors = new List<WeightTensor>();
        var offset = 0;
        void Add(string name, TensorRole role, string module, int layer, int[] shape, int fan, IReadOnlyList<string> blocks)
        {
            var tensor = new WeightTensor(name, role, module, layer, shape, offset, (float)(1 / Math.Sqrt(fan)), blocks);
            tensors.Add(tensor);
            offset += tensor.Length;
        }

        var rows = Cell.Gates.Count * Hidden;
        IReadOnlyList<string> blocks = Cell.Gates.Count > 1 ? Cell.Gates : [];
        for (var layer = 0; layer < Layers; layer++)
        {
            var inputs = layer == 0 ? Inputs : Hidden;
            Add($"{Cell.Name}.weight_ih_l{layer}", TensorRole.Weight, Cell.Name, layer, [rows, inputs], Hidden, blocks);
            Add($"{Cell.Name}.weight_hh_l{layer}", TensorRole.RecurrentWeight, Cell.Name, layer, [rows, Hidden], Hidden, blocks);
            Add($"{Cell.Name}.bias_ih_l{layer}", TensorRole.Bias, Cell.Name, layer, [rows], Hidden, blocks);
            Add($"{Cell.Name}.bias_hh_l{layer}", TensorRole.RecurrentBias, Cell.Name, layer, [rows], Hidden, blocks);
        }

        var width = Hidden;
        for (var layer = 0; layer < Linear.Count; layer++)
        {
            Add($"{LinearModule}.{layer}.weight", TensorRole.Weight, LinearModule, layer, [Linear[layer], width], width, []);
            Add($"{LinearModule}.{layer}.bias", TensorRole.Bias, LinearModule, layer, [Linear[layer]], width, []);
            width = Linear[layer];
        }

        return tensors;
    }

    private protected override NetworkSymmetries FindSymmetries()
    {
        var groups = new List<UnitGroup>();
        var sums = new List<MergedSum>();
        for (var layer = 0; layer < Layers; layer++)
        {
            groups.Add(Units(layer));
            var joint = (Cell.Gates.Count - Cell.Apart) * Hidden;
            if (joint > 0) sums.Add(new MergedSum(Recurrent(layer, TensorRole.Bias), Recurrent(layer, TensorRole.RecurrentBias), 0, joint));
        }

        if (Activation != Activation.None && Linear.Count > 1) groups.AddRange(Enumerable.Range(0, Linear.Count - 1).Select(LinearUnits));
        var chained = Activation == Activation.None || Linear.Count == 1;
        return new NetworkSymmetries(groups, sums, chained ? [Chain()] : []);
    }

    LinearChain Chain() =>
        new([.. Enumerable.Range(0, Linear.Count).Select(layer => (OfLinear(layer, TensorRole.Weight), OfLinear(layer, TensorRole.Bias)))]);

    /// <summary>
    /// The units of a recurrent layer. Signs: tanh is odd, so a unit whose odd gates' rows are negated has the negated state for ever, if
    /// all that read the state (columns of weight_hh and of the next layer) are negated too.
    /// </summary>
    UnitGroup Units(int layer)
    {
        var axes = new List<UnitAxis>();
        foreach (var role in (TensorRole[])[TensorRole.Weight, TensorRole.RecurrentWeight, TensorRole.Bias, TensorRole.RecurrentBias])
        {
            for (var gate = 0; gate < Cell.Gates.Count; gate++)
            {
                var scale = Cell.Odd.Contains(Cell.Gates[gate]) ? UnitScale.Times : UnitScale.None;
                axes.Add(new UnitAxis(Recurrent(layer, role), 0, gate * Hidden, 1, scale));
            }
        }

        axes.Add(new UnitAxis(Recurrent(layer, TensorRole.RecurrentWeight), 1, 0, 1, UnitScale.Over));
        var next = layer + 1 < Layers ? Recurrent(layer + 1, TensorRole.Weight) : OfLinear(0, TensorRole.Weight);
        axes.Add(new UnitAxis(next, 1, 0, 1, UnitScale.Over));
        return new UnitGroup($"{Cell.Name}.{layer}", Hidden, Cell.Odd.Count > 0 ? UnitScales.Signs : UnitScales.One, axes);
    }

    /// <summary>The units between two linear layers: with a ReLU they may take any positive scale, with tanh a sign.</summary>
    UnitGroup LinearUnits(int layer) => new(
        $"{LinearModule}.{layer}",
        Linear[layer],
        Activation == Activation.Relu ? UnitScales.Positive : UnitScales.Signs,
        [
            new UnitAxis(OfLinear(layer, TensorRole.Weight), 0, 0, 1, UnitScale.Times),
            new UnitAxis(OfLinear(layer, TensorRole.Bias), 0, 0, 1, UnitScale.Times),
            new UnitAxis(OfLinear(layer + 1, TensorRole.Weight), 1, 0, 1, UnitScale.Over),
        ]);
}
