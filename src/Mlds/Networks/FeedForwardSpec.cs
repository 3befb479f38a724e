using System.Text.Json.Nodes;
using Mlds.Kernels;
using Mlds.Kernels.FeedForward;
using Mlds.Kernels.Losses;
using Mlds.Kernels.Random;
using Mlds.Kernels.Shapes;
using Mlds.Tasks;

namespace Mlds.Networks;

/// <summary>
/// Convolutions and poolings, then linear layers, on images: a convolutional network, or without convolutions a multi-layer perceptron
/// (docs/decisions/0001 for the arithmetic).
/// </summary>
/// <remarks>The kernels' <see cref="FeedForwardShape"/> holds the same sizes, without names, JSON and symmetries.</remarks>
/// <param name="Image">The images that come in.</param>
/// <param name="Layers">1 … 32 in order; the last is linear, and none but linear ones follow a linear one.</param>
/// <param name="Activation">After every convolution (and the pooling that follows it) and every linear layer but the last.</param>
public sealed record FeedForwardSpec(ImageSize Image, IReadOnlyList<FeedForwardLayer> Layers, Activation Activation) : NetworkSpec
{
    /// <summary>The module of the convolutions, as tensors' names begin.</summary>
    public const string ConvolutionModule = "conv";

    /// <summary>The module of the linear layers.</summary>
    public const string LinearModule = "linear";

    const string ImageKey = "image";

    const string LayersKey = "layers";

    /// <summary>Parameters that a network may have.</summary>
    const int MostParameters = 1 << 24;

    /// <summary>Numbers that may come out of a layer for one image.</summary>
    const int MostOutputs = 1 << 20;

    /// <summary>The examples whose activations are kept at once, for <see cref="WorkingBytes"/>.</summary>
    const int Batch = 128;

    static readonly string[] s_activations = ["none", "relu", "tanh"];

    /// <summary>
    /// The network of DS4: LeNet-5 in the form that most now mean by it, on images of 1 × 28 × 28, with ten classes: 61,706 parameters.
    /// </summary>
    public static FeedForwardSpec LeNet5 { get; } = new(
        new ImageSize(1, 28, 28),
        [
            new ConvolutionLayer(6, 5, Padding: 2),
            new PoolingLayer(2, 2),
            new ConvolutionLayer(16, 5),
            new PoolingLayer(2, 2),
            new LinearLayer(120),
            new LinearLayer(84),
            new LinearLayer(10),
        ],
        Activation.Relu);

    public override string? Form => Kind;

    public override string Kind => "feed-forward";

    /// <summary>Classes, each with a score.</summary>
    public int Classes => Layers[^1].Rows;

    /// <summary>The same sizes, as the kernels take them.</summary>
    public FeedForwardShape Shape => new(Image, [.. Layers], Activation);

    public override string Description
    {
        get
        {
            var below = Layers.Where(layer => layer is not LinearLayer).Select(Describe);
            var linear = Units().Prepend(LinearInputs);
            return $"images of {Words(Image)}, {string.Concat(below.Select(layer => $"{layer}, "))}"
                + $"linear layers {string.Join("-", linear)} with {Between("no activation")} between them";
        }
    }

    public override string Composition
    {
        get
        {
            var channels = Layers.OfType<ConvolutionLayer>().Select(layer => layer.Channels).ToArray();
            var pooled = Layers.Any(layer => layer is PoolingLayer) ? " and max pooling" : "";
            var below = channels.Length == 0 ? "" : $"convolutions of {string.Join(", ", channels)} channels, then ";
            return $"{below}linear layers of {string.Join(", ", Units())} units on images of {Words(Image)} "
                + $"({Between("nothing")}{pooled} between them)";
        }
    }

    public override int WorkerLevel => 4;

    public override LossKind Loss => LossKind.CrossEntropy;

    public override long MultiplyAdds => Shape.MultiplyAdds();

    public override long PerformedMultiplyAdds => MultiplyAdds;

