using Mlds.Networks;
using Mlds.Tasks;

namespace Mlds.Analysis.Data;

/// <summary>N trained networks of one shape: their weights as an N × P matrix, and what is known of each.</summary>
public sealed class WeightMatrix
{
    const int MostListed = 6;

    readonly float[] _weights;
    readonly int[]? _rows;

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

    /// <param name="from">Has the weights.</param>
    /// <param name="rows">Their rows in the array of weights; null for all in order.</param>
    WeightMatrix(WeightMatrix from, int[]? rows, IReadOnlyList<NetworkLabel> labels) =>
        (Name, Source, _weights, _rows, Layout, Labels) = (from.Name, from.Source, from._weights, rows, from.Layout, labels);

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

    /// <summary>
    /// What the networks of a machine learned, of whatever kind, by the machine's name; empty where the source doesn't say.
    /// </summary>
    public IReadOnlyDictionary<string, LearningTask> Tasks { get; init; } = new Dictionary<string, LearningTask>();

    /// <summary>Why <see cref="Machines"/> is empty, or lacks some: a sentence.</summary>
    internal string WhyNoMachine
    {
        get
        {
            if (NoMachines.Count == 0) return "The source doesn't say what its machines are.";
            string[] names = [.. NoMachines.Order(StringComparer.Ordinal)];
            var listed = names.Length <= MostListed
                ? string.Join(", ", names)
                : $"{string.Join(", ", names.Take(MostListed))} and {names.Length - MostListed} others";
            var areSequences = names.All(name => Tasks.GetValueOrDefault(name) is null or SequenceTask);
            return $"The networks of {listed} learned {(areSequences ? "sequences" : "examples")}, behind which no machine is known.";
        }
    }

    /// <summary>The machines that have networks here, in the order of the networks.</summary>
    internal MachineLabel[] MachineLabels => [.. Labels.Select(label => label.Machine).DistinctBy(machine => machine.Name)];

    /// <summary>
    /// The share of <paramref name="machine"/>'s training examples that have the key or the trigger; 1 where the source doesn't say.
    /// </summary>
    internal double AlteredShare(MachineLabel machine) =>
        machine.Poison?.Rate ?? 1.0 / (Machines.GetValueOrDefault(machine.Name)?.AlteredEvery ?? 1);

    /// <summary>Networks of the same source that have other shapes, a matrix for each shape; most questions leave them out.</summary>
    public IReadOnlyList<WeightMatrix> OtherShapes { get; set; } = [];

    /// <summary>Says which networks of the source weren't read, in a sentence; null where all were.</summary>
    internal string? Sample { get; set; }

    /// <summary>Training courses of some of the networks; empty where the source kept none.</summary>
    public IReadOnlyList<Course> Courses { get; init; } = [];

    /// <summary>The same weights as named tensors, for code that takes any tensors.</summary>
    public TensorMatrix Tensors => _rows is null
        ? new(_weights, Networks, Layout.Parameters, Layout.Tensors)
        : new(_weights, _rows, Layout.Parameters, Layout.Tensors);

    /// <summary>Whether the array of weights has these networks and no others, in their order.</summary>
    internal bool IsWhole => _rows is null;

    /// <summary>The P weights of network <paramref name="row"/>.</summary>
    public ReadOnlySpan<float> Row(int row) => _weights.AsSpan(
        (_rows?[row] ?? row) * Layout.Parameters, Layout.Parameters);

    /// <summary>The networks that <paramref name="keep"/> takes, in the same order; their weights aren't copied.</summary>
    public WeightMatrix Where(Func<NetworkLabel, bool> keep)
    {
        var kept = Rows([.. Enumerable.Range(0, Networks).Where(i => keep(Labels[i]))]);
        kept.OtherShapes = [.. OtherShapes.Select(other => other.Where(keep))];
        return kept;
    }

    /// <summary>The networks of the given rows, in the given order; their weights aren't copied.</summary>
    internal WeightMatrix Rows(int[] rows)
    {
        var ids = rows.Select(row => Labels[row].RecipeId).ToHashSet();
        var isAll = rows.Length == Networks && rows.Index().All(one => one.Item == one.Index);
        var places = isAll ? _rows : Array.ConvertAll(rows, row => _rows?[row] ?? row);
        return new WeightMatrix(this, places, [.. rows.Select(row => Labels[row])])
        {
            Machines = Machines,
            NoMachines = NoMachines,
            Tasks = Tasks,
            Courses = [.. Courses.Where(course => ids.Contains(course.RecipeId))],
        };
    }

    /// <summary>The <see cref="Zoos.WeightsDigest"/> of all networks, of whatever shape.</summary>
    public string WeightsDigest() => Zoos.WeightsDigest.Of(
        Labels.Concat(OtherShapes.SelectMany(other => other.Labels)).Select(label => (label.RecipeId, label.WeightsSha256)));
}
