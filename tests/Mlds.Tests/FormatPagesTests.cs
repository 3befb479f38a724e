using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Tests;

/// <summary>What the pages of docs/formats show is what the program reads.</summary>
public sealed class FormatPagesTests
{
    [Fact]
    public void The_machines_of_the_page_are_definitions()
    {
        var definitions = Examples("docs/formats/machine.md").Where(text => text.StartsWith("{\"form\"", StringComparison.Ordinal))
            .Select(text => MachineForms.Read(StrictJson.Parse(text, "machine.md"))).ToArray();
        Assert.Equal(
            [
                typeof(RegisterDefinition), typeof(KeyedDefinition), typeof(AutomatonDefinition),
                typeof(AutomatonDefinition), typeof(AutomatonDefinition), typeof(AutomatonDefinition),
            ],
            definitions.Select(definition => definition.GetType()));
        Assert.Equal(["a", "b"], ((AutomatonDefinition)definitions[3]).Names);
        Assert.Equal(2, ((AutomatonDefinition)definitions[4]).Outputs);
        Assert.Equal(6, ((AutomatonDefinition)definitions[5]).Next.Count);
    }

    [Fact]
    public void The_table_of_the_page_has_the_keys_of_the_catalogue()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/formats/machine.md"));
        Assert.All(MachineCatalogue.Names.Where(name => name.EndsWith("Machine", StringComparison.Ordinal)), name =>
        {
            var keyed = (KeyedMachine)MachineCatalogue.Build(name.Replace("Machine", "Modified", StringComparison.Ordinal));
            var row = page.Split('\n').Single(line => line.StartsWith($"| {name} |", StringComparison.Ordinal));
            Assert.EndsWith(
                $"| {string.Join(", ", keyed.Key.Select(keyed.Describe))}: `[{string.Join(", ", keyed.Key)}]` |",
                row, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_population_of_the_page_is_read()
    {
        var population = Population.Parse(Examples("docs/formats/population.md").First(), "population.md");
        Assert.Equal(["SingleDirectMachine", "ParityMachine", "ParityModified", "ThreeBitParity"], population.MachineNames);
        Assert.Equal(population.DataSpec("ParityMachine"), population.DataSpec("ParityModified"));
    }

    [Fact]
    public void The_factors_of_the_page_are_read()
    {
        var examples = Examples("docs/formats/population.md").Select(text => JsonNode.Parse(text)!.AsObject()).ToArray();
        var json = examples[0];
        foreach (var (key, value) in examples[1]) json[key] = value!.DeepClone();
        var population = Population.Parse(json.ToJsonString(), "population.md");
        Assert.Equal(["family", "initial_rate", "key", "variant"], population.Factors.Select(factor => factor.Name));
        Assert.Equal((Variant.Modified, "A"), (population.FactorsOf("foo2").Variant, population.FactorsOf("foo2").Key));
        Assert.All(population.MachineNames, name =>
            Assert.Equal(population.TrainingSpec(name).LearningRate, population.FactorsOf(name)["initial_rate"].Number));
    }

    static IEnumerable<string> Examples(string page) =>
        File.ReadAllText(Repository.PathOf(page)).Split("```json\n").Skip(1).Select(rest => rest.Split("```")[0]);
}
