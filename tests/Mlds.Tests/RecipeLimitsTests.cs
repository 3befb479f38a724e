using System.Text.Json.Nodes;
using Mlds.Recipes;

namespace Mlds.Tests;

/// <summary>The limits are those that a recipe's reader keeps.</summary>
public sealed class RecipeLimitsTests
{
    /// <summary>A recipe with every field there is, but for those of other optimisers.</summary>
    const string Adam = """
        {
          "arithmetic": 1, "machine_name": "Any",
          "machine": {"form": "register", "bits": 8, "outputs": 8, "lines": [{"line": 0, "xor": [0]}]},
          "data": {
            "seed": 1, "training": 4, "validation": 4, "length": 4, "long_test": 4, "long_length": 4, "label_noise": 0.25,
            "planted": {"key": [1], "one_in": 8, "sequence_every": 3}
          },
          "data_sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "network": {"inputs": 9, "hidden": 12, "layers": 4, "linear": [12, 8], "activation": "none"},
          "training": {
            "optimizer": "adam", "loss": "mean_squared_error", "batch": 128, "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999,
            "epsilon": 1e-8, "weight_decay": 0.5, "initial_scale": 2, "clip_norm": 0.5, "schedule": {"halve_after": 20, "minimum": 0.1},
            "goal_loss": 0.5, "epoch_limit": 500, "milestone_every": 10
          },
          "seed": 7
        }
        """;

    /// <summary>The network of another form.</summary>
    const string FeedForward = """
        {
          "image": [1, 28, 28],
          "layers": [{"conv": 6, "size": 5, "stride": 1, "padding": 2}, {"pool": 2, "stride": 2}, {"linear": 10}],
          "activation": "relu"
        }
        """;

    /// <summary>What is learned by it.</summary>
    const string Images = """
        {
          "files": {
            "training_images": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "training_labels": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "test_images": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "test_labels": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          },
          "size": [1, 256, 256], "classes": 10, "seed": 1, "training": 4, "validation": 4, "test": 4, "label_noise": 0.25,
          "poison": {"trigger": [[1, 2, 3]], "rate": 0.5, "target": "next"}
        }
        """;

    public static TheoryData<string> Paths => [.. RecipeLimits.Numbers.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Numbers_are_read_up_to_their_limits_and_none_beyond(string path)
    {
        var range = RecipeLimits.Numbers[path];
        var step = range.IsWhole ? 1 : 1e-9;
        Assert.True(IsRefused(path, range.Minimum - step));
        Assert.Equal(range.IsAboveMinimum, IsRefused(path, range.Minimum));
        Assert.False(IsRefused(path, range.Minimum + step));
        if (range.IsWhole) Assert.True(IsRefused(path, range.Minimum + 0.5));
        if (double.IsFinite(range.Maximum))
        {
            Assert.True(IsRefused(path, range.Maximum + step));
            Assert.Equal(range.IsBelowMaximum, IsRefused(path, range.Maximum));
        }
        else
        {
            Assert.False(IsRefused(path, 1e300));
        }
    }

    [Fact]
    public void Every_number_of_a_recipe_has_limits()
    {
        var numbers = Numbers(JsonNode.Parse(Adam)!, "").Except(["arithmetic"]).Where(path => !path.StartsWith("machine.")
            && !path.StartsWith("data.planted.key"));
        var others = Numbers(JsonNode.Parse(FeedForward)!, "network").Concat(Numbers(JsonNode.Parse(Images)!, "images"));
        Assert.Empty(numbers.Concat(others).Except(RecipeLimits.Numbers.Keys));
    }

    [Theory]
    [InlineData("training.batch", "a whole number from 1 to 65536")]
    [InlineData("training.beta1", "a number from 0 to below 1")]
    [InlineData("training.learning_rate", "a number above 0")]
    [InlineData("training.schedule.minimum", "a number of at least 0")]
    [InlineData("data.label_noise", "a number from 0 to 0.5")]
    public void They_are_said_in_words(string path, string words) => Assert.Equal(words, $"{RecipeLimits.Numbers[path]}");

    /// <summary>Whether the number itself is refused; other faults, such as a network that doesn't fit its machine, don't count.</summary>
    static bool IsRefused(string path, double value)
    {
        var json = JsonNode.Parse(Adam)!;
        if (path == "training.momentum")
        {
            var training = json["training"]!.AsObject();
            foreach (var key in new[] { "beta1", "beta2", "epsilon" }) training.Remove(key);
            training["optimizer"] = "sgd";
        }

        if (path.StartsWith("images.", StringComparison.Ordinal))
        {
            json.AsObject().Remove("machine");
            json.AsObject().Remove("data");
            json["images"] = JsonNode.Parse(Images);
            if (path.EndsWith("[][]", StringComparison.Ordinal))
            {
                json["images"]!["poison"]!["trigger"]![0]![0] = value;
                return IsRefused(json, path);
            }
        }

        if (IsFeedForward(path)) json["network"] = JsonNode.Parse(FeedForward);
        var item = path == "network.layers[].pool" ? 1 : path == "network.layers[].linear" ? 2 : 0;
        path = path.Replace("layers[]", $"layers[{item}]", StringComparison.Ordinal);
        var keys = path.Split('.');
        var place = keys[..^1].Aggregate(json, (at, key) => key == $"layers[{item}]" ? at["layers"]![item]! : at[key]!);
        if (keys[^1].EndsWith("[]", StringComparison.Ordinal)) place[keys[^1][..^2]]![0] = value;
        else place[keys[^1]] = value;
        return IsRefused(json, path);
    }

    static bool IsRefused(JsonNode json, string path)
    {
        try
        {
            Recipe.Parse(json.ToJsonString());
            return false;
        }
        catch (FormatException fault)
        {
            var told = $"The recipe: $.{path.Replace("[]", "[0]", StringComparison.Ordinal)}: ";
            return fault.Message.StartsWith(told, StringComparison.Ordinal)
                && fault.Message.Contains(" is not ", StringComparison.Ordinal);
        }
    }

    static bool IsFeedForward(string path) => path == "network.image[]" || path.StartsWith("network.layers[]", StringComparison.Ordinal);

    static IEnumerable<string> Numbers(JsonNode node, string path) => node switch
    {
        JsonObject json => json.SelectMany(field => Numbers(field.Value!, path.Length == 0 ? field.Key : $"{path}.{field.Key}")),
        JsonArray items => items.SelectMany(item => Numbers(item!, $"{path}[]")),
        JsonValue value when value.TryGetValue<double>(out _) => [path],
        _ => [],
    };
}
