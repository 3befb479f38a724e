using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Zoos.Generation;

namespace Mlds.Cli.Training;

/// <summary>The JSON of a plan (docs/formats/cli-json.md).</summary>
static class PlanJson
{
    public static JsonObject Document(Population population, string? zoo, GenerationOptions options, GenerationPlan plan) => new()
    {
        ["population"] = population.Name,
        ["population_sha256"] = population.Sha256,
        ["zoo"] = zoo,
        ["networks"] = options.Networks,
        ["shard"] = options.Shard.ToString(),
        ["threads"] = plan.Threads,
        ["machines"] = new JsonArray([.. plan.Machines.Select(Machine)]),
        ["to_train"] = plan.Machines.Sum(machine => machine.ToTrain),
        ["seconds"] = Forecast(plan.Seconds),
        ["tail_seconds"] = Forecast(plan.TailSeconds),
        ["core_seconds"] = Forecast(plan.CoreSeconds),
        ["bytes"] = Forecast(plan.Bytes),
        ["zoo_bytes"] = plan.ZooBytes,
        ["measured_seconds"] = plan.MeasuredSeconds,
    };

    static JsonObject Machine(MachinePlan machine) => new()
    {
        ["name"] = machine.Name,
        ["asked"] = machine.Asked,
        ["in_zoo"] = machine.InZoo,
        ["to_train"] = machine.ToTrain,
        ["epoch_limit"] = machine.EpochLimit,
        ["known"] = machine.Known,
        ["measured"] = machine.Measured,
        ["longest_unfinished"] = machine.LongestUnfinished,
        ["epochs"] = Forecast(machine.Epochs),
        ["core_seconds"] = Forecast(machine.CoreSeconds),
        ["converged"] = Forecast(machine.Converged),
        ["not_converged"] = Forecast(machine.NotConverged),
        ["diverged"] = Forecast(machine.Diverged),
        ["bytes"] = Forecast(machine.Bytes),
    };

    static JsonObject Forecast(Forecast forecast) => new()
    {
        ["expected"] = forecast.Expected,
        ["low"] = forecast.Low,
        ["high"] = forecast.High,
    };
}
