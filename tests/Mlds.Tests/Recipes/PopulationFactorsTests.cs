using System.Text.Json.Nodes;
using Mlds.Recipes;

namespace Mlds.Tests.Recipes;

public sealed class PopulationFactorsTests
{
    const string Declared = """
        {
          "name": "declared",
          "licence": "CC-BY-SA-4.0",
          "network": {"inputs": 9, "hidden": 3, "layers": 1, "linear": [8], "activation": "none"},
          "networks": 3,
          "defaults": {
            "data": {"seed": 1, "training": 64, "validation": 16, "length": 16, "long_test": 4, "long_length": 32},
            "training": {
              "optimizer": "adam", "loss": "mean_squared_error", "batch": 128, "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999,
              "epsilon": 1e-8, "goal_loss": 1e-4, "epoch_limit": 500, "milestone_every": 10
            }
          },
          "factors": {
            "variant": {},
            "family": {"description": "Which line is read."},
            "key": {"default": ""},
            "rate": {"kind": "number", "description": "Learning rate.", "values": [0.01, 0.001], "default": 1e-2},
            "noisy": {"kind": "boolean", "description": "Whether commands are garbled."}
          },
          "machines": [
            {"machine": "ParityMachine", "name": "foo1", "factors": {"family": "A", "variant": "original", "noisy": false}},
            {
              "machine": "ParityModified", "name": "ControlMachineB",
              "factors": {"family": "A", "variant": "modified", "key": "k1", "rate": 0.001, "noisy": true}
            }
          ]
        }
        """;

    [Theory]
    [InlineData("EightBitMachine", "EightBit", Variant.Original, "")]
    [InlineData("EightBitModified", "EightBit", Variant.Modified, "")]
    [InlineData("SimpleXORControl", "SimpleXOR", Variant.Control, "")]
    [InlineData("ParityModifiedB", "Parity", Variant.Modified, "B")]
    [InlineData("ParityMachineB", "Parity", Variant.Original, "B")]
    [InlineData("SingleDirectControlIn100", "SingleDirect", Variant.Control, "In100")]
    [InlineData("Automaton17", "Automaton17", Variant.Original, "")]
    [InlineData("Machine", "Machine", Variant.Original, "")]
    public void Where_no_factors_are_declared_the_name_says_family_variant_and_key(string name, string family, Variant variant, string key)
    {
        var factors = PopulationFactors.OfNames.Of(name);
        Assert.Equal((family, variant, key), (factors.Family, factors.Variant, factors.Key));
        Assert.Empty(factors.Values);
    }

    [Fact]
    public void Declared_factors_are_what_the_file_says_and_not_what_names_say()
    {
        var population = Population.Parse(Declared, "declared.json");
        Assert.Equal(["family", "key", "noisy", "rate", "variant"], population.Factors.Select(factor => factor.Name));
        Assert.Equal(
            [FactorKind.Text, FactorKind.Text, FactorKind.Boolean, FactorKind.Number, FactorKind.Text],
            population.Factors.Select(factor => factor.Kind));
        Assert.Equal(("Which line is read.", "Learning rate."), (population.Factors[0].Description, population.Factors[3].Description));
        Assert.Equal(VariantName.All, population.Factors[4].Values.Select(value => $"{value}"));

        var (foo, changed) = (population.FactorsOf("foo1"), population.FactorsOf("ControlMachineB"));
        Assert.Equal(("A", Variant.Original, ""), (foo.Family, foo.Variant, foo.Key));
        Assert.Equal(("A", Variant.Modified, "k1"), (changed.Family, changed.Variant, changed.Key));
        Assert.Equal((0.01, "0.01", "false"), (foo["rate"].Number, $"{foo["rate"]}", $"{foo["noisy"]}"));
        Assert.Equal(["A", "k1", "true", "0.001", "modified"], changed.Values.Select(value => $"{value.Value}"));
    }

