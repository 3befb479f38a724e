using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests;

/// <summary>
/// train, generate, zoo and release on a population that trains in a moment; the formats are those of docs/formats/cli-json.md.
/// </summary>
public sealed class VerbTests : IDisposable
{
    static readonly string s_population = new TinyPopulation().Json;

    readonly ScratchFolder _scratch = new();

    public VerbTests() => File.WriteAllText(At("tiny.json"), s_population);

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    static void Fails(int expected, string says, params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal((expected, ""), (code, output));
        Assert.StartsWith("mlds: ", error);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Contains(says, error);
        Assert.DoesNotContain("internal error", error);
    }

    static IEnumerable<string> Keys(JsonNode? node) => node!.AsObject().Select(pair => pair.Key);

    JsonObject Generate() => Json("generate", At("tiny.json"), "--zoo", At("z"));

    [Fact]
    public void Train_prints_its_keys_and_writes_the_weights_it_hashes()
    {
        var document = Json("train", "--machine", "SimpleXORMachine", "--seed", "3", "--population", At("tiny.json"), "--out", At("w.npy"));
        Assert.Superset(
            new HashSet<string> { "recipe_id", "machine", "seed", "outcome", "epochs", "validation_loss", "weights_sha256" },
            Keys(document).ToHashSet());
        Assert.Equal(
            ("SimpleXORMachine", 3, "converged"), ((string?)document["machine"], (int)document["seed"]!, (string?)document["outcome"]));
        var bytes = File.ReadAllBytes(At("w.npy"));
        Assert.Equal(
            (string?)document["weights_sha256"], Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(128))));
        var (code, text, _) = Run("train", "--machine", "SimpleXORMachine", "--seed", "3", "--population", At("tiny.json"));
        Assert.Equal(0, code);
        Assert.Contains((string)document["weights_sha256"]!, text);
        Assert.Contains("converged after", text);
    }

    [Fact]
    public void Generate_needs_a_zoo() => Fails(2, "--zoo DIR", "generate", At("tiny.json"));

    [Fact]
    public void Generate_and_zoo_print_the_same_status()
    {
        var generated = Generate();
        var status = Json("zoo", At("z"));
        Assert.Equal(6, (int)generated["trained"]!);
        Assert.Equal((string?)generated["weights_digest"], (string?)status["weights_digest"]);
        Assert.Equal(
            ["SingleDirectMachine", "SimpleXORMachine"], status["machines"]!.AsArray().Select(machine => (string?)machine!["name"]));
        Assert.All(status["machines"]!.AsArray(), machine => Assert.Superset(
            new HashSet<string> { "name", "converged", "not_converged", "diverged", "core_seconds" }, Keys(machine).ToHashSet()));
        Assert.Equal(6, status["machines"]!.AsArray()
            .Sum(machine => (int)machine!["converged"]! + (int)machine["not_converged"]! + (int)machine["diverged"]!));
        Assert.Equal(0, (int)Generate()["trained"]!);
        var (code, text, _) = Run("zoo", At("z"));
        Assert.Equal(0, code);
        Assert.Contains($"weights digest {status["weights_digest"]}", text);
    }

    [Fact]
    public void Show_tells_all_about_one_network()
    {
        Generate();
        var trained = Json("train", "--machine", "SingleDirectMachine", "--seed", "1", "--population", At("tiny.json"));
        var id = (string)trained["recipe_id"]!;
        var shown = Json("zoo", At("z"), "show", id[..12]);
        foreach (var key in new[] { "recipe_id", "machine", "seed", "outcome", "epochs", "validation_loss", "long_loss", "weights_sha256" })
            Assert.Equal(trained[key]!.ToJsonString(), shown[key]!.ToJsonString());
        Assert.Equal(id, Mlds.Recipes.Recipe.Parse(Mlds.Recipes.Canonical.Serialize(shown["recipe"])).Id);
        Assert.Equal((int)trained["epochs"]!, shown["history"]!["validation_loss"]!.AsArray().Count);
        Assert.NotEmpty(shown["milestones"]!.AsArray());
        var (code, text, _) = Run("zoo", At("z"), "show", id);
        Assert.Equal(0, code);
        Assert.Contains("validation loss by epoch", text);
        Assert.Contains(id, text);
    }

    [Fact]
    public void Release_prints_what_it_wrote()
    {
        Generate();
        var document = Json("release", At("z"), "--out", At("r"), "--subsets", "1,2", "--formats", "npy,h5");
        Assert.Equal(4, (int)document["networks"]!);
        Assert.Equal([1, 2], document["subsets"]!.AsArray().Select(size => (int)size!));
        foreach (var file in document["files"]!.AsArray())
            Assert.Equal(new FileInfo(Path.Combine(At("r"), (string)file!["name"]!)).Length, (long)file["bytes"]!);
        Assert.Equal((long)document["bytes"]!, document["files"]!.AsArray().Sum(file => (long)file!["bytes"]!));
        Assert.Equal((long)document["bytes"]! - new FileInfo(Path.Combine(At("r"), "mlds.h5")).Length, (long)document["core_bytes"]!);
        Assert.Null(document["archive"]);
        Fails(1, "is already there", "release", At("z"), "--out", At("r"));
        Fails(1, "is already there", "release", At("z"), "--out", At("r/machines/.."));
        Fails(1, "A subset of 50 needs 50", "release", At("z"), "--out", At("r2"), "--subsets", "50");
    }

    [Fact]
    public void A_release_s_sequences_are_those_that_machines_export_writes()
    {
        Generate();
        var (code, output, error) = Run(
            "release", At("z"), "--out", At("r"), "--training-data", "--trajectories", "--dataset-version",
            "1.2.3", "--date", "2027-03-04", "--url", "https://example.org/d");
        Assert.True(code == 0, error);
        Assert.Matches(@"\d+ bytes per network \(\d+ with trajectories, training data\)", output);
        Assert.DoesNotContain("To publish it", output);
        var exported = Json("machines", "SimpleXORMachine", "--population", At("r/population.json"), "--export", At("xor.npz"));
        Assert.Equal(File.ReadAllBytes(At("r/training-data/SimpleXORMachine.npz")), File.ReadAllBytes(At("xor.npz")));
        Assert.Equal(Mlds.Recipes.Population.Read(At("tiny.json")).Data("SimpleXORMachine").Sha256, (string?)exported["data_sha256"]);
        Fails(1, "is already there", "machines", "SimpleXORMachine", "--export", At("xor.npz"));
        Fails(1, "could not be written", "machines", "SimpleXORMachine", "--export", At("none/xor.npz"));
        Fails(2, "--export writes one machine's sequences", "machines", "--export", At("all.npz"));
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Path, "*.unfinished-*"));
    }

    [Fact]
    public void What_a_killed_release_left_is_named()
    {
        Generate();
        // No process has the first number; ours has the other, and may still be working.
        Directory.CreateDirectory(At("r.unfinished-2147483647"));
        Directory.CreateDirectory(At($"r.tar.xz.unfinished-{Environment.ProcessId}"));
        var (code, _, error) = Run("release", At("z"), "--out", At("r"));
        Assert.Equal(0, code);
        Assert.Contains("r.unfinished-2147483647' was left by a release that was killed", error);
        Assert.DoesNotContain("tar.xz", error);
    }

    [Fact]
    public void What_can_not_be_gets_a_sentence_that_helps()
    {
        Generate();
        Fails(
            2, "There is no machine 'SimpleXORMachin'. Did you mean 'SimpleXORMachine'", "train", "--machine",
            "SimpleXORMachin", "--seed", "1", "--population", At("tiny.json"));
        Fails(2, "'train' needs --seed S", "train", "--machine", "SimpleXORMachine");
        Fails(
            2, "no folder", "train", "--machine", "SimpleXORMachine", "--seed", "1", "--population",
            At("tiny.json"), "--out", At("not/here.npy"));
        Fails(2, "There is no population file", "generate", At("none.json"), "--zoo", At("z"));
        Fails(2, "is a folder", "generate", _scratch.Path, "--zoo", At("z"));
        Fails(2, "--networks takes 1", "generate", At("tiny.json"), "--zoo", At("z"), "--networks", "0");
        Fails(2, "--threads takes 1 … 1024", "generate", At("tiny.json"), "--zoo", At("z"), "--threads", "0");
        Fails(2, "0 ≤ i < n", "generate", At("tiny.json"), "--zoo", At("z"), "--shard", "4/4");
        Fails(2, "--subsets takes", "release", At("z"), "--out", At("r"), "--subsets", "a");
        Fails(2, "--formats takes npy, h5", "release", At("z"), "--out", At("r"), "--formats", "zip");
        Fails(2, "--archive takes tar.xz or tar.zst", "release", At("z"), "--out", At("r"), "--archive", "zip");
        Fails(2, "--dataset-version takes three numbers", "release", At("z"), "--out", At("r"), "--dataset-version", "1.2");
        Fails(2, "--date takes a day", "release", At("z"), "--out", At("r"), "--date", "2026-13-01");
        Fails(2, "--url takes a page", "release", At("z"), "--out", At("r"), "--url", "../here");
        Fails(2, "recipe id", "zoo", At("z"), "show", "xyz");
        Fails(1, "no network whose recipe id begins", "zoo", At("z"), "show", "0123456789");
        Fails(1, "no zoo", "zoo", _scratch.Path);
        File.WriteAllText(At("tiny.json"), s_population.Replace("\"tiny\"", "\"other\"", StringComparison.Ordinal));
        Fails(1, "holds the population 'tiny', not 'other'", "generate", At("tiny.json"), "--zoo", At("z"));
        File.WriteAllText(At("tiny.json"), s_population.Replace("\"networks\"", "\"netwroks\"", StringComparison.Ordinal));
        Fails(2, "'networks'", "generate", At("tiny.json"), "--zoo", At("z"));
    }

    [Fact]
    public void Verify_prints_its_keys_and_a_report_and_fails_over_one_bit_with_the_file_named()
    {
        Assert.Equal(0, Run("generate", At("tiny.json"), "--zoo", At("z"), "--keep-milestones").ExitCode);
        Assert.Equal(0, Run("release", At("z"), "--out", At("r")).ExitCode);
        var zoo = Json("verify", At("z"), "--retrain", "2", "--segments", "3");
        Assert.Superset(new HashSet<string> { "checked", "failed", "failures" }, Keys(zoo).ToHashSet());
        Assert.Equal((6, 0, 0), ((int)zoo["checked"]!, (int)zoo["failed"]!, zoo["failures"]!.AsArray().Count));
        Assert.Equal((2, 3), (zoo["retrained"]!.AsArray().Count(again => (bool)again!["equal"]!),
            zoo["segments"]!.AsArray().Count(again => (bool)again!["equal"]!)));
        var (code, text, _) = Run("verify", At("r"), "--retrain", "2");
        Assert.Equal(0, code);
        Assert.Contains("All equal: no doubt about the release", text);
        Assert.Contains((string)zoo["weights_digest"]!, Json("zoo", At("z"))["weights_digest"]!.ToString());

        var bytes = File.ReadAllBytes(Path.Combine(At("r"), "weights.npy"));
        bytes[^7] ^= 4;
        File.WriteAllBytes(Path.Combine(At("r"), "weights.npy"), bytes);
        var (failed, report, error) = Run("verify", At("r"));
        Assert.Equal(1, failed);
        Assert.Contains("files: weights.npy: its SHA-256 is", report);
        Assert.Matches("weights: network [0-9a-f]{64} ", report);
        Assert.StartsWith("mlds: ", error.TrimEnd('\n').Split('\n')[^1]);
        Assert.Contains("is not sound", error);
        var (again, json, _) = Run("verify", At("r"), "--json");
        Assert.Equal(1, again);
        Assert.Equal((int)JsonNode.Parse(json)!["failed"]!, JsonNode.Parse(json)!["failures"]!.AsArray().Count);

        Fails(1, "neither a zoo", "verify", _scratch.Path);
        Fails(1, "--retrain takes both", "verify", At("r"), "--segments", "1");
        Fails(2, "--retrain takes 0", "verify", At("r"), "--retrain", "-1");
    }

    [Fact]
    public void Shards_are_merged_and_a_zoo_is_compacted_exported_and_backed_up()
    {
        Generate();
        foreach (var i in new[] { "0", "1" })
            Assert.Equal(0, Run("generate", At("tiny.json"), "--zoo", At("s" + i), "--shard", $"{i}/2").ExitCode);
        var merged = Json("merge", At("s0"), At("s1"), "--into", At("m"));
        Assert.Equal((6, 0), ((int)merged["added"]!, (int)merged["were_there"]!));
        Assert.Equal((string?)Json("zoo", At("z"))["weights_digest"], (string?)merged["weights_digest"]);
        Assert.Contains("0 networks added", Run("merge", At("s0"), "--into", At("m")).Output);
        Fails(1, "into itself", "merge", At("m"), "--into", At("m"));
        Fails(2, "--into", "merge", At("m"));

        Assert.Equal(0, Run("zoo", At("m"), "backup", "--to", At("copy/zoo.db")).ExitCode);
        Assert.Equal((string?)merged["weights_digest"], (string?)Json("zoo", At("copy"))["weights_digest"]);
        Fails(1, "already there", "zoo", At("m"), "backup", "--to", At("copy/zoo.db"));
        Fails(2, "needs --to FILE", "zoo", At("m"), "backup");
        Fails(2, "--to goes with `backup`", "zoo", At("m"), "--to", At("x"));

        Assert.Equal(6, (int)Json("zoo", At("m"), "export-recipes", "--out", At("recipes.jsonl"))["networks"]!);
        foreach (var line in File.ReadAllLines(At("recipes.jsonl")))
            Assert.Equal(0, Run("zoo", At("m"), "show", Mlds.Sha256Hash.HexOf(System.Text.Encoding.UTF8.GetBytes(line))).ExitCode);
        Assert.Equal(File.ReadAllText(At("recipes.jsonl")), Run("zoo", At("m"), "export-recipes").Output);
        Assert.Equal(6, Json("zoo", At("m"), "export-recipes")["recipes"]!.AsArray().Count);
        Fails(1, "already there", "zoo", At("m"), "export-recipes", "--out", At("recipes.jsonl"));

        Assert.Equal((string?)merged["zoo"], (string?)Json("zoo", At("m"), "compact")["zoo"]);
        Assert.Equal(0, Run("verify", At("m")).ExitCode);
        Fails(2, "`compact`", "zoo", At("m"), "compress");
    }

    [Fact]
    public void Every_verb_has_an_example_that_parses()
    {
        foreach (var verb in Program.Root().Subcommands.OfType<Verb>())
        {
            Assert.NotEmpty(verb.Examples);
            foreach (var example in verb.Examples)
            {
                Assert.StartsWith($"mlds {verb.Name}", example);
                Assert.Empty(Program.Root().Parse(example["mlds ".Length..]).Errors);
            }
        }
    }
}
