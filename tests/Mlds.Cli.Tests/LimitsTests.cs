using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests;

/// <summary>Numbers that are allowed alone but not together, names that can mean two things, and paths that are no files: always one
/// sentence.</summary>
public sealed class LimitsTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public LimitsTests() => File.WriteAllText(At("tiny.json"), new TinyPopulation().Json);

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    static void Fails(int expected, string says, params string[] args)
    {
        var (code, _, error) = Run(args);
        var said = Assert.Single(error.Split('\n'), line => line.StartsWith("mlds: ", StringComparison.Ordinal));
        Assert.Contains(says, said, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", said, StringComparison.Ordinal);
        Assert.Equal(expected, code);
    }

    string Altered(params (string From, string To)[] changes)
    {
        var text = new TinyPopulation().Json;
        foreach (var (from, to) in changes)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        File.WriteAllText(At("altered.json"), text);
        return At("altered.json");
    }

    [Theory]
    [InlineData("\"training\": 512", "\"training\": 16777216", "\"length\": 8", "\"length\": 65536",
        "training × length is 16,777,216 × 65,536 = 1,099,511,627,776 commands; a set of sequences holds at most 268,435,456")]
    [InlineData("\"long_test\": 8", "\"long_test\": 16777216", "\"long_length\": 32", "\"long_length\": 17",
        "long_test × long_length is 16,777,216 × 17")]
    [InlineData("\"validation\": 64", "\"validation\": 16777216", "\"length\": 8", "\"length\": 20", "validation × length")]
    public void Sequences_whose_product_is_too_large_are_a_sentence_with_the_place(string from1, string to1, string from2, string to2,
        string says)
    {
        var file = Altered((from1, to1), (from2, to2));
        foreach (var args in new string[][] { ["generate", file, "--zoo", At("z")],
            ["train", "--population", file, "--machine", "SimpleXORMachine", "--seed", "1"], ["machines", file] })
        {
            Fails(2, $"altered.json: $.defaults.data: {says}", args);
        }

        Assert.False(Directory.Exists(At("z")));
    }

    [Fact]
    public void A_machine_may_make_smaller_what_the_defaults_make_too_large()
    {
        var file = Altered(
            ("\"training\": 512", "\"training\": 16777216"),
            ("\"length\": 8", "\"length\": 65536"),
            ("[{\"machine\": \"SingleDirectMachine\"}, {\"machine\": \"SimpleXORMachine\"}]",
                "[{\"machine\": \"SimpleXORMachine\", \"data\": {\"training\": 8, \"validation\": 8}}]"));
        Assert.Equal(8, Mlds.Recipes.Population.Read(file).DataSpec("SimpleXORMachine").Training);
    }

    [Fact]
    public void Networks_times_machines_beyond_what_is_counted_are_refused()
    {
        var names = string.Join(", ", Enumerable.Range(0, 300)
            .Select(i => $"{{\"name\": \"m{i}\", \"machine\": \"SingleDirectMachine\"}}"));
        Fails(2, "take at most", "generate",
            Altered(("[{\"machine\": \"SingleDirectMachine\"}, {\"machine\": \"SimpleXORMachine\"}]", $"[{names}]")), "--networks",
            "10000000", "--zoo", At("z"));
    }

    [Fact]
    public void A_network_is_shown_by_its_machine_and_seed_too()
    {
        Assert.Equal(0, Run("generate", At("tiny.json"), "--zoo", At("z")).ExitCode);
        var (code, shown, _) = Run("zoo", At("z"), "show", "SimpleXORMachine/2");
        Assert.Equal(0, code);
        Assert.Contains("SimpleXORMachine, seed 2", shown, StringComparison.Ordinal);
        var id = shown.Split('\n')[0].Split(' ')[^1];
        Assert.Equal(shown, Run("zoo", At("z"), "show", id[..12]).Output);
        Fails(2, "There is no machine 'SimpleXOR'", "zoo", At("z"), "show", "SimpleXOR/2");
        Fails(2, "A seed is a whole number", "zoo", At("z"), "show", "SimpleXORMachine/two");
        Fails(1, "has no network of SimpleXORMachine with seed 99", "zoo", At("z"), "show", "SimpleXORMachine/99");
        Fails(2, "or by MACHINE/SEED, such as SingleDirectMachine/0; 'xyz' is neither", "zoo", At("z"), "show", "xyz");
    }

    [Fact]
    public void Merge_demands_all_shards_and_zoo_and_verify_say_what_is_missing()
    {
        foreach (var shard in new[] { "0/4", "2/4" })
        {
            Assert.Equal(0,
                Run("generate", At("tiny.json"), "--networks", "4", "--shard", shard, "--zoo", At($"s{shard[0]}")).ExitCode);
        }

        Fails(1, "parts 1/4, 3/4 aren't among the zoos", "merge", At("s0"), At("s2"), "--into", At("all"), "--shards", "4");
        Fails(2, "--shards takes 1 … 100000", "merge", At("s0"), "--into", At("all"), "--shards", "0");
        Assert.False(Directory.Exists(At("all")));
        Assert.Equal(0, Run("merge", At("s0"), At("s2"), "--into", At("all")).ExitCode);
        foreach (var args in new string[][] { ["zoo", At("all")], ["verify", At("all")] })
        {
            var (code, output, _) = Run(args);
            Assert.Equal(0, code);
            Assert.Contains("It isn't the whole population: parts 1/4, 3/4 are missing.", output, StringComparison.Ordinal);
            var asked = System.Text.Json.Nodes.JsonNode.Parse(Run([.. args, "--json"]).Output)!["asked_for"]!;
            Assert.Equal((4, 0, "1/4"), ((int)asked["networks"]!, (int)asked["missing"]!, (string?)asked["parts_missing"]![0]));
        }
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("analyze", "--out", "a")]
    public void A_release_with_a_FIFO_in_it_keeps_no_verb_waiting(string verb, params string[] options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no mkfifo here.");
        Assert.Equal(0, Run("generate", At("tiny.json"), "--zoo", At("z")).ExitCode);
        Assert.Equal(0, Run("release", At("z"), "--out", At("r")).ExitCode);
        File.Delete(At("r/recipes.json"));
        System.Diagnostics.Process.Start("mkfifo", [At("r/recipes.json")]).WaitForExit();
        Fails(1, "is a FIFO", [verb, At("r"), .. options.Select(option => option == "a" ? At("a") : option)]);
    }
}
