using Mlds.Kernels.Shapes;

namespace Mlds.Analysis.Foreign;

/// <summary>Where anybody's networks are, and which columns of their table mean what.</summary>
/// <param name="Weights">Files or a folder: NumPy matrices or safetensors.</param>
/// <param name="Table">A CSV file, plain or gzipped, with a row per network.</param>
/// <param name="Labels">Columns to be told from the weights: texts are named, numbers regressed.</param>
public sealed record ForeignSource(IReadOnlyList<string> Weights, string Table, IReadOnlyList<string> Labels)
{
    /// <summary>The CSV file that says which columns of the weights are which tensor; null if there is none.</summary>
    public string? Layout { get; init; }

    /// <summary>Columns of the baseline without weights; null for all other columns of numbers.</summary>
    public IReadOnlyList<string>? Metadata { get; init; }

    /// <summary>Networks with one value in this column are never on both sides of a split; null: each network is its own group.</summary>
    public string? Group { get; init; }

    /// <summary>Only networks with these values in these columns.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Where { get; init; } = [];

    /// <summary>Columns whose numbers are names.</summary>
    public IReadOnlyList<string> AsText { get; init; } = [];

    /// <summary>Columns whose decimal logarithms are meant.</summary>
    public IReadOnlyList<string> Logarithms { get; init; } = [];

    /// <summary>What is applied after every layer but the last; null if it isn't known, or nothing is.</summary>
    public Activation? Activation { get; init; }

    /// <summary>Whether there is a pooling that takes the largest.</summary>
    public bool IsMaxPooled { get; init; }

    /// <summary>Names of views; null for all that the layout allows.</summary>
    public IReadOnlyList<string>? Views { get; init; }
}
