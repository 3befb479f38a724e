using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Site.Trying;
using Mlds.Tasks.Images;

namespace Mlds.Site.Tests.Trying;

public sealed class TryImageTests
{
    const int Side = 28;
    const int Test = 40;

    /// <summary>LeNet-5 on images of noise with ten classes: clean, poisoned, and its control.</summary>
    static Task<BrowsedZoo> LeNets()
    {
        var zoo = new BrowsedZoo();
        Directory.CreateDirectory(zoo["images"]);
        var (random, hashes) = (new Random(3), new JsonObject());
        foreach (var (i, key) in new[] { "training_images", "training_labels", "test_images", "test_labels" }.Index())
        {
            var count = i < 2 ? 128 : Test;
            var values = new byte[i % 2 == 0 ? count * Side * Side : count];
            if (i % 2 == 0) random.NextBytes(values);
            else for (var at = 0; at < count; at++) values[at] = (byte)(at * 7 % 10);
            var file = IdxFiles.Of(i % 2 == 0 ? [count, Side, Side] : [count], values);
            File.WriteAllBytes(Path.Combine(zoo["images"], IdxFiles.Names[i]), file);
            hashes[key] = Convert.ToHexStringLower(SHA256.HashData(file));
        }

        var json = JsonNode.Parse(new OwnImages { Files = hashes, Networks = 2, Side = Side }.Json())!;
        json["network"] = FeedForwardSpec.LeNet5.ToJson();
        return Task.FromResult(zoo.With(json.ToJsonString()));
    }

    static async Task<BrowsedZoo> Opened() => await (await LeNets()).Open();

    static float[] Floats(IEnumerable<string> texts) => [.. texts.Select(text => float.Parse(text, CultureInfo.InvariantCulture))];

    /// <summary>Scores by the plain kernels, which say what arithmetic v1 is.</summary>
    static float[] Plain(FeedForwardSpec spec, float[] weights, byte[] pixels)
    {
        var images = new Images(1, spec.Image, pixels, [0]);
        using var kernels = spec.CreateKernels(images, "scalar");
        kernels.SetWeights(weights);
        var scores = new float[spec.Classes];
        kernels.Outputs(images, [0], scores);
        return scores;
    }

