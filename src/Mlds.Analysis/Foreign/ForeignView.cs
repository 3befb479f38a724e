using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Networks;

namespace Mlds.Analysis.Foreign;

/// <summary>A view of anybody's networks: a <see cref="View"/> without our own networks' layout.</summary>
/// <param name="Name">As <see cref="View.Name"/>.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Standardized">As <see cref="View.Standardized"/>.</param>
/// <param name="Build">N networks to N × D numbers.</param>
sealed record ForeignView(string Name, string Description, bool Standardized, Func<FeatureMatrix> Build)
{
    const string NoSymmetries =
        "It needs to know what may be changed of a network: give --activation relu or tanh, and a layout with the shapes of layers that "
        + "follow one another.";

    /// <summary>The views that can be had of a zoo, in the order of the tables.</summary>
    /// <param name="asked">Names of those that are wanted; null for all.</param>
    /// <param name="leftOut">The others, and why they can't be had.</param>
    /// <exception cref="InvalidDataException">One that was asked for is unknown or can't be had.</exception>
    internal static IReadOnlyList<ForeignView> Of(ForeignZoo zoo, IReadOnlyList<string>? asked, out IReadOnlyList<LeftOut> leftOut)
    {
        var all = View.All.Select(view => (view.Name, Why: WhyNot(zoo, view.Name))).ToArray();
        foreach (var name in asked ?? [])
        {
            if (!all.Any(view => view.Name == name))
                throw new InvalidDataException($"--views: there is no view '{name}'; there are {List(all.Select(view => view.Name))}.");
            if (all.First(view => view.Name == name).Why is { } why)
            {
                throw new InvalidDataException(
                    $"--views: '{name}' can't be had of these networks. {why} There are "
                    + $"{List(all.Where(view => view.Why is null).Select(view => view.Name))}.");
            }
        }

        leftOut = asked is not null
            ? []
            : [.. all.Where(view => view.Why is not null).Select(view => new LeftOut($"the view {view.Name}", view.Why!))];
        return [.. all.Where(view => view.Why is null && (asked is null || asked.Contains(view.Name))).Select(view => Of(zoo, view.Name))];
    }

    static string List(IEnumerable<string> names) => string.Join(", ", names);

    static string? WhyNot(ForeignZoo zoo, string view) => view switch
    {
        "raw" or "statistics" => null,
        "spectral" => zoo.Matrix.Tensors.Any(tensor => tensor.Rows > 1 && tensor.Columns > 1)
            ? null
            : "It needs matrices: a layout with the shapes of tensors.",
        "behaviour" => "It is what networks do on given inputs, and only the weights of these are known.",
        _ when zoo.Symmetries is null => NoSymmetries,
        "reduced" => zoo.Symmetries.Groups.Any(group => group.Scales == UnitScales.Positive)
            ? null
            : "It would be the raw weights: nothing in these networks acts only merged.",
        _ => null,
    };

    static ForeignView Of(ForeignZoo zoo, string name)
    {
        var (matrix, symmetries) = (zoo.Matrix, zoo.Symmetries!);
        return name switch
        {
            "raw" => new(name, "The weights as they are, tensor by tensor.", false, () => RawView.Build(matrix)),
            "statistics" => new(name, View.Statistics.Description, true, () => StatisticsView.Build(matrix)),
            "spectral" => new(
                name,
                "Spectral norm, stable rank and Marchenko-Pastur soft rank of each matrix (Martin and Mahoney 2021, arXiv 1810.01075).",
                true,
                () => SpectralView.Build(matrix)),
            "reduced" => new(
                name,
                "The weights with each hidden unit scaled so that its incoming weights have norm 1, and what reads it makes up for that.",
                false,
                () => ReducedView.Build(matrix, symmetries)),
            "aligned" => new(
                name,
                "The reduced weights, units permuted and signed towards the mean of all networks (no label takes part).",
                false,
                () => AlignedView.Build(matrix, symmetries)),
            "invariants" => new(
                name,
                "Numbers that no permutation of units and no sign or scale of a unit alters.",
                true,
                () => InvariantsView.Build(matrix, symmetries)),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such view."),
        };
    }
}
