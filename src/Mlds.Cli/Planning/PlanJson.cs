using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Generation;
using Mlds.Zoos.Planning;

namespace Mlds.Cli.Planning;

/// <summary>The JSON of a plan (docs/formats/cli-json.md).</summary>
static class PlanJson
{
    public static JsonObject Document(
        Population population, string? zoo, GenerationOptions options, string verdict, PlanReport report) => new()
        {
            ["population"] = population.Name,
            ["population_sha256"] = population.Sha256,
            ["verdict"] = verdict,
            ["refused"] = new JsonArray([.. report.Pilots.Machines.Where(machine => machine.IsRefused)
            .Select(machine => (JsonNode)machine.Name)]),
            ["not_tried"] = new JsonArray([.. report.Pilots.Machines.Where(machine => machine is { IsTried: false, IsRefused: false })
            .Select(machine => (JsonNode)machine.Name)]),
            ["zoo"] = zoo,
            ["networks"] = options.Networks,
            ["shard"] = options.Shard.ToString(),
            ["threads"] = report.Here.Threads,
            ["machines"] = new JsonArray([.. report.Here.Machines.Zip(report.Pilots.Machines, Machine)]),
            ["to_train"] = report.Here.Machines.Sum(machine => machine.ToTrain),
            ["seconds"] = report.Here.IsTimed ? Write(report.Here.Seconds) : null,
            ["tail_seconds"] = report.Here.IsTimed ? Write(report.Here.TailSeconds) : null,
            ["core_seconds"] = report.Here.IsTimed ? Write(report.Here.CoreSeconds) : null,
            ["bytes"] = Write(report.Here.Bytes),
            ["zoo_bytes"] = report.Here.ZooBytes,
            ["release_bytes"] = Write(report.Here.ReleaseBytes),
            ["volunteers"] = new JsonObject
            {
                ["unit_minutes"] = report.Work.UnitSeconds / 60,
                ["unit_epochs"] = report.Work.EpochLimit,
                ["quorum"] = report.Work.Quorum,
                ["units"] = Write(report.OnVolunteers(cost => cost.Units)),
                ["results"] = Write(report.OnVolunteers(cost => cost.Results)),
                ["upload_bytes"] = Write(report.OnVolunteers(cost => cost.UploadBytes)),
                ["core_seconds"] = report.Here.IsTimed ? Write(report.VolunteersCoreSeconds) : null,
            },
        };

    static JsonObject Machine(MachinePlan machine, MachineVerdict verdict) => new()
    {
        ["name"] = machine.Name,
        ["refused"] = verdict.IsRefused,
        ["reason"] = verdict.Reason,
        ["difficulty"] = verdict.Difficulty is { } difficulty ? Write(difficulty) : null,
        ["pilots"] = new JsonArray([.. verdict.Pilots.Select(Write)]),
        ["asked"] = machine.Asked,
        ["in_zoo"] = machine.InZoo,
        ["to_train"] = machine.ToTrain,
        ["epoch_limit"] = machine.EpochLimit,
        ["known"] = machine.Known,
        ["measured"] = machine.Pilots,
        ["longest_unfinished"] = machine.LongestUnfinished,
        ["epochs"] = Write(machine.Epochs),
        ["core_seconds"] = Write(machine.CoreSeconds),
        ["converged"] = Write(machine.Converged),
        ["not_converged"] = Write(machine.NotConverged),
        ["diverged"] = Write(machine.Diverged),
        ["bytes"] = Write(machine.Bytes),
        ["release_bytes"] = Write(machine.ReleaseBytes),
    };

    static JsonObject Write(Difficulty difficulty) => new()
    {
        ["plateau_loss"] = difficulty.PlateauLoss,
        ["step_loss"] = difficulty.StepLoss,
        ["states"] = difficulty.States,
        ["told_by_last"] = new JsonArray([.. difficulty.ToldByLast.Select(share => (JsonNode)share)]),
    };

    static JsonObject Write(Pilot pilot) => new()
    {
        ["seed"] = pilot.Seed,
        ["outcome"] = OutcomeName.Of(pilot.Outcome),
        ["epochs"] = pilot.Epochs,
        ["validation_loss"] = VerbRun.Number(pilot.ValidationLoss),
        ["weights_sha256"] = pilot.WeightsSha256,
        ["core_seconds"] = pilot.By.CoreSeconds,
    };

    static JsonObject Write(Forecast forecast) => new()
    {
        ["expected"] = forecast.Expected,
        ["low"] = forecast.Low,
        ["high"] = forecast.High,
    };
}
