using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.FeedForward;

/// <summary>
/// The rules of docs/decisions/0001 §11 in plain code: what the fast kernels must equal. Images and what layers make of them are
/// [y][x][channel].
/// </summary>
sealed class ScalarFeedForward : FeedForwardKernels
{
    /// <summary>[lane of the chunk][layer].</summary>
    readonly Layer[][] _layers;
    readonly float[] _weights;

    /// <summary>16 virtual lanes for every parameter, in the order of the weight vector.</summary>
    readonly float[] _sums;

    public ScalarFeedForward(FeedForwardShape shape)
        : base(shape)
    {
        _layers = [.. Enumerable.Range(0, LaneCount.Chunk)
            .Select(_ => shape.Layers.Select((layer, i) => new Layer(shape, i)).ToArray())];
        _weights = new float[shape.Parameters];
        _sums = new float[(long)shape.Parameters * LaneCount.Virtual];
    }

    public override string Name => "scalar";

    public override void SetWeights(ReadOnlySpan<float> weights) => weights.CopyTo(_weights);

    protected override double CrossEntropy(Images images, ReadOnlySpan<int> rows) => Sum(images, rows, 0f, learns: false);

    protected override double Gradient(Images images, ReadOnlySpan<int> rows, Span<float> gradient)
    {
        Array.Clear(_sums);
        var sum = Sum(images, rows, (float)(1.0 / rows.Length), learns: true);
        for (var i = 0; i < gradient.Length; i++) gradient[i] = ScalarLanes.Sum(_sums.AsSpan(i * LaneCount.Virtual));
        return sum;
    }

    protected override void Outputs(Images images, ReadOnlySpan<int> rows, Span<float> outputs)
    {
        for (var row = 0; row < rows.Length; row++)
        {
            Forward(_layers[0], images, rows[row]);
            _layers[0][^1].Output.CopyTo(outputs[(row * Shape.Classes)..]);
        }
    }

    static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    double Sum(Images images, ReadOnlySpan<int> rows, float scale, bool learns)
    {
        var total = 0.0;
        for (var start = 0; start < rows.Length; start += LaneCount.Chunk)
        {
            total += Chunk(images, rows[start..Math.Min(start + LaneCount.Chunk, rows.Length)], scale);
            if (learns) Backward();
        }

        return total;
    }

    /// <summary>Forward and the loss of a chunk; its unused lanes hold black images without error.</summary>
    double Chunk(Images images, ReadOnlySpan<int> rows, float scale)
    {
        var losses = new float[LaneCount.Virtual];
        for (var lane = 0; lane < LaneCount.Chunk; lane++)
        {
            var layers = _layers[lane];
            if (lane >= rows.Length)
            {
                Forward(layers, new Images(1, Shape.Input, new byte[Shape.Input.Length], [0]), 0);
                Array.Clear(layers[^1].Delta);
                continue;
            }

            Forward(layers, images, rows[lane]);
            layers[^1].Output.CopyTo(layers[^1].Delta.AsSpan());
            losses[lane % LaneCount.Virtual] +=
                Losses.CrossEntropy.Differentiate(layers[^1].Delta, 1, images.Labels[rows[lane]], scale);
        }

        return ScalarLanes.Sum(losses);
    }

    void Forward(Layer[] layers, Images images, int image)
    {
        var size = images.Size;
        var from = images.Pixels.AsSpan(image * size.Length, size.Length);
        var to = layers[0].Input;
        for (var c = 0; c < size.Channels; c++)
        {
            for (var i = 0; i < size.Height * size.Width; i++)
                to[(i * size.Channels) + c] = from[(c * size.Height * size.Width) + i] / 255f;
        }

        for (var k = 0; k < layers.Length; k++)
        {
            var layer = layers[k];
            if (layer.Kind is PoolingLayer pooling) Pool(layer, pooling);
            else Multiply(layer);
            if (layer.IsActivated) Activate(layer.Output);
            if (k + 1 < layers.Length) layer.Output.CopyTo(layers[k + 1].Input.AsSpan());
        }
    }

