using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using PureHDF;
using PureHDF.Selections;

namespace Mlds.Zoos.Releases;

/// <summary>
/// <c>mlds.h5</c>: the whole release in one HDF5 file (docs/formats/release.md). Weights are streamed; the rest is small.
/// </summary>
sealed class Hdf5Release : IDisposable
{
    public const string FileName = "mlds.h5";

    /// <summary>Values read at once: 16 MB.</summary>
    const int BlockValues = 1 << 22;

    static readonly (string Name, Func<EpochRecord, float> Value)[] s_courses =
    [
        ("training_loss", epoch => epoch.TrainingLoss),
        ("validation_loss", epoch => epoch.ValidationLoss),
        ("learning_rate", epoch => epoch.LearningRate),
    ];

    readonly H5Dataset<float[]> _weights;
    readonly List<H5Dataset<float[]>> _courses = [];
    readonly H5NativeWriter _writer;
    readonly int _parameters;
    ulong _row;
    ulong _epoch;

    public Hdf5Release(string path, ReleaseSource source)
    {
        var (zoo, plan, layout) = (source.Zoo, source.Plan, source.Layout);
        _parameters = layout.Parameters;
        var networks = plan.Networks.Select(released => released.Network).ToList();
        _weights = new H5Dataset<float[]>(fileDims: [(ulong)networks.Count, (ulong)_parameters]);
        var file = new H5File
        {
            ["weights"] = _weights,
            ["networks"] = WithMeasures(source.Measures, networks, WithFactors(zoo.Factors, networks, new H5Group
            {
                ["recipe_id"] = networks.Select(network => network.RecipeId).ToArray(),
                ["machine"] = networks.Select(network => network.Machine).ToArray(),
                ["seed"] = networks.Select(network => network.Seed).ToArray(),
                ["subset"] = plan.Networks.Select(released => released.Subset).ToArray(),
                ["split"] = networks.Select(network => Splits.Of(network.Seed)).ToArray(),
                ["outcome"] = networks.Select(network => OutcomeName.Of(network.Outcome)).ToArray(),
                ["epochs"] = networks.Select(network => network.Epochs).ToArray(),
                ["training_loss"] = networks.Select(network => network.TrainingLoss).ToArray(),
                ["validation_loss"] = networks.Select(network => network.ValidationLoss).ToArray(),
                ["long_loss"] = networks.Select(network => network.LongLoss).ToArray(),
                ["weights_sha256"] = networks.Select(network => network.WeightsSha256).ToArray(),
                ["core_seconds"] = networks.Select(network => network.Provenance.CoreSeconds).ToArray(),
                ["program_version"] = networks.Select(network => network.Provenance.ProgramVersion).ToArray(),
                ["processor"] = networks.Select(network => network.Provenance.Processor).ToArray(),
                ["kernel_set"] = networks.Select(network => network.Provenance.KernelSet).ToArray(),
            })),
            ["history"] = History(networks),
            ["layout"] = Layout(layout),
            Attributes =
            {
                ["format"] = "mlds-release",
                ["version"] = source.Version,
                ["population"] = zoo.Population.Name,
                ["population_sha256"] = zoo.Population.Sha256,
            },
        };
        if (source.Words.DefinitionGroup is { } group) file[group] = Definitions(source);
        file["population_json"] = new[] { zoo.Population.CanonicalJson };
        _writer = file.BeginWrite(path);
    }

    /// <summary>The next network: its P weights, and its losses, one record for each epoch that the network says it had.</summary>
    public void WriteRow(float[] weights, IReadOnlyList<EpochRecord> history)
    {
        _writer.Write(_weights, weights, fileSelection: new HyperslabSelection(2, [_row++, 0], [1, (ulong)_parameters]));
        if (history.Count == 0) return;
        for (var i = 0; i < s_courses.Length; i++)
        {
            _writer.Write(_courses[i], history.Select(s_courses[i].Value).ToArray(), fileSelection: new HyperslabSelection(
                _epoch, (ulong)history.Count));
        }

        _epoch += (ulong)history.Count;
    }

