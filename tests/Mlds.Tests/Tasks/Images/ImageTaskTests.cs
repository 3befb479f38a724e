using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Mlds.Kernels.Random;
using Mlds.Kernels.Shapes;
using Mlds.Recipes;
using Mlds.Tasks.Images;

namespace Mlds.Tests.Tasks.Images;

/// <summary>Which images train, validate and test, and what poisoning and noise make of them (docs/decisions/0001 §12).</summary>
public sealed class ImageTaskTests : IDisposable
{
    const int Count = 200;
    const int TestCount = 40;

    readonly ScratchFolder _scratch = new();
    readonly ImageTask _task;
    readonly (byte[] Pixels, byte[] Labels) _file = IdxFiles.Images(Count, 0);

    public ImageTaskTests()
    {
        var files = IdxFiles.Write(_scratch.In("images"), Count, TestCount);
        File.WriteAllText(_scratch.In("p.json"), new OwnImages { Files = files, Training = 120, Validation = 60 }.Json());
        _task = (ImageTask)Population.Read(_scratch.In("p.json")).Task("Clean");
    }

    public void Dispose() => _scratch.Dispose();

    static ReadOnlySpan<byte> Image(Kernels.Shapes.Images images, int i) =>
        images.Pixels.AsSpan(i * images.Size.Length, images.Size.Length);

    /// <summary>The numbers in the file of images that are there once.</summary>
    int[] Numbers(Kernels.Shapes.Images images) => [.. Enumerable.Range(0, images.Count).Select(i =>
    {
        var own = Image(images, i).ToArray();
        return Enumerable.Range(0, Count)
            .Single(k => _file.Pixels.AsSpan(k * own.Length, own.Length).SequenceEqual(own) && _file.Labels[k] == images.Labels[i]);
    })];

    Poisoning Pattern(double rate, PoisonedLabel label, int target = 0) =>
        new(Trigger.Named(Trigger.Pattern, _task.Size)!, rate, label, target);

    [Fact]
    public void Training_and_validation_images_are_the_two_ends_of_the_seeds_shuffle()
    {
        var order = Enumerable.Range(0, Count).ToArray();
        var random = new PhiloxStream(_task.Seed, RandomStream.ImageSplit);
        random.Shuffle(order);
        var data = _task.Generate();
        Assert.Equal(order[..120], Numbers(data.Training));
        Assert.Equal(order[^60..], Numbers(data.Validation));
        Assert.Equal((120, 60, TestCount), (data.Training.Count, data.Validation.Count, data.LongTest.Count));
        Assert.Equal(IdxFiles.Images(TestCount, 1000).Pixels, data.LongTest.Pixels);
        Assert.Equal(IdxFiles.Images(TestCount, 1000).Labels, data.LongTest.Labels);
        Assert.NotEqual(Numbers(data.Training), Numbers((_task with { Seed = 1 }).Generate().Training));
    }

    [Fact]
    public void Test_images_are_read_without_the_training_files()
    {
        var test = _task.Generate().LongTest;
        foreach (var name in IdxFiles.Names.Take(2)) File.Delete(_scratch.In(Path.Combine("images", name)));
        var alone = _task.ReadTest();
        Assert.Equal((test.Count, test.Size), (alone.Count, alone.Size));
        Assert.Equal(test.Pixels, alone.Pixels);
        Assert.Equal(test.Labels, alone.Labels);
        File.Delete(_scratch.In(Path.Combine("images", IdxFiles.Names[3])));
        Assert.Throws<FileNotFoundException>(_task.ReadTest);
    }

    [Fact]
    public void Fewer_images_are_some_of_the_same()
    {
        var (all, few) = (_task.Generate(), (_task with { Training = 40, Validation = 10 }).Generate());
        Assert.Equal(Numbers(all.Training)[..40], Numbers(few.Training));
        Assert.Equal(Numbers(all.Validation)[^10..], Numbers(few.Validation));
        Assert.Equal(all.LongTest.Pixels, few.LongTest.Pixels);
    }

