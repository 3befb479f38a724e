using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Releases;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>A population that declares its factors: its releases have them as columns, in every file that speaks of columns.</summary>
public sealed class ReleasedFactorsTests : IDisposable
{
    static readonly TinyPopulation s_declared = new()
    {
        Name = "declared",
        Description = "",
        Hidden = 3,
        Networks = 2,
        Data = (64, 16, 4, 4, 8),
        Batch = 16,
        GoalLoss = 1,
        EpochLimit = 2,
        MilestoneEvery = 1,
        Factors = """
            {
              "family": {}, "variant": {}, "key": {"default": ""},
              "length": {"kind": "number", "description": "Rate | of something."},
              "noisy": {"kind": "boolean", "description": "Whether."}
            }
            """,
        Machines = """
            [
              {"name": "foo1", "machine": "ParityMachine",
                "factors": {"family": "A", "variant": "original", "length": 1e-5, "noisy": false}},
              {"name": "foo2", "machine": "ParityModified",
                "factors": {"family": "A", "variant": "modified", "key": "one, two", "length": -2, "noisy": true}}
            ]
            """,
    };

    readonly ScratchFolder _scratch = new();

    public ReleasedFactorsTests()
    {
        var population = Population.Parse(s_declared.Json, "declared");
        using (var writer = ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(population)))
            new GenerationRun(writer, population, new GenerationOptions(2)).Run(_ => { }, TestContext.Current.CancellationToken);
        using var zoo = Zoo.Open(_scratch.In("z"));
        ReleaseWriter.Write(zoo, R, new ReleaseOptions([2], ["npy", "h5"]), (_, _, _) => { }, TestContext.Current.CancellationToken);
    }

    string R => _scratch.In("r");

    public void Dispose() => _scratch.Dispose();

    string Text(string name) => File.ReadAllText(Path.Combine(R, name));

    [Theory]
    [InlineData("networks.parquet")]
    [InlineData("networks.csv")]
    public void The_table_has_a_column_for_each_and_DuckDB_reads_it(string file)
    {
        var rows = OtherPrograms.DuckDb(R, $"SELECT machine, family, key, variant, noisy, length FROM '{file}' ORDER BY row");
        (string, string, string, bool, double) Of(object[] row) =>
            ((string)row[0], (string)row[1], (string)row[3], (bool)row[4], Convert.ToDouble(row[5], null));
        var (original, modified) = (("foo1", "A", "original", false, 1e-5), ("foo2", "A", "modified", true, -2.0));
        Assert.Equal([original, original, modified, modified], rows.Select(Of));
        Assert.Equal("one, two", rows[^1][2]);
    }

    [Fact]
    public void The_loader_for_Python_has_them_with_their_types()
    {
        var said = OtherPrograms.Python(R, """
            import mlds, h5py
            d = mlds.load('.')
            m = int(d.rows('foo2')[0])
            for name in d.factors: print(name, d.table[name].dtype.kind, d.table[name][[0, m]].tolist())
            print(d.factors['length'])
            with h5py.File('mlds.h5') as f:
                print(f['networks/variant'][m].decode(), float(f['networks/length'][m]), int(f['networks/noisy'][m]))
            """);
        Assert.Equal(
            [
                "family U ['A', 'A']", "key U ['', 'one, two']", "length f [1e-05, -2.0]", "noisy b [False, True]",
                "variant U ['original', 'modified']", "Rate | of something.", "modified -2.0 1",
            ],
            said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Manifest_datasheet_and_Croissant_say_what_they_mean()
    {
        var manifest = JsonNode.Parse(Text("manifest.json"))!["factors"]!.AsArray();
        Assert.Equal(["family", "key", "length", "noisy", "variant"], manifest.Select(factor => (string?)factor!["name"]));
        Assert.Equal(["text", "text", "number", "boolean", "text"], manifest.Select(factor => (string?)factor!["kind"]));
        Assert.Contains("| foo2 | A | one, two | -2 | true | modified |", Text("README.md"), StringComparison.Ordinal);
        Assert.Contains("| `length` | float64 | Rate \\| of something. |", Text("README.md"), StringComparison.Ordinal);
        var fields = JsonNode.Parse(Text("croissant.json"))!["recordSet"]![1]!["field"]!.AsArray().Select(field => field!);
        var types = fields.ToDictionary(
            field => (string)field["name"]!, field => ((string?)field["dataType"], (string?)field["description"]));
        Assert.Equal(("sc:Float", "Rate | of something."), types["length"]);
        Assert.Equal(("sc:Boolean", "Whether."), types["noisy"]);
        Assert.Equal("sc:Text", types["variant"].Item1);
    }

    [Fact]
    public void A_release_is_read_and_verified_by_what_its_population_says()
    {
        var release = Release.Open(R);
        Assert.Equal((Variant.Modified, "one, two"), (release.Factors.Of("foo2").Variant, release.Factors.Of("foo2").Key));
        Assert.Empty(Verify().Doubts);
    }

    /// <summary>Somebody who makes a modified machine an original must be seen, even if all checksums are made anew.</summary>
    [Theory]
    [InlineData("\"modified\"", "\"original\"", "its variant is 'modified', population.json says 'original'")]
    [InlineData("Whether.", "Whenever.", "its factors are not those that population.json declares")]
    public void What_disagrees_with_the_plan_is_doubted(string was, string now, string doubt)
    {
        var old = Text("population.json");
        var forged = old.Replace(was, now, StringComparison.Ordinal);
        Assert.NotEqual(old, forged);
        File.WriteAllText(Path.Combine(R, "population.json"), forged);
        var manifest = Text("manifest.json").Replace(Hash(old), Hash(forged), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(R, "manifest.json"), manifest);
        Assert.Contains(Verify().Doubts, found => found.Message.Contains(doubt, StringComparison.Ordinal));
    }

    [Fact]
    public void A_release_that_lost_the_file_that_says_so_is_incomplete()
    {
        File.Delete(Path.Combine(R, "population.json"));
        Assert.Contains("population.json", Assert.Throws<InvalidDataException>(() => Release.Open(R)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_population_without_declared_factors_has_a_manifest_without_any()
    {
        using var zoo = ExampleZoo.Drawn();
        zoo.Write("r", [1], "npy");
        Assert.False(JsonNode.Parse(File.ReadAllText(Path.Combine(zoo["r"], "manifest.json")))!.AsObject().ContainsKey("factors"));
        Assert.DoesNotContain("**Factors.**", File.ReadAllText(Path.Combine(zoo["r"], "README.md")), StringComparison.Ordinal);
    }

    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    VerificationReport Verify() =>
        Verifier.Run(R, new VerificationOptions(0, 0, 1, 1), _ => { }, TestContext.Current.CancellationToken);
}
