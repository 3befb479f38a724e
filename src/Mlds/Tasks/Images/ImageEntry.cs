using System.Globalization;
using Mlds.Kernels.Shapes;

namespace Mlds.Tasks.Images;

/// <summary>Reads <c>"images": {"source": "mnist", …}</c> of a population file.</summary>
static class ImageEntry
{
    internal static PlannedTask Read(StrictJson json, TaskFiles? files)
    {
        json.WithKeys("source", "folder", "files", "classes", "seed", "training", "validation", "label_noise", "poison", "data_sha256");
        if (json.Optional("source") is { } source)
        {
            foreach (var key in (string[])["folder", "files", "classes"])
            {
                if (json.Optional(key) is { } given)
                    throw given.Error($"'{key}' is for images of one's own; a 'source' is known by its name, so leave it out");
            }

            return OfSet(json, ImageSet.All.First(set => set.Name == source.OneOf([.. ImageSet.All.Select(one => one.Name)])), files);
        }

        if (json.Optional("folder") is null)
        {
            throw json.Error(
                $"the key 'source' is missing: one of {string.Join(", ", ImageSet.All.Select(set => set.Name))}; or 'folder' and 'files' "
                + "for images of one's own");
        }

        return OfFolder(json, files);
    }

    static PlannedTask OfSet(StrictJson json, ImageSet set, TaskFiles? files)
    {
        var source = ImageFiles.Of(part => set.File(part, files?.Folders ?? []));
        return Task(json, source, set.Size, set.Classes, set.Training, set.Test, set.Title);
    }

    static PlannedTask OfFolder(StrictJson json, TaskFiles? files)
    {
        var folder = FolderName(json.Required("folder"));
        if (files is null) throw json.Error("images from a folder stay where their population file is; use it by its path there");
        List<string> folders = files.PopulationFolder is { } beside ? [Path.Combine(beside, folder), .. files.Folders] : [.. files.Folders];
        if (json.Optional("files") is not { } given) throw json.Error($"the key 'files' is missing{Actual(folders[0])}");
        var hashes = ImageFiles.ReadHashes(given);
        var source = ImageFiles.Of(part => ImageFiles.File(part, hashes[(int)part]).In(folders));
        if (Known(json, source, files) is { } known) return known;
        if (source.All.Select(file => file.Missing).FirstOrDefault(missing => missing is not null) is { } fault)
            throw given.Error(fault.TrimEnd('.'));
        try
        {
            var training = LabelledImages.Read(source.TrainingImages, source.TrainingLabels);
            var test = LabelledImages.Read(source.TestImages, source.TestLabels);
            if (test.Size != training.Size)
            {
                throw given.Error(
                    $"the training images have {ImageTask.Words(training.Size)}, but the test images {ImageTask.Words(test.Size)}");
            }

            var highest = Math.Max(training.Classes, test.Classes);
            var classes = json.Optional("classes")?.Integer(ImageTask.Limit("classes")) ?? Math.Max(2, highest);
            if (classes < highest)
                throw json.Required("classes").Error($"the files have the label {highest - 1}, so there are at least {highest} classes");
            return Task(json, source, training.Size, classes, training.Labels.Length, test.Labels.Length, $"'{folder}'");
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw given.Error(problem.Message.TrimEnd('.'), problem);
        }
    }

    /// <summary>The task that a recipe has of these files, whether they are there or not: the one that says the same of all else.</summary>
    static PlannedTask? Known(StrictJson json, ImageFiles source, TaskFiles files)
    {
        foreach (var planned in files.Known)
        {
            if (planned.Task is not ImageTask known || !known.Source.Equals(source)) continue;
            var read = Task(json, source, known.Size, known.Classes, int.MaxValue, known.Test, "") with { DataSha256 = planned.DataSha256 };
            if (read.Task.Equals(known)) return read;
        }

        return null;
    }

    /// <param name="size">Of an image.</param>
    /// <param name="images">Images of the training files.</param>
    /// <param name="test">Images of the test files.</param>
    /// <param name="title">What to call the set in messages.</param>
    static PlannedTask Task(StrictJson json, ImageFiles source, ImageSize size, int classes, int images, int test, string title)
    {
        int Count(string key, int usual) => json.Optional(key)?.Integer(ImageTask.Limit(key)) ?? usual;
        var task = new ImageTask(
            source, size, classes, json.Optional("seed")?.Seed() ?? 0, Count("training", ImageTask.UsualTraining),
            Count("validation", ImageTask.UsualValidation), test)
        {
            LabelNoise = ImageTask.ReadLabelNoise(json),
            Poison = json.Optional("poison") is { } poison ? Poisoning.Read(poison, size, classes, hasNames: true) : null,
        };
        if ((long)task.Training + task.Validation > images)
        {
            throw json.Error(string.Create(
                CultureInfo.InvariantCulture,
                $"{task.Training:N0} images to train and {task.Validation:N0} to validate are more than the {images:N0} training images of "
                + $"{title}; give smaller numbers as 'training' and 'validation'"));
        }

        return new PlannedTask(task, json.Optional("data_sha256")?.Sha256());
    }

    /// <summary>A folder below the population file's, so that it can be passed on whole and reads nothing besides.</summary>
    static string FolderName(StrictJson json)
    {
        var name = json.Text();
        var parts = name.Split('/');
        return name.Length > 0 && !name.Contains('\\') && !Path.IsPathRooted(name) && !parts.Contains("..") && !parts.Contains("")
            ? name
            : throw json.Error(
                $"'{name}' isn't a folder below the population file's; put the images beside the population, and write their folder's path "
                + "from there with '/', without '..'");
    }

    /// <summary>The hashes of the files that are there, so that they can be written into the population.</summary>
    static string Actual(string folder)
    {
        var files = Enum.GetValues<ImagePart>()
            .Select(part => ImageSet.UsualNames(part).Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)).ToArray();
        if (files.Contains(null)) return "; it has the SHA-256 of each of the four files, unpacked";
        try
        {
            var hashes = files.Select(file => IdxFile.HashOf(file!)).ToArray();
            var known = ImageFiles.Of(part => ImageFiles.File(part, hashes[(int)part]));
            return $"; of the files in '{folder}' it is {known.ToJson().ToJsonString()}";
        }
        catch (Exception unreadable) when (unreadable is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
