using System.Text.Json.Nodes;
using Mlds.Zoos;
using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests;

/// <summary>
/// A researcher's own sequences go the whole way: plan, generate, zoo, merge, verify, release, analysis, Python; what needs a machine is
/// left out, and it is said why.
/// </summary>
public sealed class OwnSequencesTests : IDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly string _sha256;

    public OwnSequencesTests()
    {
        _sha256 = NpzFile.Write(At("mine.npz"), NpzFile.Echo((192, 48, 6, 8, 16)), compressed: true);
        File.WriteAllText(At("own.json"), Own.Json);
    }

    OwnSequences Own => new() { Sha256 = _sha256, Networks = 8 };

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    /// <summary>The sentence with which it is refused, which is all that happens.</summary>
    string Refuses(params string[] args)
    {
        var before = Entries();
        var (code, output, error) = Run(args);
        Assert.Equal((2, ""), (code, output));
        Assert.Equal(before, Entries());
        return error;
    }

    string[] Entries() =>
        [.. Directory.GetFileSystemEntries(_scratch.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    static JsonNode Left(JsonNode metrics, string question) =>
        metrics["questions"]!.AsArray().Single(one => (string?)one!["id"] == question)!;

    [Fact]
    public void Sequences_from_a_file_go_the_whole_way()
    {
        Assert.Contains("learned", Runs("plan", At("own.json"), "--seconds", "60", "--pilots", "1"), StringComparison.Ordinal);
        Runs("generate", At("own.json"), "--zoo", At("z"));
        Assert.True(File.Exists(At($"z/sequences/{_sha256}.npz")));

        // From here on the zoo is enough.
        File.Delete(At("mine.npz"));
        File.Delete(At("own.json"));
        Assert.Equal(8, (int)Json("zoo", At("z"))["networks"]!);
        Assert.Contains(_sha256, Runs("zoo", At("z"), "show", "Mine/0"), StringComparison.Ordinal);
        Runs("merge", At("z"), "--into", At("merged"));
        Runs("zoo", At("z"), "backup", "--to", At("copy/zoo.db"));
        foreach (var zoo in new[] { "z", "merged", "copy" })
            Assert.Equal(2, Json("verify", At(zoo), "--retrain", "2")["retrained"]!.AsArray().Count(one => (bool)one!["equal"]!));

        Runs("release", At("z"), "--out", At("r"), "--training-data", "--trajectories", "--formats", "npy,h5,safetensors");
        Runs("verify", At("r"), "--retrain", "2");
        Assert.Equal(_sha256, NpzFile.Sha256(At($"r/training-data/{_sha256}.npz")));
        var sheet = File.ReadAllText(At("r/README.md"));
        Assert.Contains("whose sequences they learned", sheet, StringComparison.Ordinal);
        Assert.DoesNotContain("automaton", sheet, StringComparison.Ordinal);
        Assert.DoesNotContain("mlds machines", sheet, StringComparison.Ordinal);
        Assert.Contains("| Mine | 192, 48 | 6 |", sheet, StringComparison.Ordinal);
        Assert.Contains(_sha256, File.ReadAllText(At("r/croissant.json")), StringComparison.Ordinal);

        // The release's own population leads to the same networks, with the file that it carries.
        var again = Json("train", "--population", At("r/population.json"), "--machine", "Mine", "--seed", "3");
        using (var zoo = Zoo.Open(At("z")))
            Assert.Equal(zoo.Networks("Mine").Single(network => network.Seed == 3).WeightsSha256, (string?)again["weights_sha256"]);
        foreach (var source in new[] { "z", "r" }) IsAnalysed(source);
    }

    void IsAnalysed(string source)
    {
        Runs("analyze", At(source), "--out", At($"report-{source}"));
        Assert.True(File.Exists(At($"report-{source}/report.html")));
        var metrics = JsonNode.Parse(File.ReadAllText(At($"report-{source}/metrics.json")))!;
        const string Why = "learned sequences, behind which no machine is known";
        var view = Assert.Single(metrics["left_out"]!.AsArray(), one => ((string?)one!["what"])!.Contains("behaviour"));
        Assert.Contains(Why, (string?)view!["why"], StringComparison.Ordinal);
        foreach (var question in new[] { "exact_behaviour", "interpolation_barriers" })
            Assert.Contains(Why, Left(metrics, question).ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(Why, File.ReadAllText(At($"report-{source}/report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_without_the_file_is_verified_as_far_as_that_goes_and_says_where_the_file_belongs()
    {
        Runs("generate", At("own.json"), "--zoo", At("z"), "--networks", "2");
        Runs("release", At("z"), "--out", At("out/r"));
        Assert.False(Directory.Exists(At("out/r/training-data")));
        var place = At($"out/{_sha256}.npz");
        var verified = Runs("verify", At("out/r"));
        Assert.Contains($"put it at '{place}'", verified, StringComparison.Ordinal);

        var (code, output, _) = Run("verify", At("out/r"), "--retrain", "1");
        Assert.Equal(1, code);
        Assert.Contains($"put it at '{place}'", output, StringComparison.Ordinal);

        File.Copy(At("mine.npz"), place);
        Assert.DoesNotContain("put it at", Runs("verify", At("out/r"), "--retrain", "1"), StringComparison.Ordinal);

        File.WriteAllText(place, "another");
        Assert.Equal(1, Run("verify", At("out/r")).ExitCode);
    }

    [Fact]
    public void A_zoo_that_lost_its_file_says_which_and_where()
    {
        Runs("generate", At("own.json"), "--zoo", At("z"), "--networks", "2");
        var kept = At($"z/sequences/{_sha256}.npz");
        File.Delete(kept);
        Assert.Contains($"put it at '{kept}'", Runs("verify", At("z")), StringComparison.Ordinal);
        var (code, _, error) = Run("release", At("z"), "--out", At("r"), "--training-data");
        Assert.Equal(1, code);
        Assert.Contains(kept, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("r")));
        Runs("generate", At("own.json"), "--zoo", At("z"), "--networks", "2");
        Assert.True(File.Exists(kept));
    }

    [Fact]
    public void Machines_and_sequences_live_in_one_population()
    {
        var table = """{"form": "automaton", "symbols": 2, "outputs": 2, "start": 0, "next": [[0, 1], [1, 0]], "output": [0, 3]}""";
        var others = $$""", {"name": "Two", "machine": {{table}}}, {{Own.Entry.Replace("Mine", "Same")}}""";
        File.WriteAllText(At("mixed.json"), (Own with { Networks = 4, Others = others }).Json);
        Runs("generate", At("mixed.json"), "--zoo", At("z"));
        Runs("release", At("z"), "--out", At("r"), "--training-data");
        Runs("verify", At("r"), "--retrain", "3");
        Assert.Equal(
            [$"{_sha256}.npz", "Two.npz"],
            Directory.GetFiles(At("r/training-data")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var sheet = File.ReadAllText(At("r/README.md"));
        Assert.Contains("| Two | 4 | ", sheet, StringComparison.Ordinal);
        Assert.Contains("learned to imitate", sheet, StringComparison.Ordinal);
        Assert.Contains("recipes.json names the file by its SHA-256", sheet, StringComparison.Ordinal);
        Runs("analyze", At("r"), "--out", At("report"));
        var metrics = JsonNode.Parse(File.ReadAllText(At("report/metrics.json")))!;
        var exact = Left(metrics, "exact_behaviour").ToJsonString();
        Assert.Contains("The networks of Mine, Same learned sequences", exact, StringComparison.Ordinal);
        Assert.Contains("Two", exact, StringComparison.Ordinal);

        Assert.Contains("Two", Runs("machines", "Two", "--population", At("mixed.json")), StringComparison.Ordinal);
        Assert.DoesNotContain("Mine", Runs("machines", "--population", At("mixed.json")), StringComparison.Ordinal);
        Assert.Contains("'Mine' in the population 'own' is no machine", Refuses("machines", "Mine", "--population", At("mixed.json")));
        Assert.Contains("has no machine to describe", Refuses("machines", "--population", At("own.json")));

        if (SystemPython.Missing("numpy") is { } missing) Assert.Skip(missing);
        File.WriteAllText(At("read.py"), Script);
        var read = SystemPython.Run(_scratch.Path, "read.py", _sha256);
        Assert.True(read.ExitCode == 0, read.Everything);
    }

    const string Script = """
        import sys
        import numpy as np
        sys.path.insert(0, "r")
        import mlds
        d = mlds.load("r")
        assert set(d.sequences("Two")["training"]) == {"symbols", "inputs", "targets"}
        own, alone = d.sequences("Mine"), mlds.sequences(f"r/training-data/{sys.argv[1]}.npz")
        for name, shape in (("training", (192, 6, 2)), ("validation", (48, 6, 2)), ("long_test", (8, 16, 2))):
            assert set(own[name]) == {"inputs", "targets"} and own[name]["inputs"].shape == own[name]["targets"].shape == shape
            assert all(np.array_equal(own[name][part], alone[name][part]) for part in own[name])
        for i in range(len(d)):
            words = d.sequences(d.table["machine"][i])["validation"]
            state, y = d.state(i), d.states(i, words["inputs"])[-1]
            y = y @ state["linear.0.weight"].T + state["linear.0.bias"]
            loss, recorded = float(np.mean((y - words["targets"]) ** 2)), d.table["validation_loss"][i]
            assert abs(loss - recorded) <= 1e-5 * max(1, recorded), (i, loss, recorded)
        assert len(d.automaton("Two")["next"]) == 2
        try:
            d.automaton("Mine")
            raise AssertionError("Mine has an automaton")
        except mlds.ReleaseError as problem:
            assert "no machine is known" in str(problem), problem
        """;

    [Theory]
    [InlineData("savez", "uint8")]
    [InlineData("savez_compressed", "bool")]
    [InlineData("savez", "float64")]
    public void What_numpy_writes_is_read(string save, string type)
    {
        if (SystemPython.Missing("numpy") is { } missing) Assert.Skip(missing);
        File.WriteAllText(At("write.py"), $"""
            import numpy as np
            a = np.load("mine.npz")
            np.{save}("numpy.npz", **{"{"}name: a[name].astype("{type}") for name in a.files{"}"}, notes=np.arange(3))
            """);
        var written = SystemPython.Run(_scratch.Path, "write.py");
        Assert.True(written.ExitCode == 0, written.Everything);
        File.WriteAllText(At("numpy.json"), (Own with { File = "numpy.npz", Sha256 = NpzFile.Sha256(At("numpy.npz")) }).Json);
        Assert.Equal(
            Recipes.Population.Read(At("own.json")).Recipe("Mine", 0).DataSha256,
            Recipes.Population.Read(At("numpy.json")).Recipe("Mine", 0).DataSha256);
    }

    [Fact]
    public void Bad_files_are_sentences_and_nothing_is_written()
    {
        File.WriteAllText(At("bad.json"), (Own with { Sha256 = new string('0', 64) }).Json);
        Assert.Contains(_sha256, Refuses("generate", At("bad.json"), "--zoo", At("z")), StringComparison.Ordinal);
        Assert.Contains(_sha256, Refuses("plan", At("bad.json")), StringComparison.Ordinal);
        File.WriteAllText(At("wide.json"), (Own with { Inputs = 3 }).Json);
        Assert.Contains("set network.inputs to 2", Refuses("generate", At("wide.json"), "--zoo", At("z")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_official_servers_volunteers_are_not_sent_files()
    {
        var refusal = Refuses("project", "work", "add", At("own.json"), "--official", At("work"));
        Assert.Contains("--official gives to no server", refusal, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("work")));
    }
}
