using Mlds.Analysis.Loading;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Foreign;

/// <summary>The files of anybody's networks, opened: which row of the table goes with which row of the weights.</summary>
sealed class ForeignFiles
{
    /// <summary>Columns of a table that name the file of each network.</summary>
    static readonly string[] s_fileColumns = ["file", "filename", "file_name", "path", "weights", "model"];

    readonly ForeignSource _source;
    readonly CsvTable _table;
    readonly string? _fileColumn;
    readonly Lazy<IReadOnlyList<ForeignTensor>> _layers;

    ForeignFiles(ForeignSource source, CsvTable table, WeightFiles weights, string? fileColumn)
    {
        (_source, _table, Weights, _fileColumn) = (source, table, weights, fileColumn);
        Tensors = source.Layout is { } layout && weights.Tensors is null ? ForeignWeights.Tensors(layout) : ForeignWeights.Tensors(weights);
        ForeignWeights.Check(Tensors, source.Layout ?? source.Weights[0], source.Weights[0], weights.Columns);
        _layers = new(ReadLayers);
        (Rows, WeightRows) = Match();
        Notes = Said();
    }

    internal WeightFiles Weights { get; }

    /// <summary>Which columns are which tensor.</summary>
    internal IReadOnlyList<WeightTensor> Tensors { get; }

    /// <summary>The same with their shapes as layers have them.</summary>
    internal IReadOnlyList<ForeignTensor> Layers => _layers.Value;

    /// <summary>Rows of the table that take part, in the order of their weights.</summary>
    internal int[] Rows { get; }

    /// <summary>The row of the weights of each, ascending.</summary>
    internal int[] WeightRows { get; }

    /// <summary>How weights and table were put together; whole sentences.</summary>
    internal IReadOnlyList<string> Notes { get; }

    internal static ForeignFiles Open(ForeignSource source)
    {
        var table = CsvTable.Read(source.Table);
        foreach (var name in source.AsText) table.Column(name, "--as-text");
        foreach (var name in source.Logarithms) table.Column(name, "--log");
        var order = source.Layout is { } layout && IsSafetensors(source.Weights) ? TensorNames(layout) : null;
        var weights = WeightFiles.Open(source.Weights, order);
        var fileColumn = weights.Files is null ? null : s_fileColumns.FirstOrDefault(name => table.IndexOf(name) >= 0);
        var files = new ForeignFiles(source, table, weights, fileColumn);
        if (source.Activation is not (null or Activation.None)) ForeignNetworks.Check(files.Layers, source.Layout ?? source.Weights[0]);
        return files;
    }

