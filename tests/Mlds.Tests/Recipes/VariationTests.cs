using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Recipes;

/// <summary>What a population varies from seed to seed.</summary>
public sealed class VariationTests
{
    const string Grid = """{"grid": {"training.learning_rate": [0.01, 0.003, 0.001], "network.hidden": [4, 6]}}""";

    static Population Parse(string? vary, string? factors = null, string? machines = null)
    {
        var tiny = new TinyPopulation { Vary = vary, Factors = factors };
        return Population.Parse((machines is null ? tiny : tiny with { Machines = machines }).Json, "sweep.json");
    }

    static string Problem(string vary, string? factors = null) =>
        Assert.Throws<FormatException>(() => Parse(vary, factors)).Message;

    [Fact]
    public void Every_point_of_a_grid_comes_once_in_as_many_seeds_and_then_again()
    {
        var population = Parse(Grid);
        Assert.Equal((true, 6), (population.IsVaried, population.GridPoints));
        (int, double) Point(uint seed)
        {
            var recipe = population.Recipe("SimpleXORMachine", seed);
            return (((RecurrentSpec)recipe.Network).Hidden, recipe.Training.LearningRate);
        }

        var points = Enumerable.Range(0, 6).Select(seed => Point((uint)seed)).ToArray();
        Assert.Equal(
            [(4, 0.01), (4, 0.003), (4, 0.001), (6, 0.01), (6, 0.003), (6, 0.001)], points);
        Assert.Equal([.. points[1..], points[0]], Enumerable.Range(6, 6).Select(seed => Point((uint)seed)));
    }

    /// <summary>Releases divide seeds by what they leave when divided by 20 (docs/formats/release.md).</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(30)]
    public void Seeds_of_every_point_are_on_all_sides_of_a_split(int points)
    {
        var population = Parse($$$"""{"grid": {"network.hidden": [{{{string.Join(", ", Enumerable.Range(1, points))}}}]}}""");
        var sides = Enumerable.Range(0, 400 * points).GroupBy(
            seed => ((RecurrentSpec)population.Recipe("SimpleXORMachine", (uint)seed).Network).Hidden,
            seed => (seed % 20) switch { 2 or 9 or 16 => "validation", 3 or 12 or 19 => "test", _ => "train" }).ToArray();
        Assert.Equal(points, sides.Length);
        Assert.All(sides, point =>
        {
            Assert.Equal(400, point.Count());
            Assert.All(["train", "validation", "test"], side => Assert.InRange(point.Count(other => other == side), 15, 380));
        });
    }

    [Fact]
    public void A_varied_recipe_is_the_one_that_a_population_without_variation_has_with_these_values()
    {
        var varied = Parse("""{"grid": {"network.hidden": [6], "training.clip_norm": [0], "data.training": [128]}}""");
        var plain = Population.Parse(new TinyPopulation { Hidden = 6, Data = (128, 64, 8, 8, 32) }.Json, "plain.json");
        Assert.Equal(plain.Recipe("SimpleXORMachine", 3).Id, varied.Recipe("SimpleXORMachine", 3).Id);
        Assert.Equal(plain.Data("SimpleXORMachine").Sha256, varied.Data("SimpleXORMachine", 3).Sha256);
    }

    [Fact]
    public void Fewer_training_sequences_are_the_first_of_more()
    {
        var population = Parse("""{"grid": {"data.training": [100, 400]}}""");
        var (few, many) = (
            (SequenceData)population.Data("SimpleXORMachine", 0), (SequenceData)population.Data("SimpleXORMachine", 1));
        Assert.Equal((100, 400), (few.Training.Count, many.Training.Count));
        Assert.Equal(few.Training.Symbols, many.Training.Symbols[..few.Training.Symbols.Length]);
        Assert.Equal(few.Validation.Targets, many.Validation.Targets);
    }

