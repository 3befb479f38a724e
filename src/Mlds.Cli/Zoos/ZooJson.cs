using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Cli.Zoos;

/// <summary>The JSON of a zoo and of a network (docs/formats/cli-json.md).</summary>
static class ZooJson
{
    public static JsonObject Status(Zoo zoo, ZooStatus status)
    {
        var costs = zoo.CostOfConverged();
        return new JsonObject
        {
            ["zoo"] = zoo.Folder,
            ["population"] = zoo.Population.Name,
            ["population_sha256"] = zoo.Population.Sha256,
            ["networks"] = status.Networks,
            ["bytes"] = status.Bytes,
            ["bytes_per_network"] = status.BytesPerNetwork is { } each ? VerbRun.Number(each) : null,
            ["machines"] = new JsonArray([.. status.Machines.Select(machine => WithFactors(zoo, zoo.Factors.Of(machine.Name), new JsonObject
            {
                ["name"] = machine.Name,
                ["converged"] = machine.Converged,
                ["not_converged"] = machine.NotConverged,
                ["diverged"] = machine.Diverged,
                ["begun"] = machine.InProgress,
                ["epochs"] = machine.Epochs,
                ["core_seconds"] = VerbRun.Number(machine.CoreSeconds),
                ["of_converged"] = costs.TryGetValue(machine.Name, out var cost) ? Cost(cost) : null,
            }))]),
            ["asked_for"] = Asked(AskedNetworks.Of(zoo)),
            ["weights_digest"] = zoo.WeightsDigest(),
        };
    }

    /// <summary>Null where the zoo doesn't say.</summary>
    public static JsonObject? Asked(AskedNetworks? asked) => asked is null
        ? null
        : new JsonObject
        {
            ["parts"] = new JsonArray([.. asked.Parts
                .Select(part => new JsonObject { ["shard"] = $"{part.Shard}", ["networks"] = part.Networks })]),
            ["networks"] = asked.Asked,
            ["missing"] = asked.Missing,
            ["parts_missing"] = new JsonArray([.. asked.PartsElsewhere.Select(shard => (JsonNode)$"{shard}")]),
        };

    /// <summary>Adds <c>factors</c> where the population declares them: by name, the values of one machine or network.</summary>
    static JsonObject WithFactors(Zoo zoo, MachineFactors its, JsonObject json)
    {
        if (!zoo.Factors.AreDeclared) return json;
        var factors = new JsonObject();
        foreach (var (name, value) in its.Values) factors[name] = value.ToJson();
        json["factors"] = factors;
        return json;
    }

    static JsonObject Cost(ConvergedCost cost) => new()
    {
        ["epochs_median"] = cost.EpochsMedian,
        ["epochs_p90"] = cost.EpochsP90,
        ["core_seconds_median"] = VerbRun.Number(cost.CoreSecondsMedian),
        ["core_seconds_p90"] = VerbRun.Number(cost.CoreSecondsP90),
    };

    /// <summary>The keys that <c>train</c> promises, for a network stored or just trained.</summary>
    public static JsonObject Summary(
        string recipeId, string machine, uint seed, Outcome outcome, int epochs, float validationLoss,
        float longLoss, string weightsSha256) => new()
        {
            ["recipe_id"] = recipeId,
            ["machine"] = machine,
            ["seed"] = seed,
            ["outcome"] = OutcomeName.Of(outcome),
            ["epochs"] = epochs,
            ["validation_loss"] = VerbRun.Number(validationLoss),
            ["long_loss"] = VerbRun.Number(longLoss),
            ["weights_sha256"] = weightsSha256,
        };

    /// <summary>What was measured besides losses, by name.</summary>
    public static JsonObject Measures(Measures measures) =>
        new([.. measures.Values.Select(value => KeyValuePair.Create(value.Key, VerbRun.Number(value.Value)))]);

    public static JsonObject Provenance(Provenance from) => new()
    {
        ["program_version"] = from.ProgramVersion,
        ["processor"] = from.Processor,
        ["kernel_set"] = from.KernelSet,
        ["host"] = from.Host,
        ["core_seconds"] = VerbRun.Number(from.CoreSeconds),
    };

    public static JsonObject Network(Zoo zoo, StoredNetwork network)
    {
        var document = Summary(
            network.RecipeId, network.Machine, network.Seed, network.Outcome, network.Epochs, network.ValidationLoss,
            network.LongLoss, network.WeightsSha256);
        var history = zoo.History(network);
        var (weights, stored) = zoo.WeightsSize(network);
        document["weights_bytes"] = weights;
        document["stored_bytes"] = stored;
        WithFactors(zoo, zoo.Factors.Of(network.Machine, network.Seed), document);
        if (network.Measures.Values.Count > 0) document["measures"] = Measures(network.Measures);
        document["recipe"] = JsonNode.Parse(zoo.RecipeJson(network));
        document["provenance"] = Provenance(network.Provenance);
        document["history"] = new JsonObject
        {
            ["training_loss"] = new JsonArray([.. history.Select(epoch => VerbRun.Number(epoch.TrainingLoss))]),
            ["validation_loss"] = new JsonArray([.. history.Select(epoch => VerbRun.Number(epoch.ValidationLoss))]),
            ["learning_rate"] = new JsonArray([.. history.Select(epoch => VerbRun.Number(epoch.LearningRate))]),
        };
        document["milestones"] = new JsonArray([.. zoo.Milestones(network).Select(milestone => new JsonObject
        {
            ["epoch"] = milestone.Epoch,
            ["validation_loss"] = VerbRun.Number(milestone.ValidationLoss),
            ["weights_sha256"] = milestone.WeightsSha256,
            ["chain"] = milestone.Chain,
        })]);
        document["kept_epochs"] = new JsonArray([.. zoo.KeptEpochs(network).Select(epoch => (JsonNode)epoch)]);
        return document;
    }
}
