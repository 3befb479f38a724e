using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Tasks;
using Mlds.Tasks.Machines;

namespace Mlds.Recipes;

/// <summary>
/// The JSON of a recipe's parts, both ways (docs/formats/recipe.md). A population file uses the same keys: there a part may be given
/// field by field over a <c>basis</c>, and null takes an optional field away.
/// </summary>
static class SpecJson
{
    const int MostSequences = 1 << 24;
    const int MostEpochs = 1_000_000;

    internal static JsonObject Write(NetworkSpec spec) => new()
    {
        ["inputs"] = spec.Inputs,
        ["hidden"] = spec.Hidden,
        ["layers"] = spec.Layers,
        ["linear"] = Numbers(spec.Linear),
        ["activation"] = s_activations[(int)spec.Activation],
    };

    internal static NetworkSpec ReadNetwork(StrictJson json)
    {
        json.WithKeys("inputs", "hidden", "layers", "linear", "activation");
        return new NetworkSpec(
            json.Required("inputs").Integer(1, 32),
            json.Required("hidden").Integer(1, 256),
            json.Required("layers").Integer(1, 16),
            [.. json.Required("linear").Items(1, 16).Select(width => width.Integer(1, 256))],
            (Activation)Array.IndexOf(s_activations, json.Required("activation").OneOf(s_activations)));
    }

    /// <summary>Throws unless <paramref name="network"/> has the inputs and outputs of <paramref name="machine"/>.</summary>
    internal static void CheckFit(StrictJson json, string name, IMachine machine, NetworkSpec network)
    {
        if (network.Inputs != machine.Inputs) throw json.Error($"{name} has {machine.Inputs} inputs, but the network takes {network.Inputs}; set network.inputs to {machine.Inputs}");
        if (network.Outputs != machine.Outputs) throw json.Error($"{name} has {machine.Outputs} outputs, but the network's last linear layer has {network.Outputs}; set the last of network.linear to {machine.Outputs}");
    }

    internal static JsonObject Write(DataSpec spec)
    {
        var json = new JsonObject
        {
            ["seed"] = spec.Seed,
            ["training"] = spec.Training,
            ["validation"] = spec.Validation,
            ["length"] = spec.Length,
            ["long_test"] = spec.LongTest,
            ["long_length"] = spec.LongLength,
        };
        if (spec.Planted is { } planted) json["planted"] = Write(planted);
        return json;
    }

    static JsonObject Write(PlantedKey planted)
    {
        var json = new JsonObject { ["key"] = Numbers(planted.Key), ["one_in"] = planted.OneIn };
        if (planted.SequenceEvery > 1) json["sequence_every"] = planted.SequenceEvery;
        return json;
    }

    /// <param name="basis">What fields not given keep; null if all must be given.</param>
    /// <param name="planted">Reads <c>planted</c>.</param>
    internal static DataSpec ReadData(StrictJson json, DataSpec? basis, Func<StrictJson, PlantedKey> planted)
    {
        json.WithKeys("seed", "training", "validation", "length", "long_test", "long_length", "planted");
        return new DataSpec(
            Field(json, "seed", value => value.Seed(), basis?.Seed),
            Field(json, "training", value => value.Integer(1, MostSequences), basis?.Training),
            Field(json, "validation", value => value.Integer(1, MostSequences), basis?.Validation),
            Field(json, "length", value => value.Integer(1, 65_536), basis?.Length),
            Field(json, "long_test", value => value.Integer(1, MostSequences), basis?.LongTest),
            Field(json, "long_length", value => value.Integer(1, 65_536), basis?.LongLength),
            json.Optional("planted") is { } given ? (given.IsNull ? null : planted(given)) : basis?.Planted);
    }

    /// <summary>Throws where a count and a length are allowed alone, but not their product.</summary>
    internal static void CheckSize(StrictJson json, DataSpec data)
    {
        Check("training", data.Training, "length", data.Length);
        Check("validation", data.Validation, "length", data.Length);
        Check("long_test", data.LongTest, "long_length", data.LongLength);

        void Check(string count, int sequences, string length, int commands)
        {
            if ((long)sequences * commands <= TrainingData.MostSteps) return;
            throw json.Error(string.Create(
                CultureInfo.InvariantCulture,
                $"{count} × {length} is {sequences:N0} × {commands:N0} = {(long)sequences * commands:N0} commands; a set of sequences holds at most {TrainingData.MostSteps:N0}, so make either smaller"));
        }
    }

