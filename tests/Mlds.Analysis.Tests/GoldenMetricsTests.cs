using System.Text.Json.Nodes;
using Mlds.Analysis.Loading;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Recipes;
using Mlds.Zoos;
using Mlds.Zoos.Generation;

namespace Mlds.Analysis.Tests;

/// <summary>What was once found of a population is found again (Golden/README.md), however the analysis has been rebuilt since.</summary>
public sealed class GoldenMetricsTests
{
    /// <summary>Views hold float32; they held double precision when the numbers were first found.</summary>
    const double Tolerance = 1e-5;

    /// <summary>Numbers smaller than this are compared as if they were this large: an R² of 0 is a difference of large numbers.</summary>
    const double Smallest = 0.1;

    [Fact]
    public void A_population_of_originals_modified_and_control_machines_gives_the_numbers_it_always_gave()
    {
        var folder = Directory.CreateTempSubdirectory("mlds-golden-");
        try
        {
            var population = Population.Parse(File.ReadAllText(Golden("population.json")), "population.json");
            using (var writer = ZooWriter.Open(folder.FullName, ZooPopulation.Of(population)))
            {
                new GenerationRun(writer, population, new GenerationOptions(population.DefaultNetworks))
                    .Run(_ => { }, TestContext.Current.CancellationToken);
            }

            using var zoo = Zoo.Open(folder.FullName);
            var matrix = ZooMatrix.Read(zoo, TestContext.Current.CancellationToken);
            var result = WeightAnalysis.Run(
                matrix, new AnalysisOptions { Seed = 1, MinimumPerClass = 10 }, null, TestContext.Current.CancellationToken);
            var found = JsonNode.Parse(Metrics.ToJson(result).ToJsonString())!;
            var golden = (JsonObject)JsonNode.Parse(File.ReadAllText(Golden("metrics-v1.json")))!;
            Assert.True(golden.Count > 5);
            foreach (var (key, value) in golden) Same(value, found[key], "$." + key);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", name);

    /// <summary>Every old key must be there with an equal value; keys and questions added later don't matter.</summary>
    static void Same(JsonNode? golden, JsonNode? found, string where)
    {
        switch (golden)
        {
            case JsonObject one:
                foreach (var (key, value) in one) Same(value, Assert.IsType<JsonObject>(found)[key], $"{where}.{key}");
                break;
            case JsonArray one when one.All(item => item is JsonObject named && named.ContainsKey("id")):
                foreach (var item in one)
                {
                    var id = (string?)item!["id"];
                    Same(item, Assert.IsType<JsonArray>(found).SingleOrDefault(other => (string?)other!["id"] == id), $"{where}[{id}]");
                }

                break;
            case JsonArray one:
                Assert.True(one.Count == Assert.IsType<JsonArray>(found).Count, where);
                for (var i = 0; i < one.Count; i++) Same(one[i], found[i], $"{where}[{i}]");
                break;
            case JsonValue one when one.GetValueKind() == System.Text.Json.JsonValueKind.Number:
                var (before, now) = (one.GetValue<double>(), found!.GetValue<double>());
                Assert.True(Math.Abs(before - now) <= Tolerance * Math.Max(Smallest, Math.Abs(before)), $"{where}: {before} is {now} now");
                break;
            default:
                Assert.True(
                    golden?.ToJsonString() == found?.ToJsonString(), $"{where}: {golden?.ToJsonString()} is {found?.ToJsonString()} now");
                break;
        }
    }
}
