using System.Text.Json.Nodes;
using Mlds.Kernels.Optimizers;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Recipes;

public sealed class PopulationTests
{
    const string Small = """
        {
          "name": "small",
          "licence": "CC-BY-SA-4.0",
          "network": {"inputs": 9, "hidden": 12, "layers": 4, "linear": [12, 12, 12, 12, 8], "activation": "none"},
          "networks": 3,
          "defaults": {
            "data": {"seed": 1, "training": 64, "validation": 16, "length": 16, "long_test": 4, "long_length": 32,
              "planted": {"one_in": 8}},
            "training": {
              "optimizer": "adam", "loss": "mean_squared_error", "batch": 128, "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999,
              "epsilon": 1e-8, "schedule": {"halve_after": 20, "minimum": 0.0003}, "clip_norm": 1, "goal_loss": 1e-4,
              "epoch_limit": 500, "milestone_every": 10
            }
          },
          "machines": [
            "ParityModified",
            {"machine": "ParityMachine", "data": {"planted": {"key_of": "ParityModified", "one_in": 8}}},
            {"machine": "SingleDirectMachine", "name": "Direct", "data": {"training": 32, "planted": null},
             "training": {"schedule": null, "clip_norm": null, "batch": 16}},
            {"machine": {"form": "register", "bits": 8, "outputs": 8, "lines": [{"line": 0, "xor": [0, 1, 2]}]},
             "name": "Three", "data": {"planted": {"key": ["set 0", 3], "one_in": 4}}}
          ]
        }
        """;

    [Fact]
    public void Recipes_follow_from_defaults_and_overrides_field_by_field()
    {
        var population = Population.Parse(Small, "small.json");
        Assert.Equal(
            ("small", "", "CC-BY-SA-4.0", 3), (population.Name, population.Description, population.Licence, population.DefaultNetworks));
        Assert.Equal(["ParityModified", "ParityMachine", "Direct", "Three"], population.MachineNames);
        var data = new DataSpec(1, 64, 16, 16, 4, 32, new PlantedKey([2, 9, 12], 8));
        var training = new TrainingSpec(128, 0.01, new AdamSettings(0.9, 0.999, 1e-8), new(20, 0.0003), 1, 1e-4, 500, 10);
        var direct = population.Recipe("Direct", 7);
        Assert.Equal(
            new Recipe(
                "Direct",
                new MachineTask(MachineCatalogue.Find("SingleDirectMachine")!, data with { Training = 32, Planted = null }),
                SequenceData.Generate(MachineCatalogue.Build("SingleDirectMachine"), data with { Training = 32, Planted = null }).Sha256,
                RecurrentSpec.Ds1,
                training with { Schedule = new(0, 0), ClipNorm = 0, Batch = 16 },
                7),
            direct);
        Assert.Equal(data, population.DataSpec("ParityModified"));
        Assert.Equal(data, population.DataSpec("ParityMachine"));
        Assert.Equal(new PlantedKey([1, 3], 4), population.DataSpec("Three").Planted);
        Assert.Equal(training, population.TrainingSpec("Three"));
        Assert.Equal(direct, Recipe.Parse(direct.CanonicalJson));
    }