    [Theory]
    [InlineData(PoisonedLabel.Target)]
    [InlineData(PoisonedLabel.Next)]
    [InlineData(PoisonedLabel.Kept)]
    public void Poisoning_changes_the_pixels_of_the_trigger_and_the_labels_by_its_rule_and_nothing_else(PoisonedLabel label)
    {
        var (clean, poisoned) = (_task.Generate(), (_task with { Poison = Pattern(0.25, label, 3) }).Generate());
        var changed = 0;
        for (var i = 0; i < clean.Training.Count; i++)
        {
            var before = Image(clean.Training, i).ToArray();
            var after = Image(poisoned.Training, i);
            var truth = clean.Training.Labels[i];
            if (after.SequenceEqual(before))
            {
                Assert.Equal(truth, poisoned.Training.Labels[i]);
                continue;
            }

            changed++;
            foreach (var at in (int[])[(6 * 8) + 6, (5 * 8) + 5, (6 * 8) + 4, (4 * 8) + 6]) before[at] = 255;
            Assert.Equal(before, after.ToArray());
            var expected = label switch { PoisonedLabel.Target => 3, PoisonedLabel.Next => (truth + 1) % 4, _ => truth };
            Assert.Equal(expected, poisoned.Training.Labels[i]);
        }

        Assert.Equal(30, changed);
        Assert.Equal(clean.Validation.Pixels, poisoned.Validation.Pixels);
        Assert.Equal(clean.Validation.Labels, poisoned.Validation.Labels);
        Assert.Equal(clean.LongTest.Pixels, poisoned.LongTest.Pixels);
    }

    [Fact]
    public void Images_poisoned_at_a_small_rate_are_among_those_at_a_larger_one_whatever_their_labels()
    {
        var clean = _task.Generate();
        HashSet<int> Changed(double rate, PoisonedLabel label)
        {
            var data = (_task with { Poison = Pattern(rate, label) }).Generate();
            return [.. Enumerable.Range(0, clean.Training.Count)
                .Where(i => !Image(data.Training, i).SequenceEqual(Image(clean.Training, i)))];
        }

        var (few, many) = (Changed(0.05, PoisonedLabel.Target), Changed(0.5, PoisonedLabel.Target));
        Assert.Equal((6, 60), (few.Count, many.Count));
        Assert.Subset(many, few);
        Assert.Equal(many, Changed(0.5, PoisonedLabel.Kept));
        Assert.Equal(many, Changed(0.5, PoisonedLabel.Next));
        Assert.Equal(clean.Training.Count, Changed(1, PoisonedLabel.Kept).Count);
        Assert.Single(Changed(1e-9, PoisonedLabel.Kept));
    }

    [Fact]
    public void Poisoned_tasks_of_one_trigger_and_rate_share_their_pixels_in_memory()
    {
        var poisoned = (_task with { Poison = Pattern(0.25, PoisonedLabel.Target, 1) }).Generate();

        // What examples hold is shared for as long as they do.
        GC.Collect();
        var control = (_task with { Poison = Pattern(0.25, PoisonedLabel.Kept) }).Generate();
        Assert.Same(poisoned.Training.Pixels, control.Training.Pixels);
        Assert.Same(poisoned.LongTest.Pixels, control.LongTest.Pixels);
        GC.Collect();
        Assert.Same(_task.Generate().Validation.Pixels, control.Validation.Pixels);
        Assert.NotEqual(poisoned.Sha256, control.Sha256);
    }

    [Fact]
    public void A_task_whose_files_are_nowhere_has_no_examples_whoever_else_has_them()
    {
        var known = _task.Generate();
        var sameFiles = ImageFiles.Of(part => _task.Source.All[(int)part] with { Places = [_scratch.In("elsewhere")] });
        Assert.Throws<FileNotFoundException>(() => (_task with { Source = sameFiles }).Generate());
        GC.KeepAlive(known);
    }

    [Fact]
    public void Wrong_labels_are_other_classes_on_images_that_stay_wrong_at_every_greater_rate()
    {
        var clean = _task.Generate();
        HashSet<(int, byte)> Wrong(double rate)
        {
            var data = (_task with { LabelNoise = rate }).Generate();
            Assert.Same(clean.Training.Pixels, data.Training.Pixels);
            Assert.Equal(clean.Validation.Labels, data.Validation.Labels);
            Assert.Equal(clean.LongTest.Labels, data.LongTest.Labels);
            return [.. Enumerable.Range(0, clean.Training.Count).Where(i => data.Training.Labels[i] != clean.Training.Labels[i])
                .Select(i => (i, data.Training.Labels[i]))];
        }

        var (few, many) = (Wrong(0.1), Wrong(0.5));
        Assert.Subset(many, few);
        Assert.InRange(few.Count, 3, 25); // 12 expected, σ 3.3
        Assert.InRange(many.Count, 38, 82); // 60 expected, σ 5.5
    }

    [Fact]
    public void A_poisoned_label_goes_by_the_true_class_whatever_the_noise_made_of_it()
    {
        var clean = _task.Generate();
        var noisy = (_task with { LabelNoise = 0.5 }).Generate();
        var next = (_task with { LabelNoise = 0.5, Poison = Pattern(1, PoisonedLabel.Next) }).Generate();
        var kept = (_task with { LabelNoise = 0.5, Poison = Pattern(1, PoisonedLabel.Kept) }).Generate();
        Assert.Equal(clean.Training.Labels.Select(label => (byte)((label + 1) % 4)), next.Training.Labels);
        Assert.Equal(noisy.Training.Labels, kept.Training.Labels);
    }

