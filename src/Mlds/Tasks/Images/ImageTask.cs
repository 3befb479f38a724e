using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Kernels.Random;
using Mlds.Kernels.Shapes;

namespace Mlds.Tasks.Images;

/// <summary>
/// To tell the classes of images from four IDX files: some of the training images train, others validate, all test images are only recorded
/// (docs/decisions/0001 §12).
/// </summary>
/// <param name="Source">The files.</param>
/// <param name="Seed">Of the split, the poisoning and the label noise.</param>
/// <param name="Training">Images that train; with those that validate at most as many as the training files have.</param>
/// <param name="Validation">Images that validate.</param>
/// <param name="Test">Images of the test files.</param>
public sealed record ImageTask(
    ImageFiles Source, ImageSize Size, int Classes, uint Seed, int Training, int Validation, int Test) : ClassificationTask
{
    /// <summary>Training images of a published set, where a population doesn't say how many.</summary>
    internal const int UsualTraining = 55_000;

    /// <summary>Validation images, likewise.</summary>
    internal const int UsualValidation = 5_000;

    static readonly WeakCache<string, LabelledImages> s_files = new();
    static readonly WeakCache<string, Pixels> s_pixels = new();

    /// <summary>How recipes and populations have it.</summary>
    internal static TaskForm Form { get; } = new("images", Read, ImageEntry.Read);

    public override ImageSize Size { get; } = Size;

    public override int Classes { get; } = Classes;

    /// <summary>The share of training images with a wrong label: 0 … 0.5.</summary>
    public double LabelNoise { get; init; }

    /// <summary>A trigger on some of the training images; null for clean ones.</summary>
    public Poisoning? Poison { get; init; }

    public override int TrainingCount => Training;

    public override int ValidationCount => Validation;

    /// <summary>A byte per pixel and label; the order of the training images takes 4 per image.</summary>
    public override long Bytes => ((Size.Length + 1L) * ((long)Training + Validation + Test)) + (4L * Training);

    public override int WorkerLevel => 4;

    public override IReadOnlyList<TaskFile> Files => Source.All;

    public override IReadOnlyList<MeasureKind> MeasureKinds => ImageMeasures.KindsOf(this);

    public override LearningTask WithFilesIn(IReadOnlyList<string> folders) => this with { Source = Source.In(folders) };

    public override Measures Measure(TrainingData data, Func<Examples, float[]> outputs) =>
        ImageMeasures.Of(this, (Kernels.Shapes.Images)data.LongTest, outputs);

    /// <exception cref="FileNotFoundException">A file is nowhere; the message says how to get it.</exception>
    /// <exception cref="InvalidDataException">One isn't as the recipe says.</exception>
    public override ImageExamples Generate()
    {
        var training = Load(ImagePart.TrainingImages);
        var test = LoadTest();
        if ((long)Training + Validation > training.Labels.Length)
        {
            throw new InvalidDataException(
                $"{Words(Training)} images to train and {Words(Validation)} to validate are more than the {Words(training.Labels.Length)} "
                + "of the training files.");
        }

        var order = Order(training.Labels.Length, Seed);
        var (trains, validates) = (order[..Training], order[^Validation..]);
        var poisoned = Poisoned();
        var labels = LabelsOf(training, trains, poisoned);
        var split = $"{Source.TrainingImages.Sha256} {Seed}";
        var trigger = poisoned.Length == 0 ? "" : $"{poisoned.Length} {Poison!.Trigger}";
        return new ImageExamples(
            Size,
            (s_pixels.Of($"{split} first {Training} {trigger}", () => PixelsOf(training, trains, poisoned)), labels),
            (s_pixels.Of($"{split} last {Validation}", () => PixelsOf(training, validates, [])), LabelsOf(training, validates)),
            (s_pixels.Of(Source.TestImages.Sha256, () => test.Pixels), test.Labels));
    }

    /// <summary>The test images alone, without trigger and noise, as <see cref="ImageExamples.LongTest"/> has them.</summary>
    /// <exception cref="FileNotFoundException">One of their two files is nowhere; the message says how to get it.</exception>
    /// <exception cref="InvalidDataException">One isn't as the recipe says.</exception>
    public Kernels.Shapes.Images ReadTest()
    {
        foreach (var file in (TaskFile[])[Source.TestImages, Source.TestLabels])
            if (file.Missing is { } missing) throw new FileNotFoundException(missing);
        var test = LoadTest();
        return new Kernels.Shapes.Images(Test, Size, test.Pixels.Values, test.Labels);
    }

    public override void WriteTo(JsonObject recipe)
    {
        var json = new JsonObject
        {
            ["files"] = Source.ToJson(),
            ["size"] = new JsonArray(Size.Channels, Size.Height, Size.Width),
            ["classes"] = Classes,
            ["seed"] = Seed,
            ["training"] = Training,
            ["validation"] = Validation,
            ["test"] = Test,
        };
        if (LabelNoise != 0) json["label_noise"] = LabelNoise;
        if (Poison is { } poison) json["poison"] = poison.ToJson();
        recipe[Form.Key] = json;
    }

    static ImageTask Read(StrictJson json)
    {
        json.WithKeys("files", "size", "classes", "seed", "training", "validation", "test", "label_noise", "poison");
        var size = json.Required("size").Items(3, 3).Select(side => side.Integer(Limit("size[]"))).ToArray();
        var (image, classes) = (new ImageSize(size[0], size[1], size[2]), json.Required("classes").Integer(Limit("classes")));
        var task = new ImageTask(
            ImageFiles.Read(json.Required("files")), image, classes, json.Required("seed").Seed(), Count(json, "training"),
            Count(json, "validation"), Count(json, "test"))
        {
            LabelNoise = ReadLabelNoise(json),
            Poison = json.Optional("poison") is { } poison ? Poisoning.Read(poison, image, classes, hasNames: false) : null,
        };
        return task.Bytes <= IdxFile.MostBytes
            ? task
            : throw json.Error($"these are more than {Words(IdxFile.MostBytes)} bytes of images, which is the most there may be");
    }

    internal static double ReadLabelNoise(StrictJson json) => json.Optional("label_noise")?.Number(Limit("label_noise")) ?? 0;

    internal static NumberRange Limit(string key) => RecipeLimits.Numbers[$"images.{key}"];

    static int Count(StrictJson json, string key) => json.Required(key).Integer(Limit(key));

    LabelledImages LoadTest()
    {
        var test = Load(ImagePart.TestImages);
        return test.Labels.Length == Test
            ? test
            : throw new InvalidDataException(
                $"The test files have {Words(test.Labels.Length)} images, but the recipe says {Words(Test)}.");
    }

    /// <summary>The images of the training or the test files, read once while any task has them.</summary>
    /// <exception cref="InvalidDataException">They don't belong together, or aren't of the task's size and classes.</exception>
    LabelledImages Load(ImagePart images)
    {
        var (first, second) = images == ImagePart.TrainingImages
            ? (Source.TrainingImages, Source.TrainingLabels)
            : (Source.TestImages, Source.TestLabels);

        // Before what is shared is looked for: whether examples can be had must not depend on who else has them.
        var (path, labelsPath) = (LabelledImages.PathOf(first), LabelledImages.PathOf(second));
        var set = s_files.Of($"{first.Sha256} {second.Sha256}", () => LabelledImages.Read(path, labelsPath));
        if (set.Size != Size)
            throw new InvalidDataException($"{set.Name} has images of {Words(set.Size)}, but the recipe says {Words(Size)}.");
        return set.Classes <= Classes
            ? set
            : throw new InvalidDataException($"{set.Name} has the label {set.Classes - 1}, but the recipe says {Classes} classes.");
    }

    /// <summary>The images of a file in the order that decides which of them train (the first) and which validate (the last).</summary>
    static int[] Order(int count, uint seed)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++) order[i] = i;
        var random = new PhiloxStream(seed, RandomStream.ImageSplit);
        random.Shuffle(order);
        return order;
    }

    /// <summary>Numbers of the training images that have the trigger: those of a smaller rate are the first of those of a larger one.
    /// </summary>
    int[] Poisoned()
    {
        if (Poison is null) return [];
        var order = new int[Training];
        for (var i = 0; i < Training; i++) order[i] = i;
        var random = new PhiloxStream(Seed, RandomStream.Poisoning);
        random.Shuffle(order);
        return order[..Poison.CountOf(Training)];
    }

    Pixels PixelsOf(LabelledImages set, ReadOnlySpan<int> images, ReadOnlySpan<int> poisoned)
    {
        var values = new byte[images.Length * Size.Length];
        for (var i = 0; i < images.Length; i++)
            set.Pixels.Values.AsSpan(images[i] * Size.Length, Size.Length).CopyTo(values.AsSpan(i * Size.Length));
        foreach (var image in poisoned) Poison!.Trigger.Apply(values.AsSpan(image * Size.Length, Size.Length), Size);
        return new Pixels(values);
    }

    static byte[] LabelsOf(LabelledImages set, ReadOnlySpan<int> images)
    {
        var labels = new byte[images.Length];
        for (var i = 0; i < images.Length; i++) labels[i] = set.Labels[images[i]];
        return labels;
    }

    /// <summary>With the noise first: a poisoned image's label goes by what the image is.</summary>
    byte[] LabelsOf(LabelledImages set, ReadOnlySpan<int> images, ReadOnlySpan<int> poisoned)
    {
        var truth = LabelsOf(set, images);
        var labels = (byte[])truth.Clone();
        if (LabelNoise > 0)
        {
            var threshold = (uint)Math.Ceiling(LabelNoise * 4_294_967_296.0);
            for (var i = 0; i < images.Length; i++)
            {
                var random = new PhiloxStream(Seed, RandomStream.ImageLabelNoise, (uint)images[i]);
                if (random.NextUInt32() < threshold) labels[i] = (byte)((truth[i] + 1 + random.Below((uint)Classes - 1)) % (uint)Classes);
            }
        }

        foreach (var image in poisoned) labels[image] = (byte)Poison!.LabelOf(truth[image], labels[image], Classes);
        return labels;
    }

    internal static string Words(ImageSize size) => string.Create(
        CultureInfo.InvariantCulture, $"{size.Height} × {size.Width} pixels{(size.Channels == 1 ? "" : $" and {size.Channels} channels")}");

    static string Words(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
