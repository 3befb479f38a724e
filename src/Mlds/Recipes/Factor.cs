using System.Text.Json.Nodes;

namespace Mlds.Recipes;

/// <summary>What the values of a factor are.</summary>
public enum FactorKind
{
    Text,
    Number,
    Boolean,
}

/// <summary>Something besides the seed in which the networks of a population differ by plan, as its file declares it.</summary>
/// <param name="Name">Its name in the population file, and its column in a release.</param>
/// <param name="Description">What it means, in a sentence.</param>
/// <param name="Values">The values that it may have; empty where any value of its kind will do.</param>
public sealed record Factor(string Name, FactorKind Kind, string Description, IReadOnlyList<FactorValue> Values)
{
    /// <summary>The factor that says which machines belong together.</summary>
    public const string Family = "family";

    /// <summary>The factor whose values are those of <see cref="VariantName"/>.</summary>
    public const string Variant = "variant";

    /// <summary>The factor that tells machines of one family and variant apart by the key they were given.</summary>
    public const string Key = "key";

    /// <summary>Names that no factor has, since they are columns of every release.</summary>
    public static IReadOnlyList<string> TakenNames { get; } =
    [
        "row", "recipe_id", "machine", "seed", "subset", "split", "outcome", "epochs", "training_loss", "validation_loss", "long_loss",
        "weights_sha256", "core_seconds", "program_version", "processor", "kernel_set", "history_training_loss",
        "history_validation_loss", "history_learning_rate", "milestone_epoch", "milestone_weights_sha256", "milestone_chain",
    ];

    /// <summary>The kind as population files and manifests say it: text, number or boolean.</summary>
    public string KindName => Kind.ToString().ToLowerInvariant();
}

/// <summary>The value of a factor for one machine.</summary>
public readonly record struct FactorValue
{
    readonly string _text;

    FactorValue(FactorKind kind, string text, double number) => (Kind, _text, Number) = (kind, text, number);

    public FactorKind Kind { get; }

    /// <summary>The number; 1 or 0 of a boolean; NaN of a text.</summary>
    public double Number { get; }

    public static FactorValue Of(string text) => new(FactorKind.Text, text, double.NaN);

    /// <param name="number">Finite.</param>
    public static FactorValue Of(double number) => new(FactorKind.Number, Canonical.Number(number), number);

    public static FactorValue Of(bool value) => new(FactorKind.Boolean, value ? "true" : "false", value ? 1 : 0);

    /// <summary>In order, each once: numbers by size, texts by their letters.</summary>
    public static IReadOnlyList<FactorValue> Distinct(IEnumerable<FactorValue> values) =>
        [.. values.Distinct().OrderBy(value => value.Number).ThenBy(value => value.ToString(), StringComparer.Ordinal)];

    /// <summary>"8, 12, 16"; of many how many there are, and their ends: "40 from 0.001 to 0.05".</summary>
    /// <param name="values">At least one.</param>
    public static string Listed(IEnumerable<FactorValue> values)
    {
        const int Few = 12;
        var all = Distinct(values);
        return all.Count <= Few ? string.Join(", ", all) : $"{all.Count} from {all[0]} to {all[^1]}";
    }

    /// <summary>The text; or the number or boolean as JSON has it.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>The value as population files have it.</summary>
    public JsonValue ToJson() => Kind switch
    {
        FactorKind.Number => JsonValue.Create(Number),
        FactorKind.Boolean => JsonValue.Create(Number != 0),
        _ => JsonValue.Create(ToString()),
    };

    /// <summary>Equal by kind and text: NaN is what a text has for a number.</summary>
    public bool Equals(FactorValue other) => Kind == other.Kind && ToString() == other.ToString();

    public override int GetHashCode() => HashCode.Combine(Kind, ToString());
}