    /// <summary>
    /// Activations and deltas of a batch of 128 images, and 16 lanes for every weight's gradient (docs/decisions/0001 §3). Images have no
    /// steps.
    /// </summary>
    public override long WorkingBytes(int steps)
    {
        var shape = Shape;
        var numbers = Enumerable.Range(0, Layers.Count + 1).Sum(layer => (long)shape.InputOf(layer).Length);
        return (4L * 2 * Batch * numbers) + (4L * 16 * Parameters);
    }

    public override NetworkKernels CreateKernels(Examples examples, string? kernelSet = null) =>
        FeedForwardKernels.Create(Shape, kernelSet);

    /// <summary>Half of the pixels are black, as in digits.</summary>
    public override Examples DrawExamples(ref PhiloxStream random, int count, int steps)
    {
        var (pixels, labels) = (new byte[count * Image.Length], new byte[count]);
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)Math.Max(0, (int)(random.NextUInt32() >> 23) - 256);
        for (var i = 0; i < labels.Length; i++) labels[i] = (byte)random.Below((uint)Classes);
        return new Images(count, Image, pixels, labels);
    }

    public override void CheckFit(StrictJson json, string name, LearningTask task)
    {
        if (task is not ClassificationTask images)
            throw json.Error($"{name} has no images, which is what a feed-forward network learns; use a recurrent network");
        var size = images.Size;
        if (Image != size)
        {
            throw json.Error(
                $"{name} has images of {Words(size)}, but the network takes {Words(Image)}; "
                + $"set network.image to [{size.Channels}, {size.Height}, {size.Width}]");
        }

        if (Classes != images.Classes)
        {
            throw json.Error(
                $"{name} has {images.Classes} classes, but the network's last layer gives {Classes} scores; "
                + $"set the last of network.layers to {{\"linear\": {images.Classes}}}");
        }
    }

    /// <summary>A tensor of a convolution.</summary>
    /// <param name="layer">Its number among the convolutions, from 0.</param>
    public WeightTensor OfConvolution(int layer, TensorRole role) => Layout.Find(ConvolutionModule, layer, role);

    /// <summary>A tensor of a linear layer.</summary>
    /// <param name="layer">Its number among the linear layers, from 0.</param>
    public WeightTensor OfLinear(int layer, TensorRole role) => Layout.Find(LinearModule, layer, role);

    public bool Equals(FeedForwardSpec? other) =>
        other is not null && (Image, Activation) == (other.Image, other.Activation) && Layers.SequenceEqual(other.Layers);

    public override int GetHashCode() => HashCode.Combine(Image, Layers.Count, Activation);

    public override JsonObject ToJson() => new()
    {
        [ImageKey] = new JsonArray(Image.Channels, Image.Height, Image.Width),
        [LayersKey] = new JsonArray([.. Layers.Select(ToJson)]),
        ["activation"] = s_activations[(int)Activation],
    };

    /// <summary>Whether an object means this form: it has an image, or its layers are a list, so that the image must be misspelt.</summary>
    internal static bool IsForm(StrictJson json) => json.Optional(ImageKey) is not null || json.Optional(LayersKey) is { IsArray: true };

    internal static FeedForwardSpec ReadForm(StrictJson json)
    {
        json.WithKeys(ImageKey, LayersKey, "activation");
        var sides = json.Required(ImageKey).Items(3, 3).Select(side => side.Integer(RecipeLimits.Numbers["network.image[]"])).ToArray();
        var items = json.Required(LayersKey).Items(1, 32);
        var spec = new FeedForwardSpec(
            sides.Length == 3 ? new ImageSize(sides[0], sides[1], sides[2]) : default,
            [.. items.Select(ReadLayer)],
            (Activation)Array.IndexOf(s_activations, json.Required("activation").OneOf(s_activations)));
        spec.Check(json.Required(LayersKey), items);
        return spec;
    }

    /// <summary>Throws unless every layer fits what comes in, and the order is one that the kernels know.</summary>
    void Check(StrictJson layers, IReadOnlyList<StrictJson> items)
    {
        var (size, parameters, isFlat) = (Image, 0L, false);
        for (var i = 0; i < items.Count; i++)
        {
            var layer = Layers[i];
            if (isFlat && layer is not LinearLayer)
            {
                throw items[i].Error(
                    $"a {Word(layer)} can't follow a linear layer, whose output has neither height nor width; put the linear layers last");
            }

            var after = layer.After(size);
            if (after.Height < 1 || after.Width < 1)
            {
                throw items[i].Error(
                    $"a {Word(layer)} of {SideOf(layer)} × {SideOf(layer)} doesn't fit what comes in, {Words(size)}; make it smaller, "
                    + "or give a convolution before it padding or a smaller stride");
            }

            var outputs = (long)after.Channels * after.Height * after.Width;
            if (outputs > MostOutputs)
                throw items[i].Error($"gives {outputs:N0} numbers for an image; at most {MostOutputs:N0} are allowed");
            parameters += layer.Rows * (layer.Columns(size) + 1L);
            isFlat = layer is LinearLayer;
            size = after;
        }

        if (!isFlat)
            throw layers.Error("the last layer should be linear, as it gives the classes' scores; add {\"linear\": 10} for ten classes");
        if (parameters > MostParameters)
            throw layers.Error($"the network has {parameters:N0} parameters; at most {MostParameters:N0} are allowed");
    }

    static FeedForwardLayer ReadLayer(StrictJson json)
    {
        if (json.IsObject && json.Optional("conv") is not null)
        {
            json.WithKeys("conv", "size", "stride", "padding");
            var size = Number(json.Required("size"), "size");
            var padding = json.Optional("padding") is { } given ? Number(given, "padding") : 0;
            if (padding >= size)
                throw json.Required("padding").Error($"{padding} is as wide as the kernel, {size}; at most {size - 1} makes sense");
            return new ConvolutionLayer(
                Number(json.Required("conv"), "conv"), size, json.Optional("stride") is { } stride ? Number(stride, "stride") : 1, padding);
        }

        if (json.IsObject && json.Optional("pool") is not null)
        {
            json.WithKeys("pool", "stride");
            var size = Number(json.Required("pool"), "pool");
            return new PoolingLayer(size, json.Optional("stride") is { } stride ? Number(stride, "stride") : size);
        }

        if (json.IsObject && json.Optional("linear") is not null)
            return new LinearLayer(Number(json.WithKeys("linear").Required("linear"), "linear"));
        json.WithKeys("conv", "pool", "linear", "size", "stride", "padding");
        throw json.Error("should be a layer with the key 'conv', 'pool' or 'linear'");
    }

    static int Number(StrictJson json, string key) => json.Integer(RecipeLimits.Numbers[$"network.layers[].{key}"]);

    /// <summary>What follows from the rest, and defaults, are left out.</summary>
    static JsonNode ToJson(FeedForwardLayer layer)
    {
        var json = new JsonObject();
        switch (layer)
        {
            case ConvolutionLayer convolution:
                json["conv"] = convolution.Channels;
                json["size"] = convolution.Size;
                if (convolution.Stride != 1) json["stride"] = convolution.Stride;
                if (convolution.Padding != 0) json["padding"] = convolution.Padding;
                break;
            case PoolingLayer pooling:
                json["pool"] = pooling.Size;
                if (pooling.Stride != pooling.Size) json["stride"] = pooling.Stride;
                break;
            default:
                json["linear"] = layer.Rows;
                break;
        }

        return json;
    }

    static string Word(FeedForwardLayer layer) => layer is ConvolutionLayer ? "convolution" : "pooling";

    static int SideOf(FeedForwardLayer layer) => layer switch
    {
        ConvolutionLayer convolution => convolution.Size,
        PoolingLayer pooling => pooling.Size,
        _ => 1,
    };

    static string Describe(FeedForwardLayer layer)
    {
        var side = SideOf(layer);
        switch (layer)
        {
            case ConvolutionLayer convolution:
                var stride = convolution.Stride == 1 ? "" : $", stride {convolution.Stride}";
                var padding = convolution.Padding == 0 ? "" : $", padding {convolution.Padding}";
                return $"convolution {side} × {side} to {convolution.Channels} channels{stride}{padding}";
            default:
                return $"max pooling {side} × {side}"
                    + (layer is PoolingLayer pooling && pooling.Stride != side ? $", stride {pooling.Stride}" : "");
        }
    }

    static string Words(ImageSize size) => $"{size.Channels} × {size.Height} × {size.Width}";

    string Between(string none) => Activation switch { Activation.None => none, Activation.Relu => "ReLU", _ => "tanh" };

    IEnumerable<int> Units() => Layers.OfType<LinearLayer>().Select(layer => layer.Units);

    /// <summary>What comes into the first linear layer.</summary>
    int LinearInputs => Shape.InputOf(Layers.TakeWhile(layer => layer is not LinearLayer).Count()).Length;

    private protected override IReadOnlyList<WeightTensor> Tensors()
    {
        var (tensors, size, offset) = (new List<WeightTensor>(), Image, 0);
        void Add(string module, int layer, string name, TensorRole role, int[] shape, int fan)
        {
            var bound = (float)(1 / Math.Sqrt(fan));
            var tensor = new WeightTensor($"{module}.{layer}.{name}", role, module, layer, shape, offset, bound, []);
            tensors.Add(tensor);
            offset += tensor.Length;
        }

        var (convolutions, linear) = (0, 0);
        foreach (var layer in Layers)
        {
            var fan = layer.Columns(size);
            if (layer is ConvolutionLayer convolution)
            {
                int[] shape = [convolution.Channels, size.Channels, convolution.Size, convolution.Size];
                Add(ConvolutionModule, convolutions, "weight", TensorRole.Weight, shape, fan);
                Add(ConvolutionModule, convolutions++, "bias", TensorRole.Bias, [convolution.Channels], fan);
            }
            else if (layer is LinearLayer)
            {
                Add(LinearModule, linear, "weight", TensorRole.Weight, [layer.Rows, fan], fan);
                Add(LinearModule, linear++, "bias", TensorRole.Bias, [layer.Rows], fan);
            }

            size = layer.After(size);
        }

        return tensors;
    }

    /// <summary>
    /// The output channels of every convolution and the units of every hidden linear layer. With a ReLU they may take any positive scale,
    /// which pooling lets through; with tanh a sign, but not where a pooling comes between: the largest of negated numbers isn't the
    /// negated largest. Without an activation linear layers act only through their product.
    /// </summary>
    private protected override NetworkSymmetries FindSymmetries()
    {
        var groups = new List<UnitGroup>();
        var isChained = Activation == Activation.None || Units().Count() == 1;
        var weighted = Enumerable.Range(0, Layers.Count).Where(layer => Layers[layer].Rows > 0).ToArray();
        var (weights, biases) = (Layout.Tensors.Where(t => !t.IsBias).ToArray(), Layout.Tensors.Where(t => t.IsBias).ToArray());
        for (var i = 0; i + 1 < weighted.Length; i++)
        {
            if (isChained && weights[i].Module == LinearModule) break;
            var isPooled = weighted[i + 1] - weighted[i] > 1;
            var scales = Activation != Activation.Tanh ? UnitScales.Positive : isPooled ? UnitScales.One : UnitScales.Signs;
            groups.Add(UnitGroup.Between($"{weights[i].Module}.{weights[i].Layer}", weights[i], biases[i], weights[i + 1], scales));
        }

        return new NetworkSymmetries(groups, [], isChained ? [Chain()] : []);
    }

    LinearChain Chain() =>
        new([.. Units().Select((_, layer) => (OfLinear(layer, TensorRole.Weight), OfLinear(layer, TensorRole.Bias)))]);
}