    /// <summary>The first <paramref name="rows"/> rows of weights, whether the data set is contiguous, as written here, or was made chunked
    /// or compressed since.</summary>
    /// <exception cref="InvalidDataException">The file has another shape.</exception>
    public static float[] ReadWeights(string path, int rows, int parameters, int networks, int first = 0)
    {
        var weights = new float[MatrixSize.Of(rows, parameters)];
        var row = 0;
        foreach (var values in Rows(path, rows, parameters, networks, first)) values.CopyTo(weights.AsSpan(row++ * parameters));
        return weights;
    }

    /// <summary>The same, streamed: a release may be larger than memory.</summary>
    /// <inheritdoc cref="ReadWeights"/>
    public static IEnumerable<float[]> Rows(string path, int rows, int parameters, int networks, int first = 0)
    {
        using var file = H5File.OpenRead(path);
        var dataset = file.Dataset("weights");
        if (!dataset.Space.Dimensions.SequenceEqual([(ulong)networks, (ulong)parameters]))
        {
            throw new InvalidDataException(
                $"'{path}' has weights of {string.Join(" × ", dataset.Space.Dimensions)} where the "
                + $"release has {networks} networks of {parameters}.");
        }

        // Whole chunks at a time, so that none is inflated twice; a chunk of any height still does.
        var block = Math.Max(1, BlockValues / parameters);
        for (var from = 0; from < rows; from += block)
        {
            var count = Math.Min(block, rows - from);
            var values = dataset.Read<float[]>(fileSelection: new HyperslabSelection(2, [(ulong)first + (ulong)from, 0],
                [(ulong)count, (ulong)parameters]));
            for (var i = 0; i < count; i++) yield return values[(i * parameters)..((i + 1) * parameters)];
        }
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>Adds a column for each thing measured; NaN where it wasn't measured of a network.</summary>
    static H5Group WithMeasures(IReadOnlyList<MeasureKind> measures, List<StoredNetwork> networks, H5Group columns)
    {
        foreach (var measure in measures)
            columns[measure.Name] = networks.Select(network => network.Measures[measure.Name] ?? double.NaN).ToArray();
        return columns;
    }

    /// <summary>Adds a column for each declared factor; booleans are bytes, 1 and 0.</summary>
    static H5Group WithFactors(PopulationFactors factors, List<StoredNetwork> networks, H5Group columns)
    {
        var all = networks.ConvertAll(network => factors.Of(network.Machine, network.Seed));
        foreach (var factor in factors.Declared)
        {
            var values = all.Select(one => one[factor.Name]);
            columns[factor.Name] = factor.Kind switch
            {
                FactorKind.Number => values.Select(value => value.Number).ToArray(),
                FactorKind.Boolean => values.Select(value => (byte)value.Number).ToArray(),
                _ => values.Select(value => value.ToString()).ToArray(),
            };
        }

        return columns;
    }

    /// <summary>The columns of layout.csv. Version 1 does without the length, which is rows times columns.</summary>
    internal static H5Group Layout(WeightLayout layout)
    {
        var group = new H5Group();
        foreach (var column in ReleaseLayout.Columns(layout).Where(column => ReleaseLayout.Version(layout) > 1 || column.Name != "length"))
        {
            var values = layout.Tensors.Select(column.Value);
            group[column.Name] = column.Type == typeof(int) ? values.Cast<int>().ToArray() : values.Cast<string>().ToArray();
        }

        return group;
    }

    static H5Group Definitions(ReleaseSource source)
    {
        var group = new H5Group();
        foreach (var machine in source.Machines)
            if (machine.Artifacts.Definition is { } definition) group[machine.Name] = new[] { definition.Text };
        return group;
    }

    /// <summary>Histories end to end; network i has the epochs start[i] … start[i + 1] − 1 of them.</summary>
    H5Group History(List<StoredNetwork> networks)
    {
        var start = new long[networks.Count + 1];
        for (var i = 0; i < networks.Count; i++) start[i + 1] = start[i] + networks[i].Epochs;
        var group = new H5Group { ["start"] = start };
        foreach (var course in s_courses)
        {
            var dataset = new H5Dataset<float[]>(fileDims: [(ulong)start[^1]]);
            _courses.Add(dataset);
            group[course.Name] = dataset;
        }

        return group;
    }
}