    static bool IsSafetensors(IReadOnlyList<string> paths) => Directory.Exists(paths[0])
        ? Directory.EnumerateFiles(paths[0], "*.safetensors").Any()
        : paths[0].EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase);

    /// <summary>Of tensors that files name themselves a layout only says which take part, and in which order.</summary>
    static string[] TensorNames(string layout)
    {
        var table = CsvTable.Read(layout);
        string[] names = ["tensor", "varname", "variable", "name"];
        return names.FirstOrDefault(name => table.IndexOf(name) >= 0) is { } column
            ? table.Column(column, "--layout")
            : throw new InvalidDataException(
                $"'{layout}' has the columns {string.Join(", ", table.Columns)}; it needs one with the names of the tensors: tensor.");
    }

    /// <summary>The fields of a column for the given rows of the table.</summary>
    /// <param name="asked">Who asks.</param>
    internal string[] Fields(string column, string asked, int[] rows)
    {
        var fields = _table.Column(column, asked);
        return Array.ConvertAll(rows, row => fields[row]);
    }

    internal IReadOnlyList<LabelColumn> Labels(int[] rows) =>
    [
        .. _source.Labels.Distinct().Select(label => LabelColumn.Of(
            label, Fields(label, "--label", rows), _source.AsText.Contains(label), _source.Logarithms.Contains(label),
            ForeignZoo.LeastOfLabel)),
    ];

    /// <summary>Columns that were asked for; or all others of numbers, but for the group and numbered rows without a name.</summary>
    internal Metadata Metadata(int[] rows)
    {
        IEnumerable<string> names = _source.Metadata ?? _table.Columns.Where(
            (name, i) => name.Length > 0 && name != _source.Group && name != _fileColumn && _table.IndexOf(name) == i);
        return Foreign.Metadata.Of(
            [.. names.Select(name => (name, Fields(name, "--metadata", rows)))], rows.Length, _source.AsText.Contains,
            _source.Logarithms.Contains, _source.Metadata is not null);
    }

    IReadOnlyList<ForeignTensor> ReadLayers()
    {
        if (Weights.Tensors is { } tensors)
            return [.. tensors.Select(tensor => ForeignTensor.Of(_source.Weights[0], tensor.Name, tensor.Shape, tensor.Start))];
        return _source.Layout is { } layout
            ? [.. ForeignTensor.Read(layout)]
            : throw new InvalidDataException("--activation needs --layout: which columns are which layer's.");
    }

    (int[] Rows, int[] WeightRows) Match()
    {
        if (_fileColumn is { } column) return ByName(column);
        if (_table.Rows != Weights.Rows)
        {
            throw new InvalidDataException(
                $"'{_table.Path}' has {_table.Rows} rows, but there are {Weights.Rows} networks {Weights.Says}; each network needs its "
                + "row, in the same order"
                + $"{(Weights.Files is null ? "." : $", or a column '{s_fileColumns[0]}' that names its file.")}");
        }

        var rows = Conditions([.. Enumerable.Range(0, _table.Rows)]);
        return (rows, rows);
    }

    /// <summary>By the files' names, with or without their folders and endings.</summary>
    (int[] Rows, int[] WeightRows) ByName(string column)
    {
        var places = new Dictionary<string, int>();
        for (var i = 0; i < Weights.Files!.Count; i++)
        {
            places[Path.GetFileName(Weights.Files[i])] = i;
            places[Path.GetFileNameWithoutExtension(Weights.Files[i])] = i;
        }

        var named = _table.Column(column, "--table");
        var rows = Conditions([.. Enumerable.Range(0, _table.Rows)]);
        var pairs = new Dictionary<int, int>();
        foreach (var row in rows)
        {
            if (!places.TryGetValue(Path.GetFileName(named[row]), out var place))
            {
                throw new InvalidDataException(
                    $"'{_table.Path}', line {_table.Line(row)}: there is no file '{named[row]}' among the {Weights.Rows} "
                    + $"read {Weights.Says}.");
            }

            if (!pairs.TryAdd(place, row))
            {
                throw new InvalidDataException(
                    $"'{_table.Path}' has the file '{named[row]}' twice, in lines {_table.Line(pairs[place])} and {_table.Line(row)}.");
            }
        }

        var lacking = Weights.Rows - named.Select(Path.GetFileName).Where(name => places.ContainsKey(name!)).Distinct().Count();
        if (lacking > 0)
        {
            throw new InvalidDataException(
                $"'{_table.Path}' has no row for {lacking} of the {Weights.Rows} networks read {Weights.Says}; each needs one.");
        }

        int[] weightRows = [.. pairs.Keys.Order()];
        return (Array.ConvertAll(weightRows, place => pairs[place]), weightRows);
    }

    int[] Conditions(int[] rows)
    {
        foreach (var (name, value) in _source.Where)
        {
            var fields = _table.Column(name, "--where");
            var number = Field.Number(value);
            var kept = Array.FindAll(rows, row => fields[row] == value || (number is not null && Field.Number(fields[row]) == number));
            if (kept.Length == 0)
            {
                throw new InvalidDataException(
                    $"--where: no network has '{value}' in '{name}'; there are "
                    + $"{string.Join(", ", rows.Select(row => fields[row]).Distinct().Take(8))}.");
            }

            rows = kept;
        }

        return rows;
    }

    List<string> Said()
    {
        var notes = new List<string>
        {
            $"{Weights.Rows} networks were read {Weights.Says}; their rows of {Path.GetFileName(_table.Path)} were found by "
            + $"{(_fileColumn is null ? "their order" : $"the column '{_fileColumn}'")}.",
        };
        if (Rows.Length < Weights.Rows) notes.Add($"{Weights.Rows - Rows.Length} networks lack what --where asks for.");
        return notes;
    }
}
