using System.Globalization;
using Mlds.Analysis.Data;
using Mlds.Networks;
using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Loading;

/// <summary>
/// Weights of anybody's networks in the field's common layout, that of the Small CNN Zoo (Unterthiner et al. 2020): a NumPy matrix of
/// networks × parameters, and a table that says which columns are which tensor.
/// </summary>
/// <remarks>
/// The table has one tensor per line. Its columns are known by their names, in any order; other columns are ignored:
/// <c>tensor</c>, <c>varname</c>, <c>variable</c> or <c>name</c>; the first column as <c>offset</c>, <c>start_idx</c> or <c>start</c>; how
/// many as <c>length</c> or <c>size</c>, or the column after the last as <c>end_idx</c> or <c>end</c>; and the shape, if it is known, as
/// <c>rows</c> and <c>columns</c>, or as <c>shape</c>, "(3, 3, 1, 16)", whose last axis makes the columns. Our own releases' layout.csv is
/// one of these.
/// </remarks>
public static class ForeignWeights
{
    /// <param name="weights">The .npy file, N × P.</param>
    /// <param name="layout">The .csv file; null if there is none: then all columns are one tensor called <c>weights</c>.</param>
    /// <exception cref="InvalidDataException">Either file is missing or not as described; the message says which, where and what is
    /// allowed.</exception>
    public static TensorMatrix Read(string weights, string? layout = null)
    {
        var file = NpyMatrix.Open(weights);
        IReadOnlyList<WeightTensor> tensors = layout is null ? [Foreign("weights", file.Columns, 1, 0)] : Tensors(layout);
        Check(tensors, layout ?? weights, weights, file.Columns);
        return new TensorMatrix(file.ReadFirst(file.Rows), file.Rows, file.Columns, tensors);
    }

    /// <summary>Throws unless all tensors lie within a matrix of so many columns.</summary>
    internal static void Check(IReadOnlyList<WeightTensor> tensors, string layout, string weights, int columns)
    {
        if (tensors.FirstOrDefault(tensor => tensor.Offset + tensor.Length > columns) is not { } odd) return;
        throw new InvalidDataException(
            $"'{layout}': the tensor '{odd.Name}' reaches to column {odd.Offset + odd.Length - 1}, "
            + $"but '{weights}' has only {columns} columns.");
    }

    /// <summary>The tensors that files name themselves; without those, all columns as one tensor called <c>weights</c>.</summary>
    internal static IReadOnlyList<WeightTensor> Tensors(WeightFiles files) => files.Tensors is { } tensors
        ? [.. tensors.Select(tensor => new WeightTensor(tensor.Name, RoleOf(tensor.Name), "", 0, tensor.Shape, tensor.Start, 0, []))]
        : [Foreign("weights", files.Columns, 1, 0)];

    /// <summary>A tensor of which only the name and sizes are known.</summary>
    static WeightTensor Foreign(string name, int rows, int columns, int offset) =>
        new(name, RoleOf(name), "", 0, columns == 1 ? [rows] : [rows, columns], offset, 0, []);

    static TensorRole RoleOf(string name) =>
        name.Contains("bias", StringComparison.OrdinalIgnoreCase) ? TensorRole.Bias : TensorRole.Weight;

    /// <summary>The tensors of a layout table, in its order.</summary>
    public static IReadOnlyList<WeightTensor> Tensors(string layout) =>
        Lines(layout, (columns, fields, line) => columns.Tensor(fields, line));

    /// <summary>Names, all axes of the shapes, and first columns of the tensors of a layout table that says shapes.</summary>
    internal static IReadOnlyList<(string Name, int[] Shape, int Start)> Shapes(string layout) =>
        Lines(layout, (columns, fields, line) => columns.Shaped(fields, line));

    static T[] Lines<T>(string layout, Func<Columns, IReadOnlyList<string>, int, T> read)
    {
        var table = CsvTable.Read(layout);
        if (table.Rows == 0)
            throw new InvalidDataException($"'{layout}' has no tensor: it needs a line of column names and one line per tensor.");
        var columns = new Columns(layout, [.. table.Columns]);
        return [.. Enumerable.Range(0, table.Rows).Select(row => read(columns, table.Row(row), table.Line(row)))];
    }

    /// <summary>Where the table's columns are.</summary>
    sealed class Columns(string path, string[] header)
    {
        readonly int _name = Find(header, "tensor", "varname", "variable", "name");
        readonly int _start = Find(header, "offset", "start_idx", "start");
        readonly int _length = Find(header, "length", "size");
        readonly int _end = Find(header, "end_idx", "end");
        readonly int _rows = Find(header, "rows");
        readonly int _columns = Find(header, "columns");
        readonly int _shape = Find(header, "shape");

        static int Find(string[] header, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                var at = Array.FindIndex(header, column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
                if (at >= 0) return at;
            }

            return -1;
        }

        internal WeightTensor Tensor(IReadOnlyList<string> fields, int line)
        {
            if (_name < 0 || _start < 0 || (_length < 0 && _end < 0))
            {
                throw new InvalidDataException(
                    $"'{path}' has the columns {string.Join(", ", header)}; "
                    + "it needs a name (tensor), a first column (offset or start_idx), and a length or end_idx.");
            }

            var start = Number(fields, _start, line);
            var length = _length >= 0 ? Number(fields, _length, line) : Number(fields, _end, line) - start;
            if (length < 1)
            {
                throw new InvalidDataException(
                    $"'{path}', line {line}: the tensor '{fields[_name]}' has {length} columns; it must have at least one.");
            }

            var columns = ShapeColumns(fields, line);
            if (length % columns != 0)
            {
                throw new InvalidDataException(
                    $"'{path}', line {line}: the tensor '{fields[_name]}' has {length} numbers, which don't make whole rows of {columns}.");
            }

            return Foreign(fields[_name], length / columns, columns, start);
        }

        internal (string Name, int[] Shape, int Start) Shaped(IReadOnlyList<string> fields, int line)
        {
            var tensor = Tensor(fields, line);
            var axes = _shape >= 0 ? Axes(fields) : [];
            int[] shape = _shape >= 0 ? [.. axes.Select((_, axis) => Number(axes, axis, line, least: 1))] : [.. tensor.Shape];
            if (shape.Aggregate(1L, (product, side) => product * side) == tensor.Length) return (tensor.Name, shape, tensor.Offset);
            throw new InvalidDataException(
                $"'{path}', line {line}: the tensor '{tensor.Name}' has {tensor.Length} numbers, which isn't what its shape says.");
        }

        string[] Axes(IReadOnlyList<string> fields) => [.. fields[_shape].Trim('(', ')', '[', ']').Split(',', 'x')
            .Select(axis => axis.Trim()).Where(axis => axis.Length > 0)];

        /// <summary>The last axis of a shape with at least two; 1 for a vector.</summary>
        int ShapeColumns(IReadOnlyList<string> fields, int line)
        {
            if (_rows >= 0 && _columns >= 0) return Number(fields, _columns, line, least: 1);
            if (_shape < 0) return 1;
            var axes = Axes(fields);
            return axes.Length < 2 ? 1 : Number(axes, axes.Length - 1, line, least: 1);
        }

        int Number(IReadOnlyList<string> fields, int column, int line, int least = 0) =>
            int.TryParse(fields[column], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
                ? number
                : throw new InvalidDataException($"'{path}', line {line}: '{fields[column]}' is no whole number of at least {least}.");
    }
}