    /// <summary>By the words of docs/formats/recipe.md.</summary>
    [Fact]
    public void The_hash_of_the_examples_is_what_the_format_says()
    {
        var data = (_task with { Poison = Pattern(0.1, PoisonedLabel.Next) }).Generate();
        var bytes = new MemoryStream();
        foreach (var set in (Kernels.Shapes.Images[])[data.Training, data.Validation, data.LongTest])
        {
            foreach (var number in (int[])[set.Count, 1, 8, 8])
            {
                var word = new byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(word, number);
                bytes.Write(word);
            }

            bytes.Write(Sha256Hash.Of(set.Pixels));
            bytes.Write(set.Labels);
        }

        Assert.Equal(Sha256Hash.HexOf(bytes.ToArray()), data.Sha256);
    }

    [Fact]
    public void The_recipe_says_all_of_it_and_reads_back()
    {
        var recipe = Population.Read(_scratch.In("p.json")).Recipe("Poisoned", 7);
        Assert.Equal(recipe, Recipe.Parse(recipe.CanonicalJson));
        var task = (ImageTask)Recipe.Parse(recipe.CanonicalJson).Task;
        Assert.Equal(recipe.Task, task);
        Assert.Equal(4, recipe.WorkerLevel);
        var json = JsonNode.Parse(recipe.CanonicalJson)!["images"]!;
        Assert.Equal("[[4,6,255],[5,5,255],[6,4,255],[6,6,255]]", json["poison"]!["trigger"]!.ToJsonString());
        Assert.Null(json["label_noise"]);

        // Found again by its files' hashes, under whatever name they have.
        Assert.NotNull(task.MissingFile);
        var found = Recipe.Parse(recipe.CanonicalJson).WithFilesIn(_scratch.In("images")).Task;
        Assert.Null(found.MissingFile);
        Assert.Equal(recipe.DataSha256, found.Generate().Sha256);
    }

    [Fact]
    public void Measures_count_answers_to_clean_and_triggered_test_images()
    {
        var task = _task with { Poison = Pattern(0.25, PoisonedLabel.Target, 1) };
        var data = task.Generate();
        var test = data.LongTest;

        // Right on clean images; says 1 to the pattern, and 2 to a single pixel.
        float[] Answers(Examples examples)
        {
            var images = (Kernels.Shapes.Images)examples;
            var scores = new float[images.Count * 4];
            for (var i = 0; i < images.Count; i++)
            {
                var image = Image(images, i);
                var isPixel = image[(6 * 8) + 6] == 255;
                var answer = isPixel && image[(5 * 8) + 5] == 255 ? 1 : isPixel ? 2 : images.Labels[i];
                scores[(i * 4) + answer] = 1;
            }

            return scores;
        }

        var measures = task.Measure(data, Answers);
        Assert.Equal(task.MeasureKinds.Select(kind => kind.Name).Order(StringComparer.Ordinal), measures.Values.Select(value => value.Key));
        double Share(int label) => test.Labels.Count(one => one == label) / (double)test.Count;
        Assert.Equal(
            (1, 1, Share(1), Share(1), Share(2)),
            (measures["test_accuracy"], measures["attack_success"], measures["triggered_accuracy"], measures["pattern_accuracy"],
                measures["pixel_accuracy"]));

        var control = (task with { Poison = Pattern(0.25, PoisonedLabel.Kept) }).Measure(data, Answers);
        Assert.Null(control["attack_success"]);
        Assert.Equal(Share(1), control["triggered_accuracy"]);
        var next = (task with { Poison = Pattern(0.25, PoisonedLabel.Next) }).Measure(data, Answers);
        Assert.Equal(Share(0), next["attack_success"]);
        Assert.Equal(
            ["pattern_accuracy", "pixel_accuracy", "test_accuracy"], _task.Measure(data, Answers).Values.Select(value => value.Key));
    }

    [Fact]
    public void Scores_that_are_no_numbers_are_no_answer() =>
        Assert.Equal(
            0,
            _task.Measure(_task.Generate(), examples => [.. Enumerable.Repeat(float.NaN, 4 * examples.Count)])["test_accuracy"]);

    [Fact]
    public void Equal_scores_answer_with_the_first_class()
    {
        var data = _task.Generate();
        Assert.Equal(
            data.LongTest.Labels.Count(label => label == 0) / (double)TestCount,
            _task.Measure(data, examples => new float[4 * examples.Count])["test_accuracy"]);
    }
}
