using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Releases;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>A population that varies more than seeds: what varies is a column, and a release has one shape and any outcome.</summary>
public sealed class VariedReleaseTests : IDisposable
{
    static readonly TinyPopulation s_varied = new()
    {
        Name = "varied",
        Hidden = 3,
        Networks = 12,
        Data = (64, 16, 4, 4, 8),
        Batch = 16,
        // Some reach it in the epochs there are and some don't.
        GoalLoss = 0.045,
        EpochLimit = 3,
        MilestoneEvery = 1,
        Vary = """
            {
              "grid": {"network.hidden": [3, 4], "data.training": [32, 64]},
              "draw": {"seed": 1, "fields": {"training.learning_rate": {"log_uniform": [0.001, 0.1]}}}
            }
            """,
    };

    readonly ScratchFolder _scratch = new();
    readonly Zoo _zoo;

    public VariedReleaseTests()
    {
        var population = Population.Parse(s_varied.Json, "varied");
        using (var writer = ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(population)))
            new GenerationRun(writer, population, new GenerationOptions(12)).Run(_ => { }, TestContext.Current.CancellationToken);
        _zoo = Zoo.Open(_scratch.In("z"));
    }

    string R => _scratch.In("r");

    public void Dispose()
    {
        _zoo.Dispose();
        _scratch.Dispose();
    }

    string Text(string name) => File.ReadAllText(Path.Combine(R, name));

    void Write(NetworkSelection selection) => ReleaseWriter.Write(
        _zoo, R, new ReleaseOptions([], ["npy", "h5"]) { Selection = selection }, (_, _, _) => { }, TestContext.Current.CancellationToken);

    void WriteAll() => Write(new NetworkSelection(true, NetworkSelection.Parse("hidden=4.0", _zoo.Factors)));

    VerificationReport Verify(string folder, int retrain) =>
        Verifier.Run(folder, new VerificationOptions(retrain, 0, 1, 1), _ => { }, TestContext.Current.CancellationToken);

    [Fact]
    public void The_zoo_is_of_both_outcomes_and_verifies_to_the_bit()
    {
        var outcomes = _zoo.Networks().Select(network => network.Outcome).Distinct().Order();
        Assert.Equal([Outcome.Converged, Outcome.NotConverged], outcomes);
        Assert.Empty(Verify(_scratch.In("z"), 24).Doubts);
    }

    [Fact]
    public void Networks_of_several_shapes_are_refused_with_the_way_to_choose_one()
    {
        var message = Assert.Throws<ZooException>(() => Write(new NetworkSelection(true, []))).Message;
        Assert.Contains("Choose one with --where, such as --where hidden=3.", message, StringComparison.Ordinal);
        message = Assert.Throws<ZooException>(
            () => Write(new NetworkSelection(true, NetworkSelection.Parse("training_sequences=32", _zoo.Factors)))).Message;
        Assert.Contains("such as --where training_sequences=32,hidden=", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(R));
    }

    [Fact]
    public void A_release_of_one_shape_has_all_outcomes_marked_and_verifies_to_the_bit()
    {
        WriteAll();
        var release = Release.Open(R);
        Assert.Equal(12, release.Networks.Count);
        Assert.Contains(release.Networks, network => network.Outcome == Outcome.NotConverged);
        Assert.All(release.Networks, network => Assert.Equal(4, release.Factors.Of(network.Machine, network.Seed)["hidden"].Number));
        Assert.All(
            release.Networks, network => Assert.Equal(network.RecipeId, release.RecipeOf(network.Machine, network.Seed).Id));
        var report = Verify(R, 12);
        Assert.Empty(report.Doubts);
        Assert.Equal(12, report.Retrained.Count);
        Assert.Equal(3, (int)JsonNode.Parse(Text("manifest.json"))!["version"]!);
    }

    [Fact]
    public void What_varies_is_a_column_with_each_networks_own_value_in_every_reader()
    {
        WriteAll();
        var rows = OtherPrograms.DuckDb(
            R, "SELECT p.seed, p.learning_rate, c.learning_rate, p.training_sequences, p.hidden, p.outcome "
            + "FROM 'networks.parquet' p JOIN 'networks.csv' c USING (row) ORDER BY row");
        var population = Population.Parse(s_varied.Json, "varied");
        Assert.Equal(12, rows.Count);
        Assert.All(rows, row =>
        {
            var recipe = population.Recipe("SimpleXORMachine", Convert.ToUInt32(row[0], null));
            Assert.Equal(recipe.Training.LearningRate, Convert.ToDouble(row[1], null));
            Assert.Equal(recipe.Training.LearningRate, Convert.ToDouble(row[2], null));
            Assert.Equal(recipe.Task.TrainingCount, Convert.ToInt32(row[3], null));
            Assert.Equal(4, Convert.ToInt32(row[4], null));
        });
        Assert.Equal(2, rows.Select(row => (string)row[5]).Distinct().Count());
    }

    [Fact]
    public void The_loader_for_Python_has_each_networks_own_recipe_and_module()
    {
        WriteAll();
        var said = OtherPrograms.Python(R, """
            import mlds
            d = mlds.load('.')
            for i in (0, 5):
                r = d.recipe(i)
                print(r['training']['learning_rate'] == d.table['learning_rate'][i],
                      r['data']['training'] == d.table['training_sequences'][i], 'seeds' in r, r['seed'] == d.table['seed'][i])
            print(sorted(set(d.table['outcome'])))
            """);
        Assert.Equal(
            ["True True False True", "True True False True", "['converged', 'not_converged']"],
            said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_datasheet_says_what_varies_and_that_failures_are_in_it()
    {
        WriteAll();
        var page = Text("README.md");
        Assert.Contains("differ only in their seed and in hidden, learning_rate, training_sequences.", page, StringComparison.Ordinal);
        Assert.Contains("| training_sequences | 32, 64 |", page, StringComparison.Ordinal);
        Assert.Contains("whatever their outcome", page, StringComparison.Ordinal);
        Assert.DoesNotContain("networks that did not converge, because", page, StringComparison.Ordinal);
        Assert.Contains("not_converged (the goal wasn't reached", Text("croissant.json"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"hidden\": \"4\"", "\"hidden\": \"3\"", "it isn't one of the networks with hidden=3")]
    [InlineData("\"outcomes\": \"all\"", "\"outcomes\": \"converged\"", "a subset has converged networks only")]
    public void A_release_that_says_other_networks_are_in_it_is_doubted(string was, string now, string doubt)
    {
        WriteAll();
        var manifest = Text("manifest.json");
        Assert.Contains(was, manifest, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(R, "manifest.json"), manifest.Replace(was, now, StringComparison.Ordinal));
        Assert.Contains(Verify(R, 0).Doubts, found => found.Message.Contains(doubt, StringComparison.Ordinal));
    }

    [Fact]
    public void Examples_that_differ_from_network_to_network_are_no_one_file()
    {
        var options = new ReleaseOptions([], ["npy"])
        {
            TrainingData = true,
            Selection = new NetworkSelection(true, NetworkSelection.Parse("hidden=4", _zoo.Factors)),
        };
        var message = Assert.Throws<ZooException>(
            () => ReleaseWriter.Write(_zoo, R, options, (_, _, _) => { }, TestContext.Current.CancellationToken)).Message;
        Assert.Contains("learned from different", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(R));
    }

    [Theory]
    [InlineData("hiden=4", "Did you mean 'hidden'?")]
    [InlineData("network.hidden=4", "Did you mean 'hidden'?")]
    [InlineData("data.training=32", "Did you mean 'training_sequences'?")]
    [InlineData("hidden", "isn't FACTOR=VALUE")]
    public void A_condition_on_no_factor_is_told(string text, string problem) => Assert.Contains(
        problem, Assert.Throws<ArgumentException>(() => NetworkSelection.Parse(text, _zoo.Factors)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_value_that_no_network_has_leaves_nothing_to_release()
    {
        var message = Assert.Throws<ZooException>(
            () => Write(new NetworkSelection(true, NetworkSelection.Parse("hidden=5", _zoo.Factors)))).Message;
        Assert.Contains("has hidden=5. Values of hidden there: 3, 4.", message, StringComparison.Ordinal);
    }
}
