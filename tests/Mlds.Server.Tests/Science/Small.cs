using System.Text.Json.Nodes;
using Mlds.Recipes;

namespace Mlds.Server.Tests.Science;

/// <summary>
/// A population of two machines whose networks train in milliseconds, some converged and some not, with runs of unequal length.
/// </summary>
static class Small
{
    static readonly TinyPopulation s_small = new()
    {
        Name = "small",
        Description = "",
        Hidden = 5,
        Linear = [6, 8],
        Networks = 4,
        Data = (96, 24, 6, 4, 20),
        Batch = 16,
        LearningRate = 0.02,
        Beta2 = 0.99,
        GoalLoss = 0.003,
        EpochLimit = 40,
        MilestoneEvery = 5,
    };

    internal static Population Population { get; } = Population.Parse(s_small.Json, "small.json");

    /// <summary>As many machines, each the exclusive or of other bits of its register.</summary>
    internal static Population OfMachines(int count)
    {
        static string Machine(int number)
        {
            var bits = string.Join(", ", Enumerable.Range(0, 8).Where(bit => ((number + 1) >> bit & 1) != 0));
            return $$$"""
                {
                  "name": "M{{{number}}}",
                  "machine": {"form": "register", "bits": 8, "outputs": 8, "lines": [{"line": 0, "xor": [{{{bits}}}]}]}
                }
                """;
        }

        var machines = $"[{string.Join(", ", Enumerable.Range(0, count).Select(Machine))}]";
        return Population.Parse((s_small with { Machines = machines }).Json, "many.json");
    }

    /// <summary>Three random automata for LSTMs whose weights decay, at rates that differ from network to network.</summary>
    internal static Population RandomAutomata
    {
        get
        {
            static string Machine(int number) => $$$"""
                {"name": "A{{{number}}}", "machine": {"form": "random", "states": 4, "symbols": 3, "outputs": 2, "seed": {{{number}}}}}
                """;
            var machines = $"[{string.Join(", ", Enumerable.Range(0, 3).Select(Machine))}]";
            var vary = """{"draw": {"seed": 1, "fields": {"training.weight_decay": {"log_uniform": [0.0001, 0.01]}}}}""";
            var json = JsonNode.Parse((s_small with { Name = "random", Vary = vary, Machines = machines }).Json)!;
            (json["network"]!["cell"], json["network"]!["inputs"]) = ("lstm", 3);
            json["network"]!["linear"] = new JsonArray(6, 2);
            return Population.Parse(json.ToJsonString(), "random.json");
        }
    }

    /// <summary>Images of one's own, clean, poisoned and control; the files are written below <paramref name="folder"/>.</summary>
    /// <param name="training">Images that train.</param>
    internal static Population Images(string folder, int training = 96)
    {
        var files = IdxFiles.Write(Path.Combine(folder, "images"), training + 32, 40);
        var path = Path.Combine(folder, "images.json");
        File.WriteAllText(path, new OwnImages { Files = files, Training = training }.Json());
        return Population.Read(path);
    }

    /// <summary>The same machines for networks that differ in rate, width and number of sequences.</summary>
    internal static Population Varied { get; } = Population.Parse(
        (s_small with
        {
            Vary = """
                {
                  "grid": {"network.hidden": [4, 5], "data.training": [48, 96]},
                  "draw": {"seed": 1, "fields": {"training.learning_rate": {"log_uniform": [0.01, 0.03]}}}
                }
                """,
        }).Json,
        "varied.json");

    /// <summary>The same machines and sequences for networks of another cell.</summary>
    internal static Population Of(string cell)
    {
        var json = JsonNode.Parse(s_small.Json)!;
        json["network"]!["cell"] = cell;
        return Population.Parse(json.ToJsonString(), "small.json");
    }

    /// <summary>
    /// The same, the second machine by SGD without memory, from wider initial weights and wrong answers, the first by AdamW.
    /// </summary>
    internal static Population OfOtherDescents()
    {
        var json = JsonNode.Parse(s_small.Json)!;
        json["defaults"]!["training"]!["optimizer"] = "adamw";
        json["defaults"]!["training"]!["weight_decay"] = 0.05;
        json["machines"]![1]!["training"] =
            JsonNode.Parse("{\"optimizer\": \"sgd\", \"learning_rate\": 0.5, \"weight_decay\": 1e-4, \"initial_scale\": 1.5}");
        json["machines"]![1]!["data"] = JsonNode.Parse("{\"label_noise\": 0.05}");
        return Population.Parse(json.ToJsonString(), "small.json");
    }
}
