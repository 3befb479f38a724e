using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Recipes;

public sealed class PopulationCheckTests
{
    const string Sound = """
        {
          "name": "sound",
          "licence": "CC-BY-SA-4.0",
          "network": {"inputs": 9, "hidden": 4, "layers": 1, "linear": [8], "activation": "none"},
          "networks": 3,
          "defaults": {
            "data": {"seed": 1, "training": 512, "validation": 64, "length": 8, "long_test": 8, "long_length": 32},
            "training": {
              "optimizer": "adam", "loss": "mean_squared_error", "batch": 32, "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999,
              "epsilon": 1e-8, "goal_loss": 0.02, "epoch_limit": 60,
              "milestone_every": 10
            }
          },
          "machines": [
            "SingleDirectMachine",
            {"machine": "ParityMachine", "data": {"planted": {"key_of": "ParityModified", "one_in": 16}}},
            {
              "name": "Three",
              "machine": {
                "form": "register", "bits": 8, "outputs": 8,
                "lines": [{"line": 0, "xor": [0, 1, 2]}]
              }
            }
          ]
        }
        """;

    [Fact]
    public void A_sound_file_has_no_faults_and_is_the_population_that_is_read()
    {
        var (population, faults) = Population.Check(Sound, "p.json");
        Assert.Empty(faults);
        Assert.Equal(Population.Parse(Sound, "p.json").Sha256, population!.Sha256);
    }

    [Fact]
    public void An_automaton_with_an_unreachable_state_and_two_equal_ones_is_told_with_the_states_and_still_read()
    {
        var text = Sound.Replace(
            "\"form\": \"register\", \"bits\": 8, \"outputs\": 8,",
            "\"form\": \"automaton\", \"symbols\": 9, \"outputs\": 8, \"start\": 0, \"output\": [1, 2, 2, 3],");
        string[] rows = ["[1,2,0,0,0,0,0,0,0]", "[0,1,1,1,1,1,1,1,1]", "[0,2,2,2,2,2,2,2,2]", "[3,3,3,3,3,3,3,3,0]"];
        text = text.Replace("\"lines\": [{\"line\": 0, \"xor\": [0, 1, 2]}]", $"\"next\": [{string.Join(", ", rows)}]");

        var (population, faults) = Population.Check(text, "p.json");

        Assert.Null(population);
        var fault = Assert.Single(faults);
        Assert.Equal(("$.machines[2].machine", 19), (fault.Path, fault.Line));
        Assert.StartsWith("State 3 can't be reached; states 1 and 2 answer every word alike.", fault.Reason, StringComparison.Ordinal);
        Assert.Equal(4, ((Automaton)Population.Parse(text, "p.json").Machine("Three")).States);
    }

