using System.Text.Json.Nodes;
using Mlds.Kernels.Optimizers;

namespace Mlds.Recipes;

/// <summary>
/// The JSON of a recipe's parts, both ways (docs/formats/recipe.md). A population file uses the same keys: there a part may be given
/// field by field over a <c>basis</c>, and null takes an optional field away.
/// </summary>
static class SpecJson
{
    const int MostEpochs = 1_000_000;

    internal static JsonObject Write(TrainingSpec spec)
    {
        var json = new JsonObject
        {
            ["optimizer"] = NameOf(spec.Optimizer),
            ["loss"] = MeanSquaredError,
            ["batch"] = spec.Batch,
            ["learning_rate"] = spec.LearningRate,
        };
        if (spec.Optimizer is AdamSettings adam) (json["beta1"], json["beta2"], json["epsilon"]) = (adam.Beta1, adam.Beta2, adam.Epsilon);
        if (spec.Schedule.HalveAfter > 0)
            json["schedule"] = new JsonObject { ["halve_after"] = spec.Schedule.HalveAfter, ["minimum"] = spec.Schedule.Minimum };
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
            "optimizer", "loss", "batch", "learning_rate", "beta1", "beta2", "epsilon", "schedule", "clip_norm",
            "goal_loss", "epoch_limit", "milestone_every");
        ReadName(json, "optimizer", Adam, mayLack: basis is not null);
        ReadName(json, "loss", MeanSquaredError, mayLack: basis is not null);
        return new TrainingSpec(
            json.Field("batch", value => value.Integer(1, 65_536), basis?.Batch),
            json.Field("learning_rate", Positive, basis?.LearningRate),
            ReadOptimizer(json, basis?.Optimizer),
            json.Optional("schedule") is { } schedule ? ReadSchedule(schedule) : basis?.Schedule ?? s_constant,
            json.Optional("clip_norm") is { } norm ? (norm.IsNull ? 0 : Positive(norm)) : basis?.ClipNorm ?? 0,
            json.Field("goal_loss", Positive, basis?.GoalLoss),
            json.Field("epoch_limit", value => value.Integer(1, MostEpochs), basis?.EpochLimit),
            json.Field("milestone_every", value => value.Integer(1, MostEpochs), basis?.MilestoneEvery));
    }

    static string NameOf(OptimizerSettings settings) =>
        settings is AdamSettings ? Adam : throw new InvalidOperationException($"A recipe has no name for {settings}.");

    static void ReadName(StrictJson json, string key, string only, bool mayLack)
    {
        if (json.Optional(key) is { } given) given.OneOf(only);
        else if (!mayLack) json.Required(key);
    }

    static AdamSettings ReadOptimizer(StrictJson json, OptimizerSettings? basis)
    {
        var adam = basis as AdamSettings;
        return new AdamSettings(
            json.Field("beta1", BelowOne, adam?.Beta1), json.Field("beta2", BelowOne, adam?.Beta2),
            json.Field("epsilon", Positive, adam?.Epsilon));
    }

    static LearningRateSchedule ReadSchedule(StrictJson json)
    {
        if (json.IsNull) return s_constant;
        json.WithKeys("halve_after", "minimum");
        return new LearningRateSchedule(
            json.Required("halve_after").Integer(1, MostEpochs),
            json.Required("minimum").Number(value => value >= 0, "a number of at least 0"));
    }

    static double Positive(StrictJson json) => json.Number(value => value > 0, "a number above 0");

    static double BelowOne(StrictJson json) => json.Number(value => value is >= 0 and < 1, "a number from 0 to below 1");

    const string Adam = "adam";
    const string MeanSquaredError = "mean_squared_error";

    static readonly LearningRateSchedule s_constant = new(0, 0);
}
