using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Tests.Tasks.Machines;

namespace Mlds.Tests.Recipes;

public sealed class RecipeTests
{
    static readonly DataSpec s_data = new(1, 16_384, 2_048, 16, 512, 256, null);

    static readonly OptimizerSettings[] s_optimizers =
    [
        new AdamSettings(0.9, 0.999, 1e-8),
        new AdamSettings(0.9, 0.999, 1e-8) { WeightDecay = 0.01 },
        new AdamSettings(0.9, 0.999, 1e-8) { WeightDecay = 0.01, IsDecoupled = true },
        new SgdSettings(0),
        new SgdSettings(0) { WeightDecay = 0.01 },
        new SgdSettings(0.9),
        new SgdSettings(0.9) { WeightDecay = 0.01 },
    ];

    static readonly Gen<Recipe> s_recipes = MachineGen.Any.SelectMany(definition =>
    {
        var machine = definition.Build();
        var planted = Gen.Select(
            Gen.Int[0, machine.Symbols - 1].Array[1, 4], Gen.Int[1, 64], Gen.Int[1, 3],
            (key, oneIn, every) => new PlantedKey(key, oneIn, every));
        return Gen.Select(Gen.UInt, Gen.UInt, planted, Gen.Int[0, 31], Gen.Double[1e-6, 1], Gen.Int[1, 500], Gen.Enum<Activation>())
            .Select((seed, dataSeed, key, which, rate, number, activation) =>
                new Recipe(
                    "Any.machine-1",
                    new MachineTask(
                        definition,
                        new DataSpec(dataSeed, number, number + 1, 16, 512, 256, (which & 1) == 0 ? null : key)
                        {
                            LabelNoise = (which & 8) == 0 ? 0 : rate / 2,
                        }),
                    new string('a', 64),
                    new RecurrentSpec(machine.Inputs, 12, 4, [12, machine.Outputs], activation),
                    new TrainingSpec(
                        128, rate, s_optimizers[number % s_optimizers.Length], (which & 2) == 0 ? new(0, 0) : new(20, rate / 8),
                        (which & 4) == 0 ? 0 : rate, 1e-4, number, 10)
                    {
                        InitialScale = (which & 16) == 0 ? 1 : rate,
                    },
                    seed));
    });

    [Fact]
    public void A_recipe_is_read_back_as_it_was_written() =>
        s_recipes.Sample(recipe =>
        {
            var read = Recipe.Parse(recipe.CanonicalJson);
            Assert.Equal(Parts(recipe), Parts(read));
            Assert.Equal(recipe, read);
            Assert.Equal(recipe.Id, Recipe.Parse(recipe.ToJson().ToString()).Id);
        });

