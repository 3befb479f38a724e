using System.Text.Json.Nodes;
using Mlds.Kernels.Optimizers;

namespace Mlds.Recipes;

/// <summary>The JSON of an optimiser's constants, both ways: fields of <c>training</c> (docs/formats/recipe.md).</summary>
static class OptimizerJson
{
    const string Adam = "adam";
    const string AdamW = "adamw";
    const string Sgd = "sgd";

    static readonly string[] s_names = [Adam, AdamW, Sgd];

    /// <summary>The fields that not every optimiser has, and which have them.</summary>
    static readonly (string Key, string[] Optimizers)[] s_fields =
    [
        ("beta1", [Adam, AdamW]), ("beta2", [Adam, AdamW]), ("epsilon", [Adam, AdamW]), ("momentum", [Sgd]),
    ];

    /// <summary>All keys of <c>training</c> that are read here.</summary>
    internal static IReadOnlyList<string> Keys { get; } = ["optimizer", .. s_fields.Select(field => field.Key), "weight_decay"];

    internal static void Write(OptimizerSettings settings, JsonObject training)
    {
        training["optimizer"] = settings.Name;
        if (settings is AdamSettings adam)
            (training["beta1"], training["beta2"], training["epsilon"]) = (adam.Beta1, adam.Beta2, adam.Epsilon);
        if (settings is SgdSettings { Momentum: > 0 } sgd) training["momentum"] = sgd.Momentum;
        if (settings.WeightDecay > 0) training["weight_decay"] = settings.WeightDecay;
    }

    /// <summary>What the fields say; those of another optimiser are refused.</summary>
    /// <param name="basis">
    /// What fields not given keep, those that the optimiser has too; null if all must be given but the optional ones.
    /// </param>
    internal static OptimizerSettings Read(StrictJson training, OptimizerSettings? basis)
    {
        var name = Name(training, basis);
        foreach (var (key, optimizers) in s_fields.Where(field => !field.Optimizers.Contains(name)))
        {
            if (training.Optional(key) is not { } misplaced) continue;
            throw misplaced.Error(
                $"'{name}' has no {key}, which is a field of {string.Join(" and ", optimizers)}; leave it out, or change 'optimizer'");
        }

        var decay = SpecJson.Optional(training, "weight_decay", basis?.WeightDecay ?? 0, absent: 0);
        if (name == Sgd)
        {
            var momentum = SpecJson.Optional(training, "momentum", (basis as SgdSettings)?.Momentum ?? 0, absent: 0);
            return new SgdSettings(momentum) { WeightDecay = decay };
        }

        if (name == AdamW && decay == 0)
        {
            throw (training.Optional("weight_decay") ?? training).Error(
                "'adamw' without weight decay is 'adam': give a 'weight_decay' above 0, or change 'optimizer'");
        }

        var adam = basis as AdamSettings;
        return new AdamSettings(
            SpecJson.Number(training, "beta1", adam?.Beta1), SpecJson.Number(training, "beta2", adam?.Beta2),
            SpecJson.Number(training, "epsilon", adam?.Epsilon))
        {
            WeightDecay = decay,
            IsDecoupled = name == AdamW,
        };
    }

    static string Name(StrictJson training, OptimizerSettings? basis)
    {
        if (training.Optional("optimizer") is { } given) return given.OneOf(s_names);
        if (basis is null) training.Required("optimizer");
        return basis?.Name ?? Adam;
    }
}