    void Multiply(Layer layer)
    {
        var (input, output) = (layer.From, layer.To);
        for (var y = 0; y < output.Height; y++)
        {
            for (var x = 0; x < output.Width; x++)
            {
                for (var o = 0; o < output.Channels; o++)
                {
                    var sum = _weights[layer.Bias + o];
                    for (var ky = 0; ky < layer.KernelHeight; ky++)
                    {
                        for (var kx = 0; kx < layer.KernelWidth; kx++)
                        {
                            for (var c = 0; c < input.Channels; c++)
                                sum = Fma(_weights[layer.Weight(o, c, ky, kx)], layer.InputAt(y, x, ky, kx, c), sum);
                        }
                    }

                    layer.Output[(((y * output.Width) + x) * output.Channels) + o] = sum;
                }
            }
        }
    }

    static void Pool(Layer layer, PoolingLayer pooling)
    {
        var output = layer.To;
        for (var y = 0; y < output.Height; y++)
        {
            for (var x = 0; x < output.Width; x++)
            {
                for (var c = 0; c < output.Channels; c++)
                {
                    var at = (((y * output.Width) + x) * output.Channels) + c;
                    layer.Largest[at] = layer.At(y * pooling.Stride, x * pooling.Stride, c);
                    for (var ky = 0; ky < pooling.Size; ky++)
                    {
                        for (var kx = 0; kx < pooling.Size; kx++)
                        {
                            var other = layer.At((y * pooling.Stride) + ky, (x * pooling.Stride) + kx, c);
                            if (layer.Input[other] > layer.Input[layer.Largest[at]]) layer.Largest[at] = other;
                        }
                    }

                    layer.Output[at] = layer.Input[layer.Largest[at]];
                }
            }
        }
    }

    void Activate(float[] values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = Shape.Activation == Activation.Relu ? (values[i] > 0f ? values[i] : 0f) : Activations.Tanh(values[i]);
    }

    void Backward()
    {
        for (var k = Shape.Layers.Count - 1; k >= 0; k--)
        {
            foreach (var layers in _layers)
            {
                if (layers[k].IsActivated) DifferentiateActivation(layers[k]);
                if (k == 0) continue;
                var below = layers[k - 1].Delta;
                Array.Clear(below);
                if (layers[k].Kind is PoolingLayer) Spread(layers[k], below);
                else MultiplyBack(layers[k], below);
            }

            if (Shape.Layers[k] is not PoolingLayer) AddToWeights(k);
        }
    }

    void DifferentiateActivation(Layer layer)
    {
        for (var i = 0; i < layer.Delta.Length; i++)
        {
            var y = layer.Output[i];
            layer.Delta[i] = Shape.Activation == Activation.Relu ? (y > 0f ? layer.Delta[i] : 0f) : layer.Delta[i] * (1f - (y * y));
        }
    }

    /// <summary>Place by place, and at each place lane by lane.</summary>
    void AddToWeights(int k)
    {
        var layer = _layers[0][k];
        var (input, output) = (layer.From, layer.To);
        for (var place = 0; place < output.Height * output.Width; place++)
        {
            var (y, x) = (place / output.Width, place % output.Width);
            for (var o = 0; o < output.Channels; o++)
            {
                AddBias(k, o, (place * output.Channels) + o);
                for (var i = 0; i < layer.KernelHeight * layer.KernelWidth * input.Channels; i++)
                {
                    var (c, tap) = (i % input.Channels, i / input.Channels);
                    var (kx, ky) = (tap % layer.KernelWidth, tap / layer.KernelWidth);
                    var sums = _sums.AsSpan(layer.Weight(o, c, ky, kx) * LaneCount.Virtual, LaneCount.Virtual);
                    for (var lane = 0; lane < LaneCount.Chunk; lane++)
                    {
                        var here = _layers[lane][k];
                        ref var sum = ref sums[lane % LaneCount.Virtual];
                        sum = Fma(here.Delta[(place * output.Channels) + o], here.InputAt(y, x, ky, kx, c), sum);
                    }
                }
            }
        }
    }