    [Fact]
    public void Draws_stay_in_their_range_are_rounded_to_four_digits_and_depend_on_the_draws_seed_and_the_networks()
    {
        static double[] Rates(int seed) => [.. Enumerable.Range(0, 2000).Select(network =>
        {
            var vary = """{"draw": {"seed": SEED, "fields": {"training.learning_rate": {"log_uniform": [0.0001, 0.1]}}}}"""
                .Replace("SEED", $"{seed}", StringComparison.Ordinal);
            return s_parsed.GetOrAdd(vary, text => Parse(text)).Recipe("SimpleXORMachine", (uint)network).Training.LearningRate;
        })];
        var rates = Rates(1);
        Assert.All(rates, rate => Assert.InRange(rate, 0.0001, 0.1));
        Assert.All(rates, rate => Assert.Equal(double.Parse($"{rate:E3}", System.Globalization.CultureInfo.InvariantCulture), rate));
        // A third of the logarithms in each decade.
        Assert.InRange(rates.Count(rate => rate < 0.001), 600, 734);
        Assert.InRange(rates.Count(rate => rate > 0.01), 600, 734);
        Assert.NotEqual(rates, Rates(2));
    }

    static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Population> s_parsed = new();

    [Fact]
    public void Networks_of_equal_seed_have_equal_settings_whatever_their_machine()
    {
        var population = Parse("""
            {
              "grid": {"network.activation": ["none", "relu"]},
              "draw": {"seed": 3, "fields": {"training.batch": {"values": [16, 32, 64]}, "data.training": {"values": [100, 300]}}}
            }
            """);
        for (var seed = 0u; seed < 20; seed++)
        {
            var (one, other) = (population.Recipe("SingleDirectMachine", seed), population.Recipe("SimpleXORMachine", seed));
            Assert.Equal((one.Network, one.Training), (other.Network, other.Training));
        }
    }

    [Fact]
    public void What_is_varied_is_a_factor_of_every_network_and_names_of_machines_mean_nothing()
    {
        var population = Parse(Grid, """{"family": {"default": "all"}}""");
        var factors = PopulationFactors.Parse(population.CanonicalJson, "zoo");
        Assert.Equal(["family", "hidden", "learning_rate"], factors.Declared.Select(factor => factor.Name));
        Assert.Equal(["family"], factors.OfMachines.Select(factor => factor.Name));
        Assert.Equal(["hidden", "learning_rate"], factors.Varied.Select(factor => factor.Name));
        Assert.Equal(["hidden"], factors.ShapeFactors.Select(factor => factor.Name));
        var network = factors.Of("SimpleXORMachine", 4);
        Assert.Equal(("all", "6", 0.003), (network.Family, $"{network["hidden"]}", network["learning_rate"].Number));
        Assert.Equal("SimpleXORMachine", PopulationFactors.Parse(Parse(Grid).CanonicalJson, "zoo").Of("SimpleXORMachine", 0).Family);
    }

    [Fact]
    public void Another_grid_is_another_plan_though_its_first_point_is_the_same()
    {
        var (one, other) = (Parse(Grid), Parse("""{"grid": {"training.learning_rate": [0.01, 0.02], "network.hidden": [4, 6]}}"""));
        Assert.Equal(one.Recipe("SimpleXORMachine", 0).Id, other.Recipe("SimpleXORMachine", 0).Id);
        Assert.NotEqual(one.PlanSha256("SimpleXORMachine"), other.PlanSha256("SimpleXORMachine"));
        var plain = Parse(null);
        Assert.Equal(plain.Recipe("SimpleXORMachine", 5).SeedlessSha256, plain.PlanSha256("SimpleXORMachine"));
    }