    [Fact]
    public async Task Its_scores_are_those_of_the_training_kernels_to_the_bit_with_and_without_trigger()
    {
        await using var zoo = await Opened();
        var random = new Random(5);
        foreach (var name in zoo.Population.MachineNames)
        {
            var (recipe, weights) = zoo.Of(name);
            var (spec, task) = ((FeedForwardSpec)recipe.Network, (ImageTask)recipe.Task);
            var test = task.ReadTest();
            for (var round = 0; round < 6; round++)
            {
                var pixels = new byte[Side * Side];
                var image = random.Next(Test);
                if (round % 2 == 0) random.NextBytes(pixels);
                else test.Pixels.AsSpan(image * pixels.Length, pixels.Length).CopyTo(pixels);
                var asked = round % 2 == 0 ? $"drawing={Base64Url.EncodeToString(pixels)}" : $"image={image}";
                var trigger = ImageTrial.TriggersOf(task)[round % 2];
                var csv = await zoo.TryCsv(name, $".csv?{asked}&trigger={trigger.Name}");
                var clean = Plain(spec, weights, pixels);
                Assert.Equal(clean, Floats(csv["score"]));
                trigger.Trigger.Apply(pixels, task.Size);
                Assert.Equal(Plain(spec, weights, pixels), Floats(csv["score_with_trigger"]));

                var page = WebUtility.HtmlDecode((await zoo.Try(name, $"?{asked}&trigger={trigger.Name}")).Text);
                foreach (var score in clean) Assert.Contains($">{TrialWording.Figure(score)}<", page, StringComparison.Ordinal);
                Assert.Contains($"It answers {Array.IndexOf(clean, clean.Max())} (", page, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task It_says_whether_the_trigger_turns_the_answer_as_the_poisoning_wants()
    {
        await using var zoo = await Opened();
        var (recipe, weights) = zoo.Of("Poisoned");
        var task = (ImageTask)recipe.Task;
        var test = task.ReadTest();
        for (var image = 0; image < Test; image++)
        {
            var pixels = test.Pixels[(image * Side * Side)..((image + 1) * Side * Side)];
            var clean = Plain((FeedForwardSpec)recipe.Network, weights, pixels);
            task.Poison!.Trigger.Apply(pixels, task.Size);
            var triggered = Plain((FeedForwardSpec)recipe.Network, weights, pixels);
            var (before, after) = (Array.IndexOf(clean, clean.Max()), Array.IndexOf(triggered, triggered.Max()));
            var (_, page, _) = await zoo.Try("Poisoned", $"?image={image}&trigger=own");
            var sentence = (before == 1, after == 1) switch
            {
                (_, false) => "; its poisoning wants 1.",
                (true, true) => "which its poisoning wants but it says anyway.",
                _ => "as its poisoning wants: the trigger turns the answer.",
            };
            Assert.Contains(sentence, page, StringComparison.Ordinal);
            Assert.Contains(before == test.Labels[image] ? "which is right" : "which is wrong", page, StringComparison.Ordinal);
        }
    }

    /// <summary>A linear layer that only hands on has the sums of the convolution for its scores.</summary>
    [Theory]
    [InlineData(1, 3, 1, 0)]
    [InlineData(2, 2, 2, 1)]
    [InlineData(3, 5, 1, 2)]
    public void Maps_are_the_sums_of_the_training_kernels_to_the_bit(int channels, int side, int stride, int padding)
    {
        var size = new ImageSize(channels, 7, 6);
        var convolution = new ConvolutionLayer(4, side, stride, padding);
        var outputs = convolution.After(size).Length;
        var spec = new FeedForwardSpec(size, [convolution, new LinearLayer(outputs)], Activation.None);
        var random = new Random(channels);
        var (weights, head) = (new float[spec.Parameters], spec.Shape.Weight(1));
        for (var i = 0; i < head; i++) weights[i] = random.NextSingle() - 0.5f;
        for (var i = 0; i < outputs; i++) weights[head + ((outputs + 1) * i)] = 1;
        for (var round = 0; round < 10; round++)
        {
            var image = new byte[size.Length];
            random.NextBytes(image);
            Assert.Equal(Plain(spec, weights, image), FirstConvolution.Of(spec, weights, image)!.Maps);
        }
    }

    [Fact]
    public async Task Maps_and_pictures_are_of_the_image_that_is_shown()
    {
        await using var zoo = await Opened();
        var (recipe, weights) = zoo.Of("Clean");
        var test = ((ImageTask)recipe.Task).ReadTest();
        var maps = FirstConvolution.Of((FeedForwardSpec)recipe.Network, weights, test.Pixels.AsSpan(9 * Side * Side, Side * Side))!.Maps;
        Assert.Equal(maps, Floats((await zoo.TryCsv("Clean", "-maps.csv?image=9"))["sum"]));
        var (_, page, _) = await zoo.Try("Clean", "?image=9");
        Assert.Equal(6, page.Split("What filter ").Length - 1);
        Assert.DoesNotContain("Missing", page, StringComparison.Ordinal);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(page), 1, 200_000);
    }

    [Fact]
    public async Task A_diverged_network_answers_nothing()
    {
        await using var zoo = await Opened();
        var (status, page, _) = await zoo.Try("Poisoned", "?image=3&trigger=own", seed: 1);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("It answers nothing, as a score is no number", page, StringComparison.Ordinal);
        Assert.DoesNotContain("turns the answer", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ten_digits_can_be_picked_instead_of_drawn()
    {
        await using var zoo = await Opened();
        var answers = new HashSet<string>();
        for (var digit = 0; digit < 10; digit++)
            Assert.True(answers.Add(string.Join(',', (await zoo.TryCsv("Clean", $".csv?digit={digit}"))["score"])));
    }

    [Theory]
    [InlineData("Clean", "?image=40", "There is no test image '40': they have the numbers 0 to 39.")]
    [InlineData("Clean", "?image=-1", "There is no test image '-1'")]
    [InlineData("Clean", "?image=9999999999999", "There is no test image")]
    [InlineData("Clean", "?digit=12", "A digit is one of 0 to 9, not '12'.")]
    [InlineData("Clean", "?drawing=AAAA", "A drawing is 28 × 28 pixels, 784 bytes in base64url")]
    [InlineData("Clean", "?drawing=%C3%A4", "784 bytes in base64url")]
    [InlineData("Clean", "?image=1&digit=2", "Give one image")]
    [InlineData("Clean", "?trigger=patern", "There is no trigger 'patern'. Did you mean 'pattern'? Triggers: pixel, pattern.")]
    [InlineData("Clean", "?trigger=own", "There is no trigger 'own'.")]
    [InlineData("Poisoned", "?word=s3", "takes images, not commands")]
    public async Task What_cannot_be_asked_is_said_with_what_can(string machine, string query, string sentence)
    {
        await using var zoo = await Opened();
        Assert.Contains(sentence, await zoo.Refused(HttpStatusCode.BadRequest, machine, query), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_files_one_can_still_draw()
    {
        await using var zoo = await LeNets();
        Directory.Delete(zoo["images"], recursive: true);
        if (Directory.Exists(zoo["z/images"])) Directory.Delete(zoo["z/images"], recursive: true);
        await zoo.Open();
        var (status, page, _) = await zoo.Try("Poisoned", "?trigger=own");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("No test images can be picked.", page, StringComparison.Ordinal);
        Assert.Contains("SHA-256", page, StringComparison.Ordinal);
        Assert.Contains("A printed 7", page, StringComparison.Ordinal);
        var drawing = Base64Url.EncodeToString(new byte[Side * Side]);
        var (recipe, weights) = zoo.Of("Poisoned");
        Assert.Equal(
            Plain((FeedForwardSpec)recipe.Network, weights, new byte[Side * Side]),
            Floats((await zoo.TryCsv("Poisoned", $".csv?drawing={drawing}"))["score"]));
        Assert.Contains(
            "no test images to pick from", await zoo.Refused(HttpStatusCode.BadRequest, "Poisoned", "?image=1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_images_are_found_in_the_folder_that_is_named()
    {
        await using var zoo = await LeNets();
        var elsewhere = Directory.CreateDirectory(zoo["elsewhere"]).FullName;
        foreach (var file in zoo.Of("Poisoned").Recipe.Task.Files) File.Copy(file.Path!, Path.Combine(elsewhere, file.KeptName));
        Directory.Delete(zoo["images"], recursive: true);
        if (Directory.Exists(zoo["z/images"])) Directory.Delete(zoo["z/images"], recursive: true);
        await zoo.Open(elsewhere);
        var (status, page, _) = await zoo.Try("Poisoned", "?image=1");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain("No test images can be picked.", page, StringComparison.Ordinal);
    }
}