    void AddBias(int k, int o, int at)
    {
        for (var lane = 0; lane < LaneCount.Chunk; lane++)
            _sums[((_layers[0][k].Bias + o) * LaneCount.Virtual) + (lane % LaneCount.Virtual)] += _layers[lane][k].Delta[at];
    }

    static void Spread(Layer layer, float[] below)
    {
        for (var i = 0; i < layer.Delta.Length; i++) below[layer.Largest[i]] += layer.Delta[i];
    }

    void MultiplyBack(Layer layer, float[] below)
    {
        var (input, output) = (layer.From, layer.To);
        for (var i = 0; i < below.Length; i++)
        {
            var (c, place) = (i % input.Channels, i / input.Channels);
            var (x, y) = (place % input.Width, place / input.Width);
            var sum = 0f;
            for (var yTo = 0; yTo < output.Height; yTo++)
            {
                var ky = y + layer.Padding - (yTo * layer.Stride);
                if (ky < 0 || ky >= layer.KernelHeight) continue;
                for (var xTo = 0; xTo < output.Width; xTo++)
                {
                    var kx = x + layer.Padding - (xTo * layer.Stride);
                    if (kx < 0 || kx >= layer.KernelWidth) continue;
                    for (var o = 0; o < output.Channels; o++)
                    {
                        var delta = layer.Delta[(((yTo * output.Width) + xTo) * output.Channels) + o];
                        sum = Fma(_weights[layer.Weight(o, c, ky, kx)], delta, sum);
                    }
                }
            }

            below[i] = sum;
        }
    }

    /// <summary>A layer's sizes, and the numbers of one image. A linear layer is a convolution whose kernel is all of the image.</summary>
    sealed class Layer
    {
        public Layer(FeedForwardShape shape, int number)
        {
            (Kind, From) = (shape.Layers[number], shape.InputOf(number));
            To = Kind.After(From);
            IsActivated = FeedForwardRules.IsActivated(shape, number);
            if (Kind is ConvolutionLayer convolution)
            {
                (KernelHeight, KernelWidth) = (convolution.Size, convolution.Size);
                (Stride, Padding) = (convolution.Stride, convolution.Padding);
            }
            else
            {
                (KernelHeight, KernelWidth, Stride) = (From.Height, From.Width, 1);
            }

            if (Kind.Rows > 0) (WeightStart, Bias) = (shape.Weight(number), shape.Bias(number));
            Input = new float[From.Length];
            Output = new float[To.Length];
            Delta = new float[To.Length];
            Largest = new int[Kind is PoolingLayer ? To.Length : 0];
        }

        public FeedForwardLayer Kind { get; }

        public ImageSize From { get; }

        public ImageSize To { get; }

        public bool IsActivated { get; }

        public int KernelHeight { get; }

        public int KernelWidth { get; }

        public int Stride { get; }

        public int Padding { get; }

        public int Bias { get; }

        public float[] Input { get; }

        /// <summary>After the activation.</summary>
        public float[] Output { get; }

        /// <summary>Gradient of the output; from the activation's turn on, of what went into it.</summary>
        public float[] Delta { get; }

        /// <summary>Of a pooling: which input each output is.</summary>
        public int[] Largest { get; }

        int WeightStart { get; }

        /// <summary>Place of a weight in the weight vector.</summary>
        public int Weight(int o, int c, int ky, int kx) =>
            WeightStart + (((((o * From.Channels) + c) * KernelHeight) + ky) * KernelWidth) + kx;

        public int At(int y, int x, int c) => (((y * From.Width) + x) * From.Channels) + c;

        /// <summary>The input that a kernel's weight meets at a place of the output; 0 outside the image.</summary>
        public float InputAt(int y, int x, int ky, int kx, int c)
        {
            var (yFrom, xFrom) = ((y * Stride) + ky - Padding, (x * Stride) + kx - Padding);
            return yFrom < 0 || yFrom >= From.Height || xFrom < 0 || xFrom >= From.Width ? 0f : Input[At(yFrom, xFrom, c)];
        }
    }
}
