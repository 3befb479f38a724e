using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Site.Browsing;

/// <summary>A column of the table of networks: something that is known of each, and by which they are sought and sorted.</summary>
/// <param name="Name">In addresses: <c>validation_loss</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="Numbers">One for each network, NaN where there is none; null of a column of texts.</param>
/// <param name="Texts">One for each network; null of a column of numbers.</param>
public sealed record NetworkColumn(string Name, string Title, double[]? Numbers, string[]? Texts)
{
    /// <summary>Whether it is shown where nobody says which are.</summary>
    internal bool IsUsual { get; init; }

    internal bool IsNumber => Numbers is not null;

    /// <summary>A text's values, each once, in order, with how many have them.</summary>
    internal IReadOnlyList<(string Value, int Count)> Values => field ??=
        [.. Texts!.CountBy(text => text).Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal)];

    /// <summary>The least and the greatest number; null where there is none.</summary>
    internal (double Least, double Most)? Range => field ??= Numbers!.Where(double.IsFinite).ToArray() is { Length: > 0 } finite
        ? (finite.Min(), finite.Max())
        : null;

    /// <summary>All that is known of networks, first what every zoo has, then the population's own factors and what was measured.</summary>
    internal static IReadOnlyList<NetworkColumn> Of(SourceContents contents)
    {
        var networks = contents.Networks;
        NetworkColumn Number(string name, string title, Func<Zoos.StoredNetwork, double> value, bool isUsual = true) =>
            new(name, title, [.. networks.Select(value)], null) { IsUsual = isUsual };
        NetworkColumn Text(string name, string title, Func<Zoos.StoredNetwork, string> value, bool isUsual = true) =>
            new(name, title, null, [.. networks.Select(value)]) { IsUsual = isUsual };
        var columns = new List<NetworkColumn>
        {
            Text("machine", "machine", network => network.Machine),
            Number("seed", "seed", network => network.Seed),
            Text("outcome", "outcome", network => OutcomeName.Of(network.Outcome)),
            Number("epochs", "epochs", network => network.Epochs),
            Number("validation_loss", "validation loss", network => network.ValidationLoss),
            Number("training_loss", "training loss", network => network.TrainingLoss, isUsual: false),
            Number("long_loss", "test loss", network => network.LongLoss),
        };
        var factors = networks.Select(network => contents.Factors.Of(network.Machine, network.Seed)).ToArray();
        foreach (var factor in contents.Factors.Declared)
        {
            var title = factor.Name.Replace('_', ' ');
            columns.Add(factor.Kind == FactorKind.Number
                ? new(factor.Name, title, [.. factors.Select(one => one[factor.Name].Number)], null) { IsUsual = true }
                : new(factor.Name, title, null, [.. factors.Select(one => one[factor.Name].ToString())]) { IsUsual = true });
        }

        if (!contents.Factors.AreDeclared && factors.Any(one => one.Variant != Variant.Original))
            columns.Add(new("variant", "variant", null, [.. factors.Select(one => VariantName.Of(one.Variant))]) { IsUsual = true });
        foreach (var measure in networks.SelectMany(network => network.Measures.Values).Select(value => value.Key).Distinct().Order())
            columns.Add(Number(measure, measure.Replace('_', ' '), network => network.Measures[measure] ?? double.NaN));
        columns.Add(Number("core_seconds", "core-seconds", network => network.Provenance.CoreSeconds, isUsual: false));
        columns.Add(Text("kernel_set", "kernels", network => network.Provenance.KernelSet, isUsual: false));
        columns.Add(Text("program_version", "trained by mlds", network => network.Provenance.ProgramVersion, isUsual: false));
        columns.Add(Text("recipe_id", "recipe id", network => network.RecipeId, isUsual: false));
        return columns;
    }
}
