using System.Text.Json.Nodes;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Tasks;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Networks;

public sealed class FeedForwardSpecTests
{
    const string LeNet5 =
        """
        {"image":[1,28,28],"layers":[{"conv":6,"size":5,"padding":2},{"pool":2},{"conv":16,"size":5},{"pool":2},
        {"linear":120},{"linear":84},{"linear":10}],"activation":"relu"}
        """;

    [Fact]
    public void LeNet5_has_61706_parameters_and_the_JSON_of_the_recipe_page()
    {
        Assert.Equal(61_706, FeedForwardSpec.LeNet5.Parameters);
        var spec = Read(LeNet5);
        Assert.Equal(FeedForwardSpec.LeNet5, spec);
        Assert.Equal(spec.GetHashCode(), FeedForwardSpec.LeNet5.GetHashCode());
        Assert.Equal(JsonNode.Parse(LeNet5)!.ToJsonString(), FeedForwardSpec.LeNet5.ToJson().ToJsonString());
        var page = File.ReadAllText(Repository.PathOf("docs/formats/recipe.md"));
        var example = page.Split("```json\n").Select(block => block.Split("```")[0]).Single(block => block.Contains("\"image\""));
        Assert.Equal(spec, Read(example));
    }

    [Fact]
    public void It_is_said_in_words()
    {
        Assert.Equal(
            "images of 1 × 28 × 28, convolution 5 × 5 to 6 channels, padding 2, max pooling 2 × 2, convolution 5 × 5 to 16 channels, "
            + "max pooling 2 × 2, linear layers 400-120-84-10 with ReLU between them",
            FeedForwardSpec.LeNet5.Description);
        Assert.Equal(
            "convolutions of 6, 16 channels, then linear layers of 120, 84, 10 units on images of 1 × 28 × 28 "
            + "(ReLU and max pooling between them)",
            FeedForwardSpec.LeNet5.Composition);
        var perceptron = new FeedForwardSpec(new ImageSize(1, 8, 8), [new LinearLayer(16), new LinearLayer(4)], Activation.Tanh);
        Assert.Equal("images of 1 × 8 × 8, linear layers 64-16-4 with tanh between them", perceptron.Description);
        Assert.Equal("linear layers of 16, 4 units on images of 1 × 8 × 8 (tanh between them)", perceptron.Composition);
        Assert.Equal(("feed-forward", "feed-forward"), (perceptron.Form, perceptron.Kind));
    }