    [Fact]
    public void Fields_of_another_optimizer_and_numbers_out_of_range_are_told_with_the_others()
    {
        var text = Sound
            .Replace("\"length\": 8,", "\"length\": 8, \"label_noise\": 0.7,")
            .Replace("\"goal_loss\": 0.02,", "\"goal_loss\": 0.02, \"weight_decay\": -1, \"initial_scale\": 0,")
            .Replace("\"name\": \"Three\",", "\"name\": \"Three\", \"training\": {\"optimizer\": \"sgd\", \"beta1\": 0.5},")
            .Replace("\"SingleDirectMachine\"", "{\"machine\": \"SingleDirectMachine\", \"training\": {\"optimizer\": \"adamm\"}}");
        var (population, faults) = Population.Check(text, "p.json");
        Assert.Null(population);
        Assert.Equal(
            [
                "$.defaults.data.label_noise", "$.defaults.training.initial_scale", "$.defaults.training.weight_decay",
                "$.machines[0].training.optimizer", "$.machines[2].training.beta1",
            ],
            faults.Select(fault => fault.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_faults_are_told_with_path_line_and_nearest_names()
    {
        var text = Sound
            .Replace("\"hidden\": 4", "\"hidden\": 4, \"cell\": \"gruu\", \"colour\": 1")
            .Replace("\"batch\": 32", "\"batch\": 0")
            .Replace("\"milestone_every\": 10", "\"milestone_evry\": 10")
            .Replace("\"SingleDirectMachine\"", "\"SingleDirektMachine\"")
            .Replace("\"ParityModified\"", "\"ParityModifed\"")
            .Replace("\"bits\": 8", "\"bits\": \"eight\"");
        var (population, faults) = Population.Check(text, "p.json");
        Assert.Null(population);
        Assert.Equal(
            [
                "$.defaults.training", "$.defaults.training.batch", "$.defaults.training.milestone_evry", "$.machines[0]",
                "$.machines[1].data.planted.key_of", "$.machines[2].machine.bits", "$.network.cell", "$.network.colour",
            ],
            faults.Select(fault => fault.Path).Order(StringComparer.Ordinal));
        Assert.Equal(faults.OrderBy(fault => fault.Line), faults);
        var lines = text.Split('\n');
        Says("$.network.cell", "gruu", "Did you mean 'gru'?");
        Says("$.network.colour", "colour", "there is no such key");
        Says("$.defaults.training.batch", "\"batch\": 0", "0 is not a whole number from 1 to 65536");
        Says("$.defaults.training.milestone_evry", "milestone_evry", "Did you mean 'milestone_every'?");
        Says("$.defaults.training", "\"training\": {", "the key 'milestone_every' is missing");
        Says("$.machines[0]", "SingleDirektMachine", "'SingleDirectMachine'");
        Says("$.machines[1].data.planted.key_of", "ParityModifed", "'ParityModified'");
        Says("$.machines[2].machine.bits", "eight", "should be a whole number");

        void Says(string path, string line, string reason)
        {
            var fault = Assert.Single(faults, fault => fault.Path == path);
            Assert.Contains(line, lines[fault.Line - 1]);
            Assert.Contains(reason, fault.Reason);
        }
    }

    [Theory]
    [InlineData("\"name\": \"sound\"", "\"name\": \"a name\"", "$.name")]
    [InlineData("\"hidden\": 4", "\"hidden\": 4000", "$.network.hidden")]
    [InlineData("\"linear\": [8]", "\"linear\": []", "$.network.linear")]
    [InlineData("\"linear\": [8]", "\"linear\": 8", "$.network.linear")]
    [InlineData("\"networks\": 3", "\"networks\": true", "$.networks")]
    [InlineData("\"training\": 512", "\"training\": \"many\"", "$.defaults.data.training")]
    [InlineData("\"form\": \"register\"", "\"form\": \"registers\"", "$.machines[2].machine.form")]
    [InlineData("\"xor\": [0, 1, 2]", "\"xor\": [0, 1, 9]", "$.machines[2].machine")]
    [InlineData("\"xor\": [0, 1, 2]", "\"xor\": 3", "$.machines[2].machine.lines[0].xor")]
    [InlineData("\"one_in\": 16", "\"one_in\": 0", "$.machines[1].data.planted.one_in")]
    [InlineData("\"name\": \"Three\"", "\"name\": \"ParityMachine\"", "$.machines[2]")]
    public void A_fault_brings_no_others_with_it(string old, string broken, string path)
    {
        var text = Sound.Replace(old, broken);
        Assert.NotEqual(Sound, text);
        var fault = Assert.Single(Population.Check(text, "p.json").Faults);
        Assert.Equal(path, fault.Path);

        // Whoever reads the file to use it is told the same.
        var thrown = Assert.Throws<FormatException>(() => Population.Parse(text, "p.json"));
        Assert.Equal($"p.json: {fault.Path}: {fault.Reason}", thrown.Message);
    }

    [Theory]
    [InlineData("network")]
    [InlineData("defaults")]
    [InlineData("machines")]
    public void A_part_that_is_missing_is_told_and_nothing_that_follows_from_it(string part)
    {
        var faults = Population.Check(Sound.Replace($"\"{part}\": ", $"\"{part}_\": "), "p.json").Faults;
        Assert.Equal(["$", $"$.{part}_"], faults.Select(fault => fault.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_does_not_fit_the_network_is_told_of_every_machine()
    {
        var faults = Population.Check(Sound.Replace("\"inputs\": 9", "\"inputs\": 8"), "p.json").Faults;
        Assert.Equal(["$.machines[0]", "$.machines[1]", "$.machines[2]"], faults.Select(fault => fault.Path));
        Assert.All(faults, fault => Assert.Contains("set network.inputs to 9", fault.Reason));
    }

    [Fact]
    public void A_key_of_a_machine_that_cannot_be_read_is_no_fault_of_its_own()
    {
        var text = Sound
            .Replace("\"key_of\": \"ParityModified\"", "\"key_of\": \"Three\"")
            .Replace("\"form\": \"register\"", "\"form\": \"registers\"");
        Assert.Equal("$.machines[2].machine.form", Assert.Single(Population.Check(text, "p.json").Faults).Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\": 1,\n\"a\": 2}")]
    [InlineData("{\n\"a\": 1,\n}")]
    public void What_is_no_JSON_has_one_fault(string text)
    {
        var fault = Assert.Single(Population.Check(text, "p.json").Faults);
        Assert.Contains("valid JSON", fault.Reason);
        Assert.InRange(fault.Line, 1, 3);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    public void What_is_no_object_has_one_fault(string text) =>
        Assert.Equal(("$", 1), Assert.Single(Population.Check(text, "p.json").Faults) is var fault ? (fault.Path, fault.Line) : default);

    [Fact]
    public void Whatever_is_broken_of_a_file_the_check_ends_and_agrees_with_reading()
    {
        var random = new Random(5);
        for (var i = 0; i < 400; i++)
        {
            var at = random.Next(Sound.Length);
            var text = random.Next(3) switch
            {
                0 => Sound.Remove(at, Math.Min(random.Next(1, 8), Sound.Length - at)),
                1 => Sound.Insert(at, "0"),
                _ => Sound.Replace(Sound.Substring(at, Math.Min(3, Sound.Length - at)), "null"),
            };
            var (population, faults) = Population.Check(text, "p.json");
            Assert.Equal(population is null, faults.Count > 0);
            if (population is null) Assert.Throws<FormatException>(() => Population.Parse(text, "p.json"));
            else Assert.Equal(Population.Parse(text, "p.json").Sha256, population.Sha256);
        }
    }
}