    [Fact]
    public void The_id_is_the_hash_of_the_canonical_json_and_any_change_changes_it()
    {
        var recipe = Ds1();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(recipe.CanonicalJson))), recipe.Id);
        Recipe[] others =
        [
            recipe with { Seed = 1 },
            recipe with { MachineName = "Other" },
            recipe with { DataSha256 = new string('0', 64) },
            With(data => data with { Planted = new PlantedKey([1], 2) }),
            With(data => data with { Planted = new PlantedKey([1], 2, 10) }),
            recipe with { Training = recipe.Training with { ClipNorm = 1 } },
            recipe with { Training = recipe.Training with { Schedule = new(20, 0) } },
            recipe with { Training = recipe.Training with { InitialScale = 2 } },
            With(data => data with { LabelNoise = 0.1 }),
            .. s_optimizers.Skip(1).Select(optimizer => recipe with { Training = recipe.Training with { Optimizer = optimizer } }),
            recipe with { Network = RecurrentSpec.Ds1 with { Activation = Activation.Tanh } },
            recipe with { Task = new MachineTask(MachineCatalogue.Find("ParityControl")!, s_data) },
        ];
        Assert.Equal(others.Length + 1, others.Append(recipe).Select(other => other.Id).Distinct().Count());
    }

    [Fact]
    public void The_example_of_the_format_s_page_has_the_id_the_page_states()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/formats/recipe.md"));
        var json = page.Split("```json\n")[1].Split("```")[0];
        var id = page.Split("recipe id is `")[1].Split('`')[0];
        Assert.Equal(id, Recipe.Parse(json).Id);
        var recipe = Recipe.Parse(json);
        Assert.Equal(recipe.DataSha256, recipe.Task.Generate().Sha256);
    }

    [Theory]
    [InlineData("seed", null, "The recipe: $: the key 'seed' is missing.")]
    [InlineData(
        "arithmetic", "2", "The recipe: $.arithmetic: the recipe needs arithmetic v2; this program trains with v1, so use a newer one.")]
    [InlineData("seed", "4294967296", "The recipe: $.seed: 4294967296 is not a whole number from 0 to 4294967295.")]
    [InlineData("seed", "1.5", "The recipe: $.seed: 1.5 is not a whole number from 0 to 4294967295.")]
    [InlineData(
        "sead", "1",
        "The recipe: $.sead: there is no such key. Did you mean 'seed'? Keys here: "
        + "arithmetic, machine_name, machine, data, sequences, images, data_sha256, network, training, seed.")]
    [InlineData("data_sha256", "\"AB\"", "The recipe: $.data_sha256: should be a SHA-256 of 64 lower-case hex digits.")]
    [InlineData("training.beta1", "1", "The recipe: $.training.beta1: 1 is not a number from 0 to below 1.")]
    [InlineData("training.learning_rate", "0", "The recipe: $.training.learning_rate: 0 is not a number above 0.")]
    [InlineData(
        "training.loss", "\"huber\"", "The recipe: $.training.loss: there is no 'huber'. Allowed: mean_squared_error, cross_entropy.")]
    [InlineData(
        "training.optimizer", "\"adagrad\"",
        "The recipe: $.training.optimizer: there is no 'adagrad'. Allowed: adam, adamw, sgd.")]
    [InlineData(
        "training.optimizer", "\"sgd\"",
        "The recipe: $.training.beta1: 'sgd' has no beta1, which is a field of adam and adamw; leave it out, or change 'optimizer'.")]
    [InlineData(
        "training.momentum", "0.9",
        "The recipe: $.training.momentum: 'adam' has no momentum, which is a field of sgd; leave it out, or change 'optimizer'.")]
    [InlineData(
        "training.optimizer", "\"adamw\"",
        "The recipe: $.training: 'adamw' without weight decay is 'adam': give a 'weight_decay' above 0, or change 'optimizer'.")]
    [InlineData("training.weight_decay", "-0.1", "The recipe: $.training.weight_decay: -0.1 is not a number from 0 to 100.")]
    [InlineData("training.initial_scale", "0", "The recipe: $.training.initial_scale: 0 is not a number from 0.0001 to 100.")]
    [InlineData("data.label_noise", "0.6", "The recipe: $.data.label_noise: 0.6 is not a number from 0 to 0.5.")]
    [InlineData("training.optimizer", null, "The recipe: $.training: the key 'optimizer' is missing.")]
    [InlineData("training.batch", "\"128\"", "The recipe: $.training.batch: should be a whole number, but is the text \"128\".")]
    [InlineData(
        "network.inputs", "8", "The recipe: $.network: the machine has 9 inputs, but the network takes 8; set network.inputs to 9.")]
    [InlineData(
        "network.linear", "[12]",
        "The recipe: $.network: the machine has 8 outputs, but the network's last linear layer has 12; "
        + "set the last of network.linear to 8.")]
    [InlineData(
        "data.planted", "{\"key\": [1], \"one_in\": 8, \"sequence_every\": 1}",
        "The recipe: $.data.planted.sequence_every: 1 is not a whole number from 2 to 16777216.")]
    [InlineData(
        "data.planted", "{\"key\": [16], \"one_in\": 8}", "The recipe: $.data.planted.key[0]: 16 is not a whole number from 0 to 15.")]
    public void A_wrong_recipe_is_told_where_and_what_is_allowed(string path, string? value, string message)
    {
        var json = Ds1().ToJson();
        var keys = path.Split('.');
        var place = keys.Length == 1 ? json : json[keys[0]]!.AsObject();
        if (value is null) place.Remove(keys[^1]);
        else place[keys[^1]] = JsonNode.Parse(value);
        Assert.Equal(message, Assert.Throws<FormatException>(() => Recipe.Parse(json.ToJsonString())).Message);
    }

    [Theory]
    [InlineData("training", "clip_norm", "null")]
    [InlineData("training", "weight_decay", "null")]
    [InlineData("training", "weight_decay", "0")]
    [InlineData("training", "initial_scale", "1")]
    [InlineData("data", "label_noise", "0")]
    public void There_is_but_one_way_to_write_a_recipe(string part, string key, string absent)
    {
        var json = Ds1().ToJson();
        json[part]![key] = JsonNode.Parse(absent);
        Assert.Contains("one way", Assert.Throws<FormatException>(() => Recipe.Parse(json.ToJsonString())).Message);
    }

    [Fact]
    public void What_an_optimizer_has_not_is_not_written()
    {
        string[] Keys(OptimizerSettings optimizer) =>
        [
            .. (Ds1() with { Training = Ds1().Training with { Optimizer = optimizer } }).ToJson()["training"]!.AsObject()
                .Select(field => field.Key).Intersect(["beta1", "beta2", "epsilon", "momentum", "weight_decay"]).Order(),
        ];
        string[] adam = ["beta1", "beta2", "epsilon"];
        Assert.Equal(
            [adam, [.. adam, "weight_decay"], [.. adam, "weight_decay"], [], ["weight_decay"], ["momentum"], ["momentum", "weight_decay"]],
            s_optimizers.Select(Keys));
    }

    [Fact]
    public void Its_level_is_the_highest_of_its_parts()
    {
        var recipe = Ds1();
        var lstm = RecurrentSpec.Ds1 with { Cell = RecurrentCells.Lstm };
        Assert.Equal(WorkerLevel.First, recipe.WorkerLevel);
        Assert.Equal(2, (recipe with { Network = lstm }).WorkerLevel);
        Assert.All(
            s_optimizers.Skip(1),
            optimizer => Assert.Equal(3, (recipe with { Training = recipe.Training with { Optimizer = optimizer } }).WorkerLevel));
        Assert.Equal(3, (recipe with { Network = lstm, Training = recipe.Training with { InitialScale = 0.5 } }).WorkerLevel);
        Assert.Equal(3, With(data => data with { LabelNoise = 0.1 }).WorkerLevel);
    }

    [Fact]
    public void A_recipe_whose_every_sequence_has_the_key_says_nothing_of_it()
    {
        var recipe = With(data => data with { Planted = new PlantedKey([1, 2], 8) });
        Assert.DoesNotContain("sequence_every", recipe.CanonicalJson);
        Assert.Equal("{\"key\":[1,2],\"one_in\":8}", recipe.ToJson()["data"]!["planted"]!.ToJsonString());
    }

    [Fact]
    public void Text_that_is_no_json_is_told_its_line()
    {
        Assert.StartsWith(
            "The recipe isn't valid JSON in line 2, byte ", Assert.Throws<FormatException>(() => Recipe.Parse("{\n\"seed\": }")).Message);
        Assert.Contains("seed", Assert.Throws<FormatException>(() => Recipe.Parse("{\"seed\": 1, \"seed\": 2}")).Message);
        Assert.Contains("should be a recipe", Assert.Throws<FormatException>(() => Recipe.Parse("[]")).Message);
    }

    static object Parts(Recipe recipe) =>
        (recipe.MachineName, recipe.Task, recipe.DataSha256, recipe.Network, recipe.Training, recipe.Seed);

    static Recipe With(Func<DataSpec, DataSpec> change) =>
        Ds1() with { Task = new MachineTask(MachineCatalogue.Find("ParityMachine")!, change(s_data)) };

    static Recipe Ds1() => new(
        "ParityMachine",
        new MachineTask(MachineCatalogue.Find("ParityMachine")!, s_data),
        new string('f', 64),
        RecurrentSpec.Ds1,
        new TrainingSpec(128, 0.01, new AdamSettings(0.9, 0.999, 1e-8), new(0, 0), 0, 1e-4, 500, 10),
        0);
}