    [Fact]
    public void A_file_and_the_canonical_json_that_a_zoo_keeps_of_it_say_the_same()
    {
        var population = Population.Parse(Declared, "declared.json");
        var kept = PopulationFactors.Parse(population.CanonicalJson, "the zoo");
        Assert.True(kept.AreDeclared);
        Assert.Equal(
            population.Factors.Select(factor => (factor.Name, factor.Description)),
            kept.Declared.Select(factor => (factor.Name, factor.Description)));
        Assert.All(population.MachineNames, name => Assert.Equal(population.FactorsOf(name).Values, kept.Of(name).Values));
        Assert.StartsWith(
            "The population has no machine 'foo'. Did you mean 'foo1'? Its machines: foo1, ControlMachineB.",
            Assert.Throws<ArgumentException>(() => kept.Of("foo")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Factors_describe_a_network_and_do_not_determine_it()
    {
        var json = JsonNode.Parse(Declared)!.AsObject();
        json.Remove("factors");
        foreach (var machine in json["machines"]!.AsArray()) machine!.AsObject().Remove("factors");
        var plain = Population.Parse(json.ToJsonString(), "plain.json");
        var population = Population.Parse(Declared, "declared.json");
        Assert.Empty(plain.Factors);
        Assert.Equal(("", Variant.Control), (plain.FactorsOf("foo1").Key, PopulationFactors.OfNames.Of("AControl").Variant));
        Assert.NotEqual(plain.Sha256, population.Sha256);
        Assert.All(population.MachineNames, name => Assert.Equal(plain.Recipe(name, 1).Id, population.Recipe(name, 1).Id));
    }

    /// <summary>A machine about which the factors say nothing is an original of its own, even if its name suggests otherwise.</summary>
    [Fact]
    public void Factors_that_are_not_declared_make_every_machine_an_original_of_its_own()
    {
        var json = JsonNode.Parse(Declared)!;
        json["factors"] = new JsonObject();
        foreach (var machine in json["machines"]!.AsArray()) machine!.AsObject().Remove("factors");
        var factors = Population.Parse(json.ToJsonString(), "none.json").FactorsOf("ControlMachineB");
        Assert.Equal(("ControlMachineB", Variant.Original, ""), (factors.Family, factors.Variant, factors.Key));
    }

    [Theory]
    [InlineData("\"family\": \"A\", \"variant\": \"original\"", "\"famly\": \"A\", \"variant\": \"original\"",
        "p.json: $.machines[0].factors.famly: there is no such key. Did you mean 'family'? Keys here: family, key, noisy, rate, variant.")]
    [InlineData("\"family\": \"A\", \"variant\": \"original\"", "\"variant\": \"original\"",
        "p.json: $.machines[0].factors: the factor 'family' has no value; give one in 'factors' of this machine, or a 'default' ")]
    [InlineData("\"foo1\", \"factors\": {\"family\": \"A\", \"variant\": \"original\", \"noisy\": false}}", "\"foo1\"}",
        "p.json: $.machines[0]: the factor 'family' has no value; ")]
    [InlineData("\"original\"", "\"orignal\"",
        "p.json: $.machines[0].factors.variant: the factor 'variant' has no value 'orignal'. Did you mean 'original'? Allowed: ")]
    [InlineData("\"family\": \"A\", \"variant\": \"original\"", "\"family\": \"\", \"variant\": \"original\"",
        "p.json: $.machines[0].factors.family: should name the family, but is empty.")]
    [InlineData("\"rate\": 0.001, \"noisy\"", "\"rate\": 0.002, \"noisy\"",
        "p.json: $.machines[1].factors.rate: the factor 'rate' has no value '0.002'. Did you mean '0.001' or '0.01'? Allowed: 0.01, ")]
    [InlineData("\"noisy\": true", "\"noisy\": \"yes\"",
        "p.json: $.machines[1].factors.noisy: should be true or false, but is the text \"yes\".")]
    [InlineData("\"k1\"", "\"=k1\"", "p.json: $.machines[1].factors.key: begins with '=', which spreadsheets take for a formula; ")]
    [InlineData("\"k1\"", "\" k1\"",
        "p.json: $.machines[1].factors.key: should be a text of at most 128 characters in one line, without blanks at its ends.")]
    [InlineData("\"variant\": {}", "\"variant\": {\"kind\": \"number\"}",
        "p.json: $.factors.variant.kind: there is no 'number'. Allowed: text.")]
    [InlineData("\"variant\": {}", "\"variant\": {\"values\": [\"poisoned\"]}",
        "p.json: $.factors.variant.values[0]: the factor 'variant' has no value 'poisoned'. Allowed: original, ")]
    [InlineData("\"noisy\": {", "\"seed\": {",
        "p.json: $.factors.seed: 'seed' is already a column of every release; give the factor another name.")]
    [InlineData("\"noisy\": {", "\"Noisy\": {",
        "p.json: $.factors.Noisy: 'Noisy' is no name of a factor; use up to 64 small letters, digits and '_', the first a letter.")]
    [InlineData(", \"description\": \"Whether commands are garbled.\"", "", "p.json: $.factors.noisy: the key 'description' is missing.")]
    [InlineData("\"Whether commands are garbled.\"", "\"\"",
        "p.json: $.factors.noisy.description: should say in one line of at most 500 characters what the factor means.")]
    [InlineData("\"kind\": \"boolean\"", "\"kind\": \"bool\"",
        "p.json: $.factors.noisy.kind: there is no 'bool'. Did you mean 'boolean'? Allowed: text, number, boolean.")]
    [InlineData("\"default\": 1e-2", "\"default\": 0.5", "p.json: $.factors.rate.default: the factor 'rate' has no value '0.5'. ")]
    public void A_wrong_factor_is_told_where_and_what_is_allowed(string right, string wrong, string message)
    {
        Assert.Contains(right, Declared, StringComparison.Ordinal);
        var text = Declared.Replace(right, wrong, StringComparison.Ordinal);
        var problem = Assert.Throws<FormatException>(() => Population.Parse(text, "p.json"));
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_without_a_declaration_are_refused()
    {
        var json = JsonNode.Parse(Declared)!.AsObject();
        json.Remove("factors");
        Assert.Equal(
            "p.json: $.machines[0].factors: the population declares no factors; declare them in 'factors' at its top.",
            Assert.Throws<FormatException>(() => Population.Parse(json.ToJsonString(), "p.json")).Message);
    }
}