    [Theory]
    [InlineData(
        """{"grid": {"training.learning_rte": [1]}}""", "$.vary.grid.training.learning_rte", "Did you mean 'training.learning_rate'?")]
    [InlineData("""{"grid": {"network.hidden": [4, 300]}}""", "$.vary.grid.network.hidden[1]", "300 is not a whole number from 1 to 256")]
    [InlineData("""{"grid": {"training.learning_rate": [0]}}""", "$.vary.grid.training.learning_rate[0]", "0 is not a number above 0")]
    [InlineData("""{"grid": {"network.hidden": [4, 4]}}""", "$.vary.grid.network.hidden", "has a value twice")]
    [InlineData("""{"grid": {"network.activation": ["relo"]}}""", "$.vary.grid.network.activation[0]", "Did you mean 'relu'?")]
    [InlineData("""{"grid": {}}""", "$.vary", "varies 0 fields")]
    [InlineData("""{"gird": {}}""", "$.vary.gird", "Did you mean 'grid'?")]
    [InlineData(
        """{"draw": {"seed": 1, "fields": {"training.beta1": {"uniform": [0.9, 0.3]}}}}""", "$.vary.draw.fields.training.beta1.uniform",
        "the smaller first")]
    [InlineData(
        """{"draw": {"seed": 1, "fields": {"training.batch": {"uniform": [1, 3]}}}}""", "$.vary.draw.fields.training.batch.uniform",
        "is a whole number; draw it from 'values'")]
    [InlineData(
        """{"draw": {"seed": 1, "fields": {"training.learning_rate": {"log_uniform": [0, 3]}}}}""",
        "$.vary.draw.fields.training.learning_rate.log_uniform", "above 0")]
    [InlineData(
        """{"draw": {"seed": 1, "fields": {"network.cell": {"uniform": [0, 3]}}}}""", "$.vary.draw.fields.network.cell.uniform",
        "isn't a number")]
    [InlineData("""{"draw": {"fields": {"network.hidden": {"values": [3]}}}}""", "$.vary.draw", "the key 'seed' is missing")]
    [InlineData(
        """{"grid": {"network.hidden": [4]}, "draw": {"seed": 1, "fields": {"network.hidden": {"values": [3]}}}}""", "$.vary",
        "in 'grid' and in 'draw'")]
    [InlineData(
        """{"grid": {"data.training": [100, 16777216], "data.length": [8, 65536]}}""", "$.vary", "make either smaller")]
    public void What_can_not_be_varied_is_told_by_its_path(string vary, string path, string problem)
    {
        var message = Problem(vary);
        Assert.StartsWith($"sweep.json: {path}: ", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_of_more_than_a_million_networks_is_refused_before_anything_of_its_size_is_made()
    {
        var values = string.Join(", ", Enumerable.Range(1, 250));
        var tenth = string.Join(", ", Enumerable.Range(1, 9000).Select(i => $"{i}e-5"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Problem($$$"""{"grid": {"network.hidden": [{{{values}}}], "training.learning_rate": [{{{tenth}}}]}}""");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
        Assert.Contains(
            "250 × 9000 points for 2 machines are 4,500,000 networks; a sweep has at most 1,000,000", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_varied_field_can_not_be_declared_as_a_factor_too() => Assert.Contains(
        "$.factors.hidden: 'hidden' is a factor already, since 'vary' has network.hidden",
        Problem(Grid, """{"hidden": {"kind": "number", "description": "Units.", "default": 4}}"""), StringComparison.Ordinal);

    [Fact]
    public void All_that_is_wrong_with_a_variation_is_told_at_once_by_line()
    {
        const string Vary = """{"grid": {"network.hidden": [0], "training.batch": [0, 8], "training.batchh": [1]}}""";
        var text = new TinyPopulation { Vary = Vary }.Json;
        var faults = Population.Check(text, "sweep.json").Faults;
        Assert.Equal(
            ["$.vary.grid.training.batchh"],
            faults.Select(fault => fault.Path).Where(path => path.EndsWith("hh", StringComparison.Ordinal)));
        Assert.All(faults, fault => Assert.True(fault.Line > 1));
    }
}
