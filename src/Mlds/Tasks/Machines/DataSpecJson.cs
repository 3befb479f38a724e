using System.Globalization;
using System.Text.Json.Nodes;

namespace Mlds.Tasks.Machines;

/// <summary>
/// The JSON of a <see cref="DataSpec"/>, both ways (docs/formats/recipe.md). A population file uses the same keys: there it may be given
/// field by field over a <c>basis</c>, and null takes an optional field away.
/// </summary>
static class DataSpecJson
{
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
        if (spec.LabelNoise > 0) json["label_noise"] = spec.LabelNoise;
        return json;
    }

    static JsonObject Write(PlantedKey planted)
    {
        var json = new JsonObject { ["key"] = MachineDefinition.Numbers(planted.Key), ["one_in"] = planted.OneIn };
        if (planted.SequenceEvery > 1) json["sequence_every"] = planted.SequenceEvery;
        return json;
    }

    /// <param name="basis">What fields not given keep; null if all must be given.</param>
    /// <param name="planted">Reads <c>planted</c>.</param>
    internal static DataSpec ReadData(StrictJson json, DataSpec? basis, Func<StrictJson, PlantedKey> planted)
    {
        json.WithKeys("seed", "training", "validation", "length", "long_test", "long_length", "planted", "label_noise");
        return new DataSpec(
            json.Field("seed", value => value.Seed(), basis?.Seed),
            Whole("training", basis?.Training),
            Whole("validation", basis?.Validation),
            Whole("length", basis?.Length),
            Whole("long_test", basis?.LongTest),
            Whole("long_length", basis?.LongLength),
            json.Optional("planted") is { } given ? (given.IsNull ? null : planted(given)) : basis?.Planted)
        {
            LabelNoise = json.Optional("label_noise") is not { } noise ? basis?.LabelNoise ?? 0
                : noise.IsNull ? 0 : noise.Number(Limit("label_noise")),
        };

        int Whole(string key, int? basis) => json.Field(key, value => value.Integer(Limit(key)), basis);
    }

    /// <summary>Throws where a count and a length are allowed alone, but not their product.</summary>
    internal static void CheckSize(StrictJson json, DataSpec data)
    {
        Check("training", data.Training, "length", data.Length);
        Check("validation", data.Validation, "length", data.Length);
        Check("long_test", data.LongTest, "long_length", data.LongLength);

        void Check(string count, int sequences, string length, int commands)
        {
            if ((long)sequences * commands <= SequenceData.MostSteps) return;
            throw json.Error(string.Create(
                CultureInfo.InvariantCulture,
                $"{count} × {length} is {sequences:N0} × {commands:N0} = {(long)sequences * commands:N0} commands; "
                + $"a set of sequences holds at most {SequenceData.MostSteps:N0}, so make either smaller"));
        }
    }

    /// <summary><c>{"key": […], "one_in": n, "sequence_every": m}</c> for a machine with these symbols; the last is optional.</summary>
    internal static PlantedKey ReadPlanted(StrictJson json, IMachine machine)
    {
        json.WithKeys("key", "one_in", "sequence_every");
        return new PlantedKey(
            KeyedDefinition.ReadWord(json.Required("key"), machine, KeyedMachine.MostKey), ReadOneIn(json), ReadSequenceEvery(json));
    }

    internal static int ReadOneIn(StrictJson planted) => planted.Required("one_in").Integer(Limit("planted.one_in"));

    /// <summary>Absent means 1, which isn't written: a recipe without the field keeps its id.</summary>
    internal static int ReadSequenceEvery(StrictJson planted) =>
        planted.Optional("sequence_every")?.Integer(Limit("planted.sequence_every")) ?? 1;

    static NumberRange Limit(string key) => RecipeLimits.Numbers[$"data.{key}"];
}