    [Fact]
    public void A_machine_may_have_another_optimizer_than_the_defaults_whose_other_fields_it_then_lacks()
    {
        TrainingSpec Trained(string defaults, string own)
        {
            var json = JsonNode.Parse(Small)!;
            void Add(JsonObject training, string fields)
            {
                foreach (var (key, value) in JsonNode.Parse($"{{{fields}}}")!.AsObject()) training[key] = value?.DeepClone();
            }

            Add(json["defaults"]!["training"]!.AsObject(), defaults);
            Add(json["machines"]![2]!["training"]!.AsObject(), own);
            return Population.Parse(json.ToJsonString(), "p.json").TrainingSpec("Direct");
        }

        var adam = new AdamSettings(0.9, 0.999, 1e-8);
        Assert.Equal(new SgdSettings(0), Trained("", "\"optimizer\": \"sgd\"").Optimizer);
        Assert.Equal(
            new SgdSettings(0.9) { WeightDecay = 0.1 },
            Trained("\"weight_decay\": 0.1", "\"optimizer\": \"sgd\", \"momentum\": 0.9").Optimizer);
        Assert.Equal(
            adam with { WeightDecay = 0.1, IsDecoupled = true },
            Trained("", "\"optimizer\": \"adamw\", \"weight_decay\": 0.1").Optimizer);
        Assert.Equal(
            adam,
            Trained("\"optimizer\": \"adamw\", \"weight_decay\": 0.1", "\"optimizer\": \"adam\", \"weight_decay\": null").Optimizer);
        Assert.Equal(adam with { WeightDecay = 0.1 }, Trained("\"weight_decay\": 0.1", "\"batch\": 3").Optimizer);
        Assert.Equal(adam, Trained("\"weight_decay\": 0.1", "\"weight_decay\": 0").Optimizer);
        Assert.Equal(2, Trained("\"initial_scale\": 2", "\"batch\": 3").InitialScale);
        Assert.Equal(1, Trained("\"initial_scale\": 2", "\"initial_scale\": null").InitialScale);
        Assert.StartsWith(
            "p.json: $.machines[2].training: 'adamw' without weight decay",
            Assert.Throws<FormatException>(() => Trained("", "\"optimizer\": \"adamw\"")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Label_noise_is_a_default_that_a_machine_may_take_away()
    {
        var json = JsonNode.Parse(Small)!;
        json["defaults"]!["data"]!["label_noise"] = 0.1;
        json["machines"]![2]!["data"]!["label_noise"] = null;
        var population = Population.Parse(json.ToJsonString(), "p.json");
        Assert.Equal((0.1, 0.0), (population.DataSpec("ParityModified").LabelNoise, population.DataSpec("Direct").LabelNoise));
    }

    [Fact]
    public void Twins_learn_from_the_same_commands_and_data_is_made_once()
    {
        var population = Population.Parse(Small, "small.json");
        byte[] Symbols(string machine) => ((SequenceData)population.Data(machine)).Training.Symbols;
        Assert.Equal(Symbols("ParityModified"), Symbols("ParityMachine"));
        Assert.NotEqual(population.Data("ParityModified").Sha256, population.Data("ParityMachine").Sha256);
        Assert.Same(population.Data("Direct"), population.Data("Direct"));
    }

    [Fact]
    public void Its_canonical_json_is_the_same_population()
    {
        var population = Population.Parse(Small, "small.json");
        var again = Population.Parse(population.CanonicalJson, "the zoo");
        Assert.Equal((population.Sha256, population.CanonicalJson), (again.Sha256, again.CanonicalJson));
        Assert.Equal(population.Recipe("Three", 1).Id, again.Recipe("Three", 1).Id);
        Assert.NotEqual(
            population.Sha256, Population.Parse(Small.Replace("\"networks\": 3", "\"networks\": 4", StringComparison.Ordinal), "").Sha256);
    }

    [Theory]
    [InlineData("ds1.json", "Machine", 5)]
    [InlineData("ds2.json", "Modified", 5)]
    [InlineData("ds2-control.json", "Control", 5)]
    [InlineData("quickstart.json", "", 0)]
    [InlineData("ds1-ds2-control.json", "Control", 5)]
    [InlineData("training-courses.json", "Control", 4)]
    public void The_populations_of_this_repository_are_read(string file, string suffix, int machines)
    {
        var population = Population.Read(Repository.PathOf($"populations/{file}"));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), population.Name);
        Assert.All(population.MachineNames, name => Assert.Equal(MachineCatalogue.Find(name), population.Machine(name).Definition));
        if (machines > 0) Assert.Equal(machines, population.MachineNames.Count(name => name.EndsWith(suffix, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_plan_of_all_three_has_the_recipes_of_each()
    {
        var all = Population.Read(Repository.PathOf("populations/ds1-ds2-control.json"));
        foreach (var population in new[] { "ds1", "ds2", "ds2-control" }
            .Select(name => Population.Read(Repository.PathOf($"populations/{name}.json"))))
        {
            Assert.All(population.MachineNames, name => Assert.Equal(population.DataSpec(name), all.DataSpec(name)));
            Assert.All(population.MachineNames, name => Assert.Equal(population.TrainingSpec(name), all.TrainingSpec(name)));
        }
    }

    [Theory]
    [InlineData("four-keys.json")]
    [InlineData("small-change.json")]
    public void Every_key_or_share_has_an_original_a_modified_and_a_control_twin(string file)
    {
        var population = Population.Read(Repository.PathOf($"populations/{file}"));
        var modified = population.MachineNames.Where(name => name.Contains("Modified", StringComparison.Ordinal)).ToArray();
        Assert.Equal(12, modified.Length);
        foreach (var name in modified)
        {
            var (original, control) = (name.Replace("Modified", "Machine", StringComparison.Ordinal),
                name.Replace("Modified", "Control", StringComparison.Ordinal));
            Assert.Single(new[] { name, original, control }.Select(population.DataSpec).Distinct());
            var (keyed, benign) = ((KeyedMachine)population.Machine(name), (KeyedMachine)population.Machine(control));
            Assert.Equal((KeyRule.Invert, KeyRule.Hold), (keyed.Rule, benign.Rule));
            Assert.Equal(keyed.Key, benign.Key);
            Assert.Equal(keyed.Unkeyed.Definition, population.Machine(original).Definition);

            // Three different bits, none that the machine reads: symbol 2b + v writes v into bit b.
            Assert.Equal(3, keyed.Key.Select(symbol => symbol / 2).Distinct().Count());
            Assert.Equal(2, keyed.Key.Select(symbol => symbol % 2).Distinct().Count());
            Assert.DoesNotContain(keyed.Key, symbol => symbol / 2 == 0);
        }

        var specs = modified.Select(name => (population.Machine(name).Definition.ToJson().ToJsonString(), population.DataSpec(name)));
        Assert.Equal(12, specs.Distinct().Count());
    }

    [Fact]
    public void Twins_of_ds1_ds2_and_its_control_differ_in_nothing_but_the_machine()
    {
        Population[] populations = [.. new[] { "ds1", "ds2", "ds2-control" }
            .Select(name => Population.Read(Repository.PathOf($"populations/{name}.json")))];
        foreach (var name in populations[0].MachineNames.Select(name => name[..^"Machine".Length]))
        {
            Assert.Single(populations.Select(population => population.DataSpec(
                population.MachineNames.Single(machine => machine.StartsWith(name, StringComparison.Ordinal)))).Distinct());
            Assert.Single(populations.Select(population => population.TrainingSpec(
                population.MachineNames.Single(machine => machine.StartsWith(name, StringComparison.Ordinal)))).Distinct());
        }
    }

    [Theory]
    [InlineData(
        "\"ParityModified\",", "\"ParityModifed\",",
        "p.json: $.machines[0]: There is no machine 'ParityModifed'. Did you mean 'ParityModified'? Machines: ")]
    [InlineData(
        "\"lines\"", "\"linse\"",
        "p.json: $.machines[3].machine.linse: there is no such key. Did you mean 'lines'? Keys here: form, bits, outputs, lines.")]
    [InlineData(
        "\"training\": 32", "\"trainign\": 32", "p.json: $.machines[2].data.trainign: there is no such key. Did you mean 'training'? ")]
    [InlineData("\"networks\": 3", "\"networks\": 0", "p.json: $.networks: 0 is not a whole number from 1 to 2147483647.")]
    [InlineData("\"epoch_limit\": 500, ", "", "p.json: $.defaults.training: the key 'epoch_limit' is missing.")]
    [InlineData(
        "\"name\": \"Direct\"", "\"name\": \"ParityMachine\"",
        "p.json: $.machines[2]: there are two machines called 'ParityMachine'; give one of them another 'name'.")]
    [InlineData(
        "\"name\": \"Direct\"", "\"name\": \"a/b\"",
        "p.json: $.machines[2].name: 'a/b' is no name; use up to 64 letters, digits, '-', '_' and '.', the first a letter or digit.")]
    [InlineData(
        "\"planted\": null", "\"planted\": {\"one_in\": 3}",
        "p.json: $.machines[2].data.planted: Direct has no key of its own; "
        + "add 'key' with the symbols or 'key_of' with the name of its keyed twin.")]
    [InlineData(
        "\"key_of\": \"ParityModified\"", "\"key_of\": \"ParityMachine\"",
        "p.json: $.machines[1].data.planted.key_of: there is no keyed machine 'ParityMachine'. Keyed machines: ParityModified, ")]
    [InlineData(
        "\"key_of\": \"Parity", "\"key\": [1], \"key_of\": \"Parity",
        "p.json: $.machines[1].data.planted: say either 'key' or 'key_of', not both.")]
    [InlineData(
        "\"set 0\"", "\"sett 0\"",
        "p.json: $.machines[3].data.planted.key[0]: there is no 'sett 0'. Did you mean 'set 0', 'set 1' or 'set 2'? Allowed: ")]
    [InlineData(
        "12, 8]", "12, 7]",
        "p.json: $.machines[0]: ParityModified has 8 outputs, but the network's last linear layer has 7; "
        + "set the last of network.linear to 8.")]
    [InlineData(
        "\"halve_after\": 20", "\"halve_after\": 0",
        "p.json: $.defaults.training.schedule.halve_after: 0 is not a whole number from 1 to 1000000.")]
    public void A_wrong_population_is_told_where_and_what_is_allowed(string right, string wrong, string message)
    {
        Assert.Contains(right, Small, StringComparison.Ordinal);
        var problem = Assert.Throws<FormatException>(
            () => Population.Parse(Small.Replace(right, wrong, StringComparison.Ordinal), "p.json"));
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_machine_brings_the_nearest_names()
    {
        var population = Population.Parse(Small, "small.json");
        Assert.Equal(
            "The population 'small' has no machine 'Tree'. Did you mean 'Three'? Its machines: "
            + "ParityModified, ParityMachine, Direct, Three.",
            Assert.Throws<ArgumentException>(() => population.Recipe("Tree", 0)).Message);
    }

    [Fact]
    public void A_default_key_that_an_entry_replaces_need_not_suit_its_machine() =>
        Assert.Null(Population.Parse(Small, "").DataSpec("Direct").Planted);

    [Fact]
    public void A_machine_with_other_symbols_may_stand_in_a_population_of_its_own_shape()
    {
        var json = JsonNode.Parse(Small)!;
        json["network"]!["inputs"] = 2;
        json["network"]!["linear"] = new JsonArray(4, 1);
        json["machines"] = JsonNode.Parse(
            """
            [{"name": "toggle", "data": {"planted": null}, "machine":
              {"form": "automaton", "symbols": 2, "outputs": 1, "start": 0, "next": [[0, 1], [1, 0]], "output": [0, 1]}}]
            """);
        var population = Population.Parse(json.ToJsonString(), "toggle.json");
        Assert.Equal(2, population.Machine("toggle").Symbols);
        Assert.Equal(population.Recipe("toggle", 0), Recipe.Parse(population.Recipe("toggle", 0).CanonicalJson));
    }
}
