using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>README.md says how the networks were trained, as their recipes do.</summary>
public sealed class DatasheetTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_usual_descent_is_Adam_s_and_nothing_is_said_of_what_nobody_uses()
    {
        var readme = Readme(_ => { });
        Assert.Contains("Adam on the mean squared error", readme, StringComparison.Ordinal);
        Assert.Contains("| commands a sequence | batch | learning rate | goal loss | epoch limit |", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("decay", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("flipped (share)", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Networks_of_SGD_are_never_said_to_be_Adam_s()
    {
        var readme = Readme(json =>
        {
            var training = json["defaults"]!["training"]!.AsObject();
            foreach (var key in new[] { "beta1", "beta2", "epsilon" }) training.Remove(key);
            training["optimizer"] = "sgd";
        });
        Assert.Contains("SGD on the mean squared error", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("Adam", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Machines_with_descents_of_their_own_have_their_numbers_in_columns()
    {
        var readme = Readme(json =>
        {
            json["machines"]![1]!["training"] = JsonNode.Parse(
                """{"optimizer": "sgd", "momentum": 0.9, "weight_decay": 0.001, "initial_scale": 2, "learning_rate": 0.5}""");
            json["machines"]![2]!["data"] = JsonNode.Parse("""{"label_noise": 0.125}""");
        });
        Assert.Contains("Adam or SGD with momentum and L2 weight decay on the mean squared error", readme, StringComparison.Ordinal);
        Assert.Contains("| 128, 32 | 4 | none | 16 | 0.01 | 0 | 0 | 1 | ", readme, StringComparison.Ordinal);
        Assert.Contains("| SimpleXORMachine | 128, 32 | 4 | none | 16 | 0.5 | 0.001 | 0.9 | 2 | ", readme, StringComparison.Ordinal);
        Assert.Contains("| ParityMachine | 128, 32 | 4 | 0.125 | 16 | 0.01 | 0 | 0 | 1 | ", readme, StringComparison.Ordinal);
    }

    /// <summary>README.md of a release of the small population, changed, with two networks a machine.</summary>
    string Readme(Action<JsonNode> change)
    {
        var json = JsonNode.Parse(Example.Small.CanonicalJson)!;
        change(json);
        var population = Population.Parse(json.ToJsonString(), "small");
        using (var writer = ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(population)))
        {
            writer.Add([
                .. population.MachineNames.SelectMany(name => new[] { 0u, 1u }, (name, seed) => Example.Network(population, name, seed)),
            ]);
        }

        using var zoo = Zoo.Open(_scratch.In("z"));
        ReleaseWriter.Write(zoo, _scratch.In("r"), new ReleaseOptions([2], ["npy"]), delegate { }, TestContext.Current.CancellationToken);
        return File.ReadAllText(_scratch.In("r/README.md"));
    }
}
