using System.Globalization;

namespace Mlds;

/// <summary>The numbers that a field may have.</summary>
/// <param name="Minimum">The least, or the bound that isn't reached.</param>
/// <param name="Maximum">The greatest, or the bound that isn't reached; infinity for none.</param>
public sealed record NumberRange(double Minimum, double Maximum = double.PositiveInfinity)
{
    /// <summary>Whether <see cref="Minimum"/> itself isn't allowed.</summary>
    public bool IsAboveMinimum { get; init; }

    /// <summary>Whether <see cref="Maximum"/> itself isn't allowed.</summary>
    public bool IsBelowMaximum { get; init; }

    /// <summary>Whether only whole numbers are allowed.</summary>
    public bool IsWhole { get; init; }

    public bool Contains(double number) =>
        (IsAboveMinimum ? number > Minimum : number >= Minimum)
        && (IsBelowMaximum ? number < Maximum : number <= Maximum)
        && double.IsFinite(number) && (!IsWhole || double.IsInteger(number));

    /// <summary>In words: "a number from 0 to below 1".</summary>
    public override string ToString()
    {
        var what = IsWhole ? "a whole number" : "a number";
        var above = IsAboveMinimum ? "above" : "of at least";
        if (double.IsPositiveInfinity(Maximum)) return string.Create(CultureInfo.InvariantCulture, $"{what} {above} {Minimum}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what} from {(IsAboveMinimum ? "above " : "")}{Minimum} to {(IsBelowMaximum ? "below " : "")}{Maximum}");
    }
}

/// <summary>The numbers that the fields of a recipe and of a population file may have: what readers and pages go by.</summary>
public static class RecipeLimits
{
    /// <summary>
    /// By path: <c>training.batch</c>; <c>network.linear[]</c> for the items of an array. Of an optional field whose absence means a
    /// number (docs/formats/recipe.md), that number is among them: a population file may say it, a recipe leaves the field out.
    /// </summary>
    public static IReadOnlyDictionary<string, NumberRange> Numbers { get; } = new Dictionary<string, NumberRange>
    {
        ["seed"] = Seed,
        ["data.seed"] = Seed,
        ["data.training"] = Sequences,
        ["data.validation"] = Sequences,
        ["data.length"] = Whole(1, 65_536),
        ["data.long_test"] = Sequences,
        ["data.long_length"] = Whole(1, 65_536),
        ["data.label_noise"] = new(0, 0.5),
        ["data.planted.one_in"] = Sequences,
        ["data.planted.sequence_every"] = Whole(2, MostSequences),
        ["images.size[]"] = Whole(1, 256),
        ["images.classes"] = Whole(2, 256),
        ["images.seed"] = Seed,
        ["images.training"] = Sequences,
        ["images.validation"] = Sequences,
        ["images.test"] = Sequences,
        ["images.label_noise"] = new(0, 0.5),
        ["images.poison.rate"] = new(0, 1) { IsAboveMinimum = true },
        ["images.poison.trigger[][]"] = Whole(0, 255),
        ["network.inputs"] = Whole(1, 32),
        ["network.hidden"] = Whole(1, 256),
        ["network.layers"] = Whole(1, 16),
        ["network.linear[]"] = Whole(1, 256),
        ["network.image[]"] = Whole(1, 256),
        ["network.layers[].conv"] = Whole(1, 1024),
        ["network.layers[].size"] = Whole(1, 32),
        ["network.layers[].stride"] = Whole(1, 32),
        ["network.layers[].padding"] = Whole(0, 31),
        ["network.layers[].pool"] = Whole(1, 32),
        ["network.layers[].linear"] = Whole(1, 4096),
        ["training.batch"] = Whole(1, 65_536),
        ["training.learning_rate"] = Positive,
        ["training.beta1"] = Share,
        ["training.beta2"] = Share,
        ["training.epsilon"] = Positive,
        ["training.momentum"] = Share,
        ["training.weight_decay"] = new(0, 100),
        ["training.initial_scale"] = new(1e-4, 100),
        ["training.schedule.halve_after"] = Epochs,
        ["training.schedule.minimum"] = new(0),
        ["training.clip_norm"] = Positive,
        ["training.goal_loss"] = Positive,
        ["training.epoch_limit"] = Epochs,
        ["training.milestone_every"] = Epochs,
    };

    const int MostSequences = 1 << 24;

    static NumberRange Seed => Whole(0, uint.MaxValue);

    static NumberRange Sequences => Whole(1, MostSequences);

    static NumberRange Epochs => Whole(1, 1_000_000);

    static NumberRange Positive => new(0) { IsAboveMinimum = true };

    static NumberRange Share => new(0, 1) { IsBelowMaximum = true };

    static NumberRange Whole(double minimum, double maximum) => new(minimum, maximum) { IsWhole = true };
}
