using System.Text.Json.Nodes;
using Mlds.Kernels.Losses;

namespace Mlds.Recipes;

/// <summary>
/// The JSON of a recipe's <c>training</c>, both ways (docs/formats/recipe.md). A population file uses the same keys: there it may be given
/// field by field over a <c>basis</c>, and null takes an optional field away.
/// </summary>
static class SpecJson
{
    internal static JsonObject Write(TrainingSpec spec)
    {
        var json = new JsonObject
        {
            ["loss"] = LossName.Of(spec.Loss),
            ["batch"] = spec.Batch,
            ["learning_rate"] = spec.LearningRate,
        };
        OptimizerJson.Write(spec.Optimizer, json);
        if (spec.InitialScale != 1) json["initial_scale"] = spec.InitialScale;
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
        json.WithKeys([
            .. OptimizerJson.Keys, "loss", "batch", "learning_rate", "initial_scale", "schedule", "clip_norm", "goal_loss", "epoch_limit",
            "milestone_every",
        ]);
        return new TrainingSpec(
            Whole(json, "batch", basis?.Batch),
            Number(json, "learning_rate", basis?.LearningRate),
            OptimizerJson.Read(json, basis?.Optimizer),
            json.Optional("schedule") is { } schedule ? ReadSchedule(schedule) : basis?.Schedule ?? s_constant,
            json.Optional("clip_norm") is { } norm ? (norm.IsNull ? 0 : norm.Number(Limit("clip_norm"))) : basis?.ClipNorm ?? 0,
            Number(json, "goal_loss", basis?.GoalLoss),
            Whole(json, "epoch_limit", basis?.EpochLimit),
            Whole(json, "milestone_every", basis?.MilestoneEvery))
        {
            Loss = json.Field("loss", ReadLoss, basis?.Loss),
            InitialScale = Optional(json, "initial_scale", basis?.InitialScale ?? 1, absent: 1),
        };
    }

    /// <summary>The number <paramref name="key"/> of <c>training</c>.</summary>
    /// <param name="basis">What it is if it isn't given; null if it must be.</param>
    internal static double Number(StrictJson training, string key, double? basis) =>
        training.Field(key, value => value.Number(Limit(key)), basis);

    /// <summary>The optional number <paramref name="key"/> of <c>training</c>.</summary>
    /// <param name="basis">What it is if it isn't given.</param>
    /// <param name="absent">What null makes of it: the same as if neither the field nor a basis were there.</param>
    internal static double Optional(StrictJson training, string key, double basis, double absent) =>
        training.Optional(key) is not { } given ? basis : given.IsNull ? absent : given.Number(Limit(key));

    static int Whole(StrictJson training, string key, int? basis) => training.Field(key, value => value.Integer(Limit(key)), basis);

    static LossKind ReadLoss(StrictJson json) => (LossKind)LossName.All.ToList().IndexOf(json.OneOf([.. LossName.All]));

    static LearningRateSchedule ReadSchedule(StrictJson json)
    {
        if (json.IsNull) return s_constant;
        json.WithKeys("halve_after", "minimum");
        return new LearningRateSchedule(
            json.Required("halve_after").Integer(Limit("schedule.halve_after")),
            json.Required("minimum").Number(Limit("schedule.minimum")));
    }

    static NumberRange Limit(string key) => RecipeLimits.Numbers[$"training.{key}"];

    static readonly LearningRateSchedule s_constant = new(0, 0);
}
