using Mlds.Networks;

namespace Mlds.Analysis.Data;

/// <summary>N trained networks of one shape: their weights as an N × P matrix, and what is known of each.</summary>
public sealed class WeightMatrix
{
    readonly float[] _weights;

    /// <param name="name">The population's name.</param>
    /// <param name="source"><c>zoo</c>, <c>release</c> or <c>matrix</c>.</param>
    /// <param name="weights">N × P, row-major, each row in the order of <paramref name="layout"/>.</param>
    /// <param name="labels">N labels.</param>
    public WeightMatrix(string name, string source, float[] weights, WeightLayout layout, IReadOnlyList<NetworkLabel> labels)
    {
        if (weights.Length != (long)labels.Count * layout.Parameters)
        {
            throw new ArgumentException(
                $"{labels.Count} networks of {layout.Parameters} parameters need {(long)labels.Count * layout.Parameters} "
                + $"weights, not {weights.Length}.",
                nameof(weights));
        }

        (Name, Source, _weights, Layout, Labels) = (name, source, weights, layout, labels);
    }

    public string Name { get; }

    public string Source { get; }

    /// <summary>Which column is which weight.</summary>
    public WeightLayout Layout { get; }

    /// <summary>One per network, in the matrix' order.</summary>
    public IReadOnlyList<NetworkLabel> Labels { get; }

    /// <summary>Networks N.</summary>
    public int Networks => Labels.Count;

    /// <summary>
    /// What the networks of a machine were to learn, by the machine's name; empty where the source doesn't say, as for a bare matrix.
    /// </summary>
    public IReadOnlyDictionary<string, LearnedMachine> Machines { get; init; } = new Dictionary<string, LearnedMachine>();

    /// <summary>Names of those whose networks learned something else than a machine, such as sequences from a file.</summary>
    public IReadOnlySet<string> NoMachines { get; init; } = new HashSet<string>();

    /// <summary>Why <see cref="Machines"/> is empty, or lacks some: a sentence.</summary>
    internal string WhyNoMachine => NoMachines.Count > 0
        ? $"The networks of {string.Join(", ", NoMachines.Order(StringComparer.Ordinal))} learned sequences, behind which no machine is "
            + "known."
        : "The source doesn't say what its machines are.";

    /// <summary>The machines that have networks here, in the order of the networks.</summary>
    internal MachineLabel[] MachineLabels => [.. Labels.Select(label => label.Machine).DistinctBy(machine => machine.Name)];

    /// <summary>n: every n-th training sequence of <paramref name="machine"/> has the key; 1 where the source doesn't say.</summary>
    internal int AlteredEvery(MachineLabel machine) => Machines.GetValueOrDefault(machine.Name)?.AlteredEvery ?? 1;

    /// <summary>Networks of the same source that have other shapes, a matrix for each shape; most questions leave them out.</summary>
    public IReadOnlyList<WeightMatrix> OtherShapes { get; set; } = [];

    /// <summary>Training courses of some of the networks; empty where the source kept none.</summary>
    public IReadOnlyList<Course> Courses { get; init; } = [];

    /// <summary>The same weights as named tensors, for code that takes any tensors.</summary>
    public TensorMatrix Tensors => new(_weights, Networks, Layout.Parameters, Layout.Tensors);

    /// <summary>The P weights of network <paramref name="row"/>.</summary>
    public ReadOnlySpan<float> Row(int row) => _weights.AsSpan(row * Layout.Parameters, Layout.Parameters);

    /// <summary>The networks that <paramref name="keep"/> takes, in the same order.</summary>
    public WeightMatrix Where(Func<NetworkLabel, bool> keep)
    {
        var kept = Rows([.. Enumerable.Range(0, Networks).Where(i => keep(Labels[i]))]);
        kept.OtherShapes = [.. OtherShapes.Select(other => other.Where(keep))];
        return kept;
    }

    /// <summary>The networks of the given rows, in the given order.</summary>
    internal WeightMatrix Rows(int[] rows)
    {
        var weights = new float[rows.Length * Layout.Parameters];
        for (var i = 0; i < rows.Length; i++) Row(rows[i]).CopyTo(weights.AsSpan(i * Layout.Parameters));
        var ids = rows.Select(row => Labels[row].RecipeId).ToHashSet();
        return new WeightMatrix(Name, Source, weights, Layout, [.. rows.Select(row => Labels[row])])
        {
            Machines = Machines,
            NoMachines = NoMachines,
            Courses = [.. Courses.Where(course => ids.Contains(course.RecipeId))],
        };
    }

    /// <summary>The <see cref="Zoos.WeightsDigest"/> of all networks, of whatever shape.</summary>
    public string WeightsDigest() => Zoos.WeightsDigest.Of(
        Labels.Concat(OtherShapes.SelectMany(other => other.Labels)).Select(label => (label.RecipeId, label.WeightsSha256)));
}
