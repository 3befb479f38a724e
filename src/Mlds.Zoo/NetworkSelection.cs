using System.Globalization;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos;

/// <summary>Which networks of a zoo are meant: of which outcomes, and with which values of factors.</summary>
/// <param name="AllOutcomes">Whether those that did not converge are meant too.</param>
/// <param name="Where">The value that each of these factors must have, by its name; as <see cref="FactorValue"/> prints it.</param>
public sealed record NetworkSelection(bool AllOutcomes, IReadOnlyList<KeyValuePair<string, string>> Where)
{
    /// <summary>All converged networks.</summary>
    public static NetworkSelection Converged { get; } = new(false, []);

    /// <summary>Whether it is <see cref="Converged"/>.</summary>
    public bool IsUsual => !AllOutcomes && Where.Count == 0;

    /// <summary>"hidden=12,activation=relu" as pairs, numbers as JSON prints them.</summary>
    /// <exception cref="ArgumentException">Not of this form, or a factor that <paramref name="factors"/> lack; the message has the nearest
    /// names.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(string text, PopulationFactors factors)
    {
        var names = factors.Declared.Select(factor => factor.Name).ToArray();
        return [.. text.Split(',').Select(condition =>
        {
            var at = condition.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw new ArgumentException($"'{condition}' isn't FACTOR=VALUE, such as hidden=12.");
            var (name, value) = (condition[..at], condition[(at + 1)..]);
            var factor = factors.Declared.FirstOrDefault(factor => factor.Name == name) ?? throw new ArgumentException(
                names.Length == 0
                    ? $"There is no factor '{name}': the population declares and varies none."
                    // Population files name a field by its path.
                    : $"There is no factor '{name}'. {NearestName.DidYouMean(name.Split('.')[^1], names)}"
                        + $"Factors: {string.Join(", ", names)}.");
            if (factor.Kind == FactorKind.Number && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number))
            {
                value = FactorValue.Of(number).ToString();
            }

            return KeyValuePair.Create(name, value);
        })];
    }

    /// <summary>Throws unless every condition of <see cref="Where"/> holds for some network of every machine that has any.</summary>
    /// <param name="zoo">What to call the zoo or release in the message.</param>
    /// <exception cref="ZooException">One doesn't; the message has the values that there are.</exception>
    public void Check(IEnumerable<StoredNetwork> networks, PopulationFactors factors, string zoo)
    {
        if (Where.Count == 0) return;
        var settings = networks.GroupBy(network => network.Machine)
            .Select(machine => (machine.Key, Factors: machine.Select(network => factors.Of(network.Machine, network.Seed)).ToArray()))
            .ToArray();
        foreach (var (name, value) in Where)
        {
            var there = FactorValue.Distinct(settings.SelectMany(machine => machine.Factors).Select(one => one[name]));
            var values = there.Select(one => one.ToString()).ToArray();
            if (values.Length > 0 && !values.Contains(value))
            {
                var near = there[0].Kind == FactorKind.Number ? "" : NearestName.DidYouMean(value, values);
                throw new ZooException(
                    $"No network of '{zoo}' has {name}={value}. {near}Values of {name} there: {FactorValue.Listed(there)}.")
                {
                    IsUsage = true,
                };
            }

            if (settings.FirstOrDefault(machine => machine.Factors.All(one => one[name].ToString() != value)) is { Key: { } other })
            {
                throw new ZooException(
                    $"No network of {other} in '{zoo}' has {name}={value}; --where takes what differs between networks of one machine.")
                {
                    IsUsage = true,
                };
            }
        }
    }

    /// <summary>Whether a network has the values of <see cref="Where"/>.</summary>
    public bool Matches(MachineFactors factors) => Where.All(wanted => factors[wanted.Key].ToString() == wanted.Value);

    /// <summary>Whether <paramref name="network"/> is meant.</summary>
    public bool Includes(StoredNetwork network, PopulationFactors factors) =>
        (AllOutcomes || network.Outcome == Outcome.Converged)
        && (Where.Count == 0 || Matches(factors.Of(network.Machine, network.Seed)));

    /// <summary>In words, to go after "networks": "with hidden=12 and activation=relu"; empty where nothing is asked.</summary>
    public string Words => Where.Count == 0
        ? ""
        : $" with {string.Join(" and ", Where.Select(wanted => $"{wanted.Key}={wanted.Value}"))}";
}
