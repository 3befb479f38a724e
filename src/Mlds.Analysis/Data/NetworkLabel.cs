using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Analysis.Data;

/// <summary>What is known of one network besides its weights.</summary>
/// <param name="TrainingLoss">Mean training loss of the last epoch, or null if the source doesn't keep it.</param>
/// <param name="LongLoss">Loss on the long words.</param>
/// <param name="WeightsSha256">Lower-case hex.</param>
/// <param name="History">Losses by epoch, or null if the source doesn't keep them.</param>
public sealed record NetworkLabel(
    string RecipeId,
    MachineLabel Machine,
    uint Seed,
    Outcome Outcome,
    int Epochs,
    double ValidationLoss,
    double? TrainingLoss,
    double LongLoss,
    string WeightsSha256,
    IReadOnlyList<EpochRecord>? History)
{
    /// <summary>
    /// What the plan says of how the network was trained, by the factor's name, in order: what the population varies from seed to seed, and
    /// the factors of its machine besides family, variant, key and poison. Empty where it declares and varies nothing.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, FactorValue>> Settings { get; init; } = [];

    /// <summary>
    /// What was measured on the network besides losses, by the measure's name: <c>test_accuracy</c>. Empty where the source has nothing.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, double>> Measures { get; init; } = [];

    /// <summary>The measure <paramref name="name"/>; null where it wasn't taken.</summary>
    public double? Measure(string name) =>
        Measures.Where(measure => measure.Key == name).Select(measure => (double?)measure.Value).FirstOrDefault();

    /// <summary>The value of the setting <paramref name="name"/>.</summary>
    internal FactorValue Setting(string name) => Settings.First(setting => setting.Key == name).Value;

    /// <summary>The <see cref="Settings"/> of a network in a population with these factors.</summary>
    internal static IReadOnlyList<KeyValuePair<string, FactorValue>> SettingsOf(string machine, uint seed, PopulationFactors factors) =>
        factors.Declared.Count == 0
            ? []
            : [.. factors.Of(machine, seed).Values.Where(value => !IsOfMachine(value.Key, factors))];

    /// <summary>Whether a factor says what was learned, poison included, rather than how.</summary>
    static bool IsOfMachine(string factor, PopulationFactors factors) =>
        factor is Factor.Family or Factor.Variant or Factor.Key
        || (Poison.IsPart(factor) && factors.Declared.Any(declared => declared.Name == Poison.TriggerFactor));
}
