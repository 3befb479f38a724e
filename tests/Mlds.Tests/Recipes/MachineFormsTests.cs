using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Recipes;

/// <summary>Machines that a population gives by a shorthand.</summary>
public sealed class MachineFormsTests
{
    const string Even = """{"form": "expression", "symbols": ["a", "b"], "expression": "(a|ba*b)*"}""";

    const string EvenTable = """
        {"form": "automaton", "symbols": 2, "names": ["a", "b"], "outputs": 1, "start": 0, "next": [[0, 1], [1, 0]], "output": [1, 0]}
        """;

    const string Random = """{"form": "random", "states": 5, "symbols": 2, "outputs": 1, "seed": 3, "stay": 0.1}""";

    static string Text(params (string Name, string Machine, string Planted)[] machines) => $$"""
        {
          "name": "p", "licence": "CC-BY-SA-4.0",
          "network": {"inputs": 2, "hidden": 4, "layers": 1, "linear": [1], "activation": "none"},
          "networks": 3,
          "defaults": {
            "data": {"seed": 1, "training": 256, "validation": 64, "length": 12, "long_test": 8, "long_length": 32},
            "training": {
              "optimizer": "adam", "loss": "mean_squared_error", "batch": 32, "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999,
              "epsilon": 1e-8, "goal_loss": 0.02, "epoch_limit": 60, "milestone_every": 10
            }
          },
          "machines": [{{string.Join(", ", machines.Select(Entry))}}]
        }
        """;

    static string Entry((string Name, string Machine, string Planted) machine) =>
        $$$"""{"name": "{{{machine.Name}}}", "machine": {{{machine.Machine}}}, "data": {"planted": {{{machine.Planted}}} } }""";

    [Fact]
    public void A_recipe_holds_the_table_and_so_has_the_id_that_the_table_gives_it()
    {
        var table = new RandomAutomata(3, 5, 5, 2, 1, 0.1).Draw(1).Single().ToText();
        var shorthand = Population.Parse(Text(("Even", Even, "null"), ("Drawn", Random, "null")), "p.json");
        var written = Population.Parse(Text(("Even", EvenTable, "null"), ("Drawn", table, "null")), "p.json");
        foreach (var name in shorthand.MachineNames)
        {
            Assert.Equal(written.Recipe(name, 1).Id, shorthand.Recipe(name, 1).Id);
            Assert.Equal("automaton", JsonNode.Parse(shorthand.Recipe(name, 1).CanonicalJson)!["machine"]!["form"]!.GetValue<string>());
            Assert.Equal(shorthand.Recipe(name, 1), Recipe.Parse(shorthand.Recipe(name, 1).CanonicalJson));
        }
    }

    [Theory]
    [InlineData(Even)]
    [InlineData(EvenTable)]
    [InlineData(Random)]
    public void A_machine_of_any_form_takes_a_key_and_a_rule(string machine)
    {
        string Keyed(string rule) => $$"""{"form": "keyed", "machine": {{machine}}, "key": [1, 1, 0, 1], "rule": "{{rule}}", "steps": 3}""";
        const string Planted = """{"key_of": "XModified", "one_in": 4}""";
        var population = Population.Parse(
            Text(
                ("XMachine", machine, Planted), ("XModified", Keyed("invert"), """{"one_in": 4}"""), ("XControl", Keyed("hold"), Planted)),
            "p.json");
        Assert.Equal(
            [Variant.Original, Variant.Modified, Variant.Control],
            population.MachineNames.Select(name => population.FactorsOf(name).Variant));
        foreach (var name in population.MachineNames)
        {
            var data = population.Data(name);
            Assert.Equal([1, 1, 0, 1], population.DataSpec(name).Planted!.Key);
            Assert.Null(population.Task(name).ContradictionIn(data));
            Assert.Equal(data.Sha256, ((MachineTask)Recipe.Parse(population.Recipe(name, 0).CanonicalJson).Task).Generate().Sha256);
        }

        // The rule is seen in what the networks learn from, and the twins see the same commands.
        var targets = population.MachineNames.Select(name => ((SequenceData)population.Data(name)).Training.Targets).ToArray();
        Assert.NotEqual(targets[0], targets[1]);
        Assert.NotEqual(targets[0], targets[2]);
        Assert.Single(
            population.MachineNames.Select(name => Convert.ToHexString(((SequenceData)population.Data(name)).Training.Symbols)).Distinct());
    }

    [Fact]
    public void A_key_may_be_given_in_the_symbols_names()
    {
        var keyed = $$"""{"form": "keyed", "machine": {{Even}}, "key": ["b", "b", "a"], "rule": "invert", "steps": 3}""";
        var population = Population.Parse(Text(("X", keyed, """{"key": ["a", "b"], "one_in": 8}""")), "p.json");
        Assert.Equal([1, 1, 0], ((KeyedMachine)population.Machine("X")).Key);
        Assert.Equal([0, 1], population.DataSpec("X").Planted!.Key);
    }

    [Fact]
    public void What_is_wrong_is_told_with_path_and_line_beside_all_else()
    {
        var text = Text(("Even", Even.Replace("ba*b)*", "ba*b"), "null"), ("Drawn", Random.Replace("5", "0"), "null"));
        var faults = Population.Check(text.Replace("\"networks\": 3", "\"networks\": 0"), "p.json").Faults;
        Assert.Equal(
            ["$.networks", "$.machines[0].machine.expression", "$.machines[1].machine.states"], faults.Select(fault => fault.Path));
        Assert.Equal("at character 1 this '(' has no ')'.", faults[1].Reason);
        Assert.Equal(
            $"p.json: {faults[1].Path}: {faults[1].Reason}",
            Assert.Throws<FormatException>(() => Population.Parse(text, "p.json")).Message);
    }

    [Fact]
    public void States_that_nothing_needs_are_told_of_a_keyed_machine_s_automaton_too()
    {
        var table = EvenTable.Replace("[[0, 1], [1, 0]]", "[[0, 1], [1, 0], [0, 0]]").Replace("[1, 0]}", "[1, 0, 1]}");
        var keyed = $$"""{"form": "keyed", "machine": {{table}}, "key": [0], "rule": "hold", "steps": 3}""";
        var fault = Assert.Single(Population.Check(Text(("X", keyed, "null")), "p.json").Faults);
        Assert.Equal("$.machines[0].machine", fault.Path);
        Assert.StartsWith("State 2 can't be reached.", fault.Reason, StringComparison.Ordinal);
    }
}