    /// <summary><c>{"key": […], "one_in": n, "sequence_every": m}</c> for a machine with these symbols; the last is optional.</summary>
    internal static PlantedKey ReadPlanted(StrictJson json, IMachine machine)
    {
        json.WithKeys("key", "one_in", "sequence_every");
        return new PlantedKey(KeyedDefinition.ReadWord(json.Required("key"), machine, KeyedMachine.MostKey), ReadOneIn(json), ReadSequenceEvery(json));
    }

    internal static int ReadOneIn(StrictJson planted) => planted.Required("one_in").Integer(1, MostSequences);

    /// <summary>Absent means 1, which isn't written: a recipe without the field keeps its id.</summary>
    internal static int ReadSequenceEvery(StrictJson planted) => planted.Optional("sequence_every")?.Integer(2, MostSequences) ?? 1;

    internal static JsonObject Write(TrainingSpec spec)
    {
        var json = new JsonObject
        {
            ["optimizer"] = Adam,
            ["loss"] = MeanSquaredError,
            ["batch"] = spec.Batch,
            ["learning_rate"] = spec.LearningRate,
            ["beta1"] = spec.Beta1,
            ["beta2"] = spec.Beta2,
            ["epsilon"] = spec.Epsilon,
        };
        if (spec.Schedule.HalveAfter > 0) json["schedule"] = new JsonObject { ["halve_after"] = spec.Schedule.HalveAfter, ["minimum"] = spec.Schedule.Minimum };
        if (spec.ClipNorm > 0) json["clip_norm"] = spec.ClipNorm;
        json["goal_loss"] = spec.GoalLoss;
        json["epoch_limit"] = spec.EpochLimit;
        json["milestone_every"] = spec.MilestoneEvery;
        return json;
    }

    /// <param name="basis">What fields not given keep; null if all must be given.</param>
    internal static TrainingSpec ReadTraining(StrictJson json, TrainingSpec? basis)
    {
        json.WithKeys(
            "optimizer", "loss", "batch", "learning_rate", "beta1", "beta2", "epsilon", "schedule", "clip_norm", "goal_loss", "epoch_limit", "milestone_every");
        Field(json, "optimizer", value => value.OneOf(Adam), basis is null ? null : Adam);
        Field(json, "loss", value => value.OneOf(MeanSquaredError), basis is null ? null : MeanSquaredError);
        return new TrainingSpec(
            Field(json, "batch", value => value.Integer(1, 65_536), basis?.Batch),
            Field(json, "learning_rate", Positive, basis?.LearningRate),
            Field(json, "beta1", BelowOne, basis?.Beta1),
            Field(json, "beta2", BelowOne, basis?.Beta2),
            Field(json, "epsilon", Positive, basis?.Epsilon),
            json.Optional("schedule") is { } schedule ? ReadSchedule(schedule) : basis?.Schedule ?? s_constant,
            json.Optional("clip_norm") is { } norm ? (norm.IsNull ? 0 : Positive(norm)) : basis?.ClipNorm ?? 0,
            Field(json, "goal_loss", Positive, basis?.GoalLoss),
            Field(json, "epoch_limit", value => value.Integer(1, MostEpochs), basis?.EpochLimit),
            Field(json, "milestone_every", value => value.Integer(1, MostEpochs), basis?.MilestoneEvery));
    }

    static LearningRateSchedule ReadSchedule(StrictJson json)
    {
        if (json.IsNull) return s_constant;
        json.WithKeys("halve_after", "minimum");
        return new LearningRateSchedule(
            json.Required("halve_after").Integer(1, MostEpochs),
            json.Required("minimum").Number(value => value >= 0, "a number of at least 0"));
    }

    static T Field<T>(StrictJson json, string key, Func<StrictJson, T> read, T? basis)
        where T : struct => json.Optional(key) is { } given ? read(given) : basis ?? read(json.Required(key));

    static void Field(StrictJson json, string key, Func<StrictJson, string> read, string? basis)
    {
        if (json.Optional(key) is { } given) read(given);
        else if (basis is null) json.Required(key);
    }

    static double Positive(StrictJson json) => json.Number(value => value > 0, "a number above 0");

    static double BelowOne(StrictJson json) => json.Number(value => value is >= 0 and < 1, "a number from 0 to below 1");

    static JsonArray Numbers(IEnumerable<int> numbers) => new([.. numbers.Select(number => (JsonNode)number)]);

    const string Adam = "adam";
    const string MeanSquaredError = "mean_squared_error";

    static readonly string[] s_activations = ["none", "relu", "tanh"];
    static readonly LearningRateSchedule s_constant = new(0, 0);
}
