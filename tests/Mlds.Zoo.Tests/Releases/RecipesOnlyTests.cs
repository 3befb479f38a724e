using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Mlds.Training;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Releases;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>A release without weights, and the zoo that is trained from it.</summary>
public sealed class RecipesOnlyTests : IDisposable
{
    readonly ExampleZoo _zoo = ExampleZoo.Trained();

    public void Dispose() => _zoo.Dispose();

    Release Released()
    {
        _zoo.Write("r", new ReleaseOptions([1, 2], []));
        return Release.Open(_zoo["r"]);
    }

    static Regeneration All(Release release) => new(release, [.. Enumerable.Range(0, release.Networks.Count)]);

    static void Regenerate(Regeneration regeneration, string folder)
    {
        using var writer = ZooWriter.Open(folder, ZooPopulation.Of(regeneration.Population));
        regeneration.CheckStored(writer.Zoo);
        new GenerationRun(writer, regeneration.Population, regeneration.Options(2, TimeSpan.FromSeconds(5)))
            .Run(_ => { }, TestContext.Current.CancellationToken);
    }

    /// <summary>Alters the release, so that every reader but its checksums takes it for one.</summary>
    void Alter(string file, string from, string to)
    {
        var path = Path.Combine(_zoo["r"], file);
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }

    /// <summary>Makes the zoo say of its first network what isn't so: other weights, with a hash that fits.</summary>
    void Falsify()
    {
        byte[] weights;
        using (var zoo = _zoo.Open()) weights = WeightsHash.Bytes(zoo.ReadWeights(zoo.Networks().First()));
        weights[0] ^= 1;
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_zoo["z"], "zoo.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        const string First = "WHERE network_id = (SELECT network_id FROM networks ORDER BY machine_id, seed LIMIT 1)";
        command.CommandText =
            $"UPDATE weights SET weights = $1, packing = 0 {First}; UPDATE networks SET weights_sha256 = $2 {First}";
        command.Parameters.AddWithValue("$1", weights);
        command.Parameters.AddWithValue("$2", SHA256.HashData(weights));
        command.ExecuteNonQuery();
    }

    [Fact]
    public void It_has_all_that_a_release_has_but_the_weights()
    {
        var release = Released();
        _zoo.Write("whole", new ReleaseOptions([1, 2], ["npy"]));
        string[] Files(string name) => [.. Directory.EnumerateFiles(_zoo[name], "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_zoo[name], path)).Order(StringComparer.Ordinal)];
        Assert.Equal(Files("whole").Where(name => name != "weights.npy"), Files("r"));
        Assert.False(release.HasWeights);
        Assert.Equal(Release.Open(_zoo["whole"]).Networks, release.Networks);
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(_zoo["r"], "manifest.json")))!;
        Assert.Equal((4, 0), ((int)manifest["version"]!, (int)manifest["bytes_per_network"]!["weights"]!));
        Assert.Equal(
            4 * release.Layout.Parameters,
            (int)JsonNode.Parse(File.ReadAllText(Path.Combine(_zoo["whole"], "manifest.json")))!["bytes_per_network"]!["weights"]!);
        var readme = File.ReadAllText(Path.Combine(_zoo["r"], "README.md"));
        Assert.Contains("mlds regenerate . --zoo ../zoo", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("weights.npy", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_asks_for_weights_is_told_how_to_get_them()
    {
        var release = Released();
        var error = Assert.Throws<InvalidDataException>(() => release.ReadWeights());
        Assert.Contains("has no weights", error.Message, StringComparison.Ordinal);
        Assert.Contains($"`mlds regenerate {release.Folder} --zoo DIR`", error.Message, StringComparison.Ordinal);
        var said = OtherPrograms.Python(
            _zoo["r"], "import mlds\ntry: mlds.load('.')\nexcept mlds.ReleaseError as error: print(error)");
        Assert.Contains("has no weights, only the recipes", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_networks_train_again_to_the_same_zoo_and_the_same_release()
    {
        var release = Released();
        Regenerate(All(release), _zoo["again"]);
        using (var zoo = Zoo.Open(_zoo["again"]))
        {
            Assert.Equal(release.WeightsDigest, zoo.WeightsDigest());
            Assert.Empty(zoo.Parts);
            ReleaseWriter.Write(
                zoo, _zoo["again-r"], new ReleaseOptions([1, 2], ["npy"]), delegate { }, TestContext.Current.CancellationToken);
        }

        _zoo.Write("whole", new ReleaseOptions([1, 2], ["npy"]));
        Assert.Equal(File.ReadAllBytes(Path.Combine(_zoo["whole"], "weights.npy")),
            File.ReadAllBytes(Path.Combine(_zoo["again-r"], "weights.npy")));
    }

    [Fact]
    public void Some_of_them_train_alone_and_the_rest_later()
    {
        var release = Released();
        Regenerate(new Regeneration(release, [3, 1]), _zoo["again"]);
        using (var zoo = Zoo.Open(_zoo["again"]))
        {
            Assert.Equal(
                new[] { release.Networks[1], release.Networks[3] }.Select(network => network.RecipeId).Order(),
                zoo.Networks().Select(network => network.RecipeId).Order());
        }

        Regenerate(All(release), _zoo["again"]);
        using var whole = Zoo.Open(_zoo["again"]);
        Assert.Equal(release.WeightsDigest, whole.WeightsDigest());
    }

    [Fact]
    public void The_first_network_that_is_another_ends_it_and_is_not_stored()
    {
        Directory.CreateDirectory(_zoo["honest"]);
        File.Copy(Path.Combine(_zoo["z"], "zoo.db"), Path.Combine(_zoo["honest"], "zoo.db"));
        Falsify();
        var release = Released();
        var error = Assert.Throws<ZooException>(() => Regenerate(All(release), _zoo["again"]));
        var false_ = release.Networks[0];
        Assert.StartsWith($"Network {false_.RecipeId} ({false_.Machine}, seed 0), trained again, has other weights", error.Message);
        Assert.Contains(false_.WeightsSha256, error.Message, StringComparison.Ordinal);
        using (var zoo = Zoo.Open(_zoo["again"])) Assert.Empty(zoo.Find(false_.RecipeId));
        // What a zoo has already is held to the release before anything is trained.
        var from = Assert.Throws<ZooException>(() => Regenerate(All(release), _zoo["honest"]));
        Assert.Contains("Nothing was trained", from.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_population_that_leads_elsewhere_is_refused_before_anything_is_trained()
    {
        Released();
        Alter("population.json", "\"goal_loss\":0.008", "\"goal_loss\":0.009");
        var error = Assert.Throws<InvalidDataException>(() => All(Release.Open(_zoo["r"])));
        Assert.Contains("its population.json doesn't lead to Network", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_verifies_as_far_as_it_goes_and_trains_some_again()
    {
        Released();
        VerificationReport Verify() => Verifier.Run(
            _zoo["r"], new VerificationOptions(2, 0, 1, 2), _ => { }, TestContext.Current.CancellationToken);
        var report = Verify();
        Assert.Empty(report.Doubts);
        Assert.Equal(2, report.Retrained.Count(again => again.IsEqual));
        var weights = Assert.Single(report.Checks, check => check.Name == "weights");
        Assert.Contains("by intent", Assert.Single(weights.Notes), StringComparison.Ordinal);
        Alter("manifest.json", "\"version\": 4", "\"version\": 1");
        Assert.Contains(Verify().Doubts, doubt => doubt.Message.Contains("its version is 1", StringComparison.Ordinal));
    }
}
