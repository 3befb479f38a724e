using System.Text.Json.Nodes;

namespace Mlds.Recipes;

/// <summary>A field of a recipe that a population may vary from network to network, and the factor that it becomes.</summary>
/// <param name="Part">The part of the recipe that has it: network, data or training.</param>
/// <param name="Key">Its key there.</param>
/// <param name="Factor">The factor: its name is a column of every release.</param>
/// <param name="Absent">The value that recipes say by leaving the field out; null where they never do.</param>
sealed record VariedField(string Part, string Key, Factor Factor, double? Absent)
{
    internal const string Network = "network";
    internal const string Data = "data";
    internal const string Training = "training";

    /// <summary>All fields that can be varied. What an image, a machine or a key is can't: those are machines of their own.</summary>
    static readonly VariedField[] s_all =
    [
        Text(Network, "cell", "What a recurrent layer is made of."),
        Number(Network, "hidden", "Units of every recurrent layer."),
        Number(Network, "layers", "Recurrent layers."),
        Text(Network, "activation", "What stands between the linear layers."),
        Number(Data, "seed", "The seed of its training data.", name: "data_seed"),
        Number(Data, "training", "Sequences that it was trained on.", name: "training_sequences"),
        Number(Data, "length", "Commands of a sequence that it was trained on."),
        Number(Data, "label_noise", "The share of output bits that are wrong in the sequences it was trained on.", absent: 0),
        Number(Training, "batch", "Sequences per step."),
        Number(Training, "learning_rate", "The learning rate at the start."),
        Number(Training, "beta1", "Adam's β₁."),
        Number(Training, "beta2", "Adam's β₂."),
        Number(Training, "epsilon", "Adam's ε."),
        Number(Training, "momentum", "The momentum of its descent.", absent: 0),
        Number(Training, "weight_decay", "The weight decay λ; 0 for none.", absent: 0),
        Number(Training, "clip_norm", "The largest norm of a gradient; 0 for no limit.", absent: 0),
        Number(Training, "initial_scale", "What its initial weights were multiplied by.", absent: 1),
        Number(Training, "goal_loss", "The validation loss at which its training ends."),
        Number(Training, "epoch_limit", "The most epochs of its training."),
    ];

    /// <summary>Whether only whole numbers are allowed, so that values are listed rather than drawn from a range.</summary>
    internal bool IsWhole => RecipeLimits.Numbers.TryGetValue(Path, out var range) && range.IsWhole;

    /// <summary>As population files name it: <c>training.learning_rate</c>.</summary>
    internal string Path => $"{Part}.{Key}";

    /// <summary>The paths of all fields that can be varied.</summary>
    internal static IReadOnlyList<string> Paths { get; } = [.. s_all.Select(field => field.Path)];

    /// <summary>The field that <paramref name="path"/> names.</summary>
    /// <param name="json">Where it is named.</param>
    /// <exception cref="FormatException">There is none; the message has the nearest ones.</exception>
    internal static VariedField Find(string path, StrictJson json) =>
        Array.Find(s_all, field => field.Path == path) ?? throw json.Error(
            $"'{path}' is no field that can be varied. {NearestName.DidYouMean(path, Paths)}Fields: {string.Join(", ", Paths)}");

    /// <summary>A value of the field in a population file: of the factor's kind. Whether the field allows it, its reader says.</summary>
    internal FactorValue Read(StrictJson json) => Factor.Kind == FactorKind.Number
        ? FactorValue.Of(json.Number(_ => true, "a number"))
        : FactorValue.Of(json.Text());

    /// <summary>The part with nothing but this field, as a recipe would have it; null in it takes an optional field away.</summary>
    internal string With(FactorValue value)
    {
        JsonNode? node = value.Kind == FactorKind.Number && value.Number == Absent ? null : value.ToJson();
        return new JsonObject { [Key] = node }.ToJsonString();
    }

    static VariedField Number(string part, string key, string meaning, string? name = null, double? absent = null) =>
        new(part, key, new Factor(name ?? key, FactorKind.Number, meaning, []), absent);

    static VariedField Text(string part, string key, string meaning) =>
        new(part, key, new Factor(key, FactorKind.Text, meaning, []), null);
}