    [Fact]
    public void Any_other_size_is_another_network()
    {
        FeedForwardSpec[] all =
        [
            FeedForwardSpec.LeNet5,
            FeedForwardSpec.LeNet5 with { Activation = Activation.Tanh },
            FeedForwardSpec.LeNet5 with { Image = new ImageSize(1, 32, 32) },
            FeedForwardSpec.LeNet5 with { Layers = [.. FeedForwardSpec.LeNet5.Layers.SkipLast(1), new LinearLayer(7)] },
            FeedForwardSpec.LeNet5 with { Layers = [.. FeedForwardSpec.LeNet5.Layers.Skip(2)] },
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(all.Length, all.Select(spec => spec.ToJson().ToJsonString()).Distinct().Count());
        Assert.All(all, spec => Assert.Equal(spec, Read(spec.ToJson().ToJsonString())));
    }

    [Theory]
    [InlineData("""{"conv": 6, "size": 5, "stride": 1, "padding": 0}""", """{"conv":6,"size":5}""")]
    [InlineData("""{"conv": 6, "size": 5, "stride": 2, "padding": 4}""", """{"conv":6,"size":5,"stride":2,"padding":4}""")]
    [InlineData("""{"pool": 3, "stride": 3}""", """{"pool":3}""")]
    [InlineData("""{"pool": 3, "stride": 1}""", """{"pool":3,"stride":1}""")]
    public void What_absence_means_is_left_out(string given, string written)
    {
        var spec = Read($$"""{"image": [3, 12, 12], "layers": [{{given}}, {"linear": 2}], "activation": "none"}""");
        Assert.Equal(written, spec.ToJson()["layers"]![0]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"image": [1, 4, 4], "layers": [{"conv": 2, "size": 5}, {"linear": 2}], "activation": "relu"}""",
        "$.layers[0]: a convolution of 5 × 5 doesn't fit what comes in, 1 × 4 × 4; make it smaller, or give a convolution before it "
        + "padding or a smaller stride.")]
    [InlineData("""{"image": [1, 9, 9], "layers": [{"conv": 2, "size": 7}, {"pool": 4}, {"linear": 2}], "activation": "relu"}""",
        "$.layers[1]: a pooling of 4 × 4 doesn't fit what comes in, 2 × 3 × 3; make it smaller, or give a convolution before it "
        + "padding or a smaller stride.")]
    [InlineData("""{"image": [1, 9, 9], "layers": [{"conv": 2, "size": 3}, {"pool": 2}], "activation": "relu"}""",
        "$.layers: the last layer should be linear, as it gives the classes' scores; add {\"linear\": 10} for ten classes.")]
    [InlineData("""{"image": [1, 9, 9], "layers": [{"linear": 2}, {"conv": 2, "size": 1}, {"linear": 2}], "activation": "relu"}""",
        "$.layers[1]: a convolution can't follow a linear layer, whose output has neither height nor width; put the linear layers last.")]
    [InlineData("""{"image": [1, 9, 9], "layers": [{"linear": 2}, {"pool": 1}, {"linear": 2}], "activation": "relu"}""",
        "$.layers[1]: a pooling can't follow a linear layer, whose output has neither height nor width; put the linear layers last.")]
    [InlineData("""{"image": [1, 9], "layers": [{"linear": 2}], "activation": "relu"}""", "$.image: has 2 items; 3 to 3 are allowed.")]
    [InlineData("""{"imag": [1, 9, 9], "layers": [{"linear": 2}], "activation": "relu"}""",
        "$.imag: there is no such key. Did you mean 'image'? Keys here: image, layers, activation.")]
    [InlineData("""{"layers": [{"linear": 2}], "activation": "relu"}""", "$: the key 'image' is missing.")]
    [InlineData("""{"image": [1, 9, 9], "cell": "gru", "layers": [{"linear": 2}], "activation": "relu"}""",
        "$.cell: there is no such key. Keys here: image, layers, activation.")]
    [InlineData("""{"image": [1, 9, 9], "layers": [{"conv": 2, "size": 3, "pading": 1}, {"linear": 2}], "activation": "relu"}""",
        "$.layers[0].pading: there is no such key. Did you mean 'padding'? Keys here: conv, size, stride, padding.")]
    [InlineData("""{"image": [1, 9, 9], "layers": [{"liner": 2}], "activation": "relu"}""",
        "$.layers[0].liner: there is no such key. Did you mean 'linear'? Keys here: conv, pool, linear, size, stride, padding.")]
    [InlineData("""{"image": [1, 9, 9], "layers": [{"stride": 2}], "activation": "relu"}""",
        "$.layers[0]: should be a layer with the key 'conv', 'pool' or 'linear'.")]
    [InlineData("""{"image": [1, 9, 9], "layers": ["linear"], "activation": "relu"}""",
        "$.layers[0]: should be an object, but is the text \"linear\".")]
    [InlineData("""{"image": [1, 9, 9], "layers": [{"conv": 2, "size": 3, "padding": 3}, {"linear": 2}], "activation": "relu"}""",
        "$.layers[0].padding: 3 is as wide as the kernel, 3; at most 2 makes sense.")]
    [InlineData("""{"image": [1, 256, 256], "layers": [{"conv": 17, "size": 1}, {"linear": 2}], "activation": "relu"}""",
        "$.layers[0]: gives 1,114,112 numbers for an image; at most 1,048,576 are allowed.")]
    [InlineData("""{"image": [1, 128, 128], "layers": [{"linear": 4096}, {"linear": 2}], "activation": "relu"}""",
        "$.layers: the network has 67,121,154 parameters; at most 16,777,216 are allowed.")]
    public void Bad_input_is_told_by_place_and_what_to_do(string json, string told)
    {
        var fault = Assert.Throws<FormatException>(() => Read(json));
        Assert.Equal($"it: {told}", fault.Message);
    }

    [Fact]
    public void A_network_fits_images_of_its_size_and_classes_and_nothing_else()
    {
        var place = StrictJson.Parse("{}", "it");
        FeedForwardSpec.LeNet5.CheckFit(place, "Ten", new Pictures(new ImageSize(1, 28, 28), 10));
        Assert.Equal(
            "it: $: Colours has images of 3 × 32 × 32, but the network takes 1 × 28 × 28; set network.image to [3, 32, 32].",
            Assert.Throws<FormatException>(
                () => FeedForwardSpec.LeNet5.CheckFit(place, "Colours", new Pictures(new ImageSize(3, 32, 32), 10))).Message);
        Assert.Equal(
            "it: $: Letters has 26 classes, but the network's last layer gives 10 scores; set the last of network.layers to "
            + "{\"linear\": 26}.",
            Assert.Throws<FormatException>(
                () => FeedForwardSpec.LeNet5.CheckFit(place, "Letters", new Pictures(new ImageSize(1, 28, 28), 26))).Message);
        Assert.Equal(
            "it: $: Parity has no images, which is what a feed-forward network learns; use a recurrent network.",
            Assert.Throws<FormatException>(() => FeedForwardSpec.LeNet5.CheckFit(
                place, "Parity", new MachineTask(MachineCatalogue.Find("ParityMachine")!, new(1, 1, 1, 1, 1, 1, null)))).Message);
        Assert.StartsWith(
            "it: $: Ten has no sequences",
            Assert.Throws<FormatException>(
                () => RecurrentSpec.Ds1.CheckFit(place, "Ten", new Pictures(new ImageSize(1, 28, 28), 10))).Message);
    }

    static NetworkSpec Read(string json) => NetworkSpec.Read(StrictJson.Parse(json, "it"));

    /// <summary>A task of images in nothing but its sizes.</summary>
    sealed record Pictures(ImageSize OfEach, int Labels) : ClassificationTask
    {
        public override ImageSize Size => OfEach;

        public override int Classes => Labels;

        public override int TrainingCount => 1;

        public override int ValidationCount => 1;

        public override long Bytes => OfEach.Length;

        public override int WorkerLevel => 4;

        public override TrainingData Generate() => throw new NotSupportedException();

        public override void WriteTo(JsonObject recipe) => throw new NotSupportedException();
    }
}
