using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Loading;

/// <summary>A run of the columns that belongs to one tensor of a file that names its tensors.</summary>
/// <param name="Shape">Its axes; [1] for a single number.</param>
/// <param name="Start">Its first column.</param>
sealed record TensorColumns(string Name, int[] Shape, int Start);

/// <summary>
/// Weights of anybody's networks, one network per row, in whatever files they come: opened and checked, not yet read.
/// </summary>
/// <remarks>
/// NumPy matrices, one or several that follow one another (shards); safetensors, either one file a network or one file in which all are
/// stacked along the first axis of every tensor; or a folder of the one or the other.
/// </remarks>
abstract class WeightFiles
{
    /// <summary>Networks N.</summary>
    internal abstract int Rows { get; }

    /// <summary>Parameters P of each.</summary>
    internal abstract int Columns { get; }

    /// <summary>Which files are meant and how they were put in order; a sentence.</summary>
    internal abstract string Says { get; }

    /// <summary>Which columns are which tensor; null where the files don't say.</summary>
    internal virtual IReadOnlyList<TensorColumns>? Tensors => null;

    /// <summary>The file of each network, where each has its own; else null.</summary>
    internal virtual IReadOnlyList<string>? Files => null;

    /// <summary>The weights of the given rows, ascending, as float32: rows × P.</summary>
    /// <exception cref="InvalidDataException">They don't fit an array, or a file isn't like the others.</exception>
    internal float[] Read(int[] rows, Action<int>? told = null, CancellationToken cancellation = default)
    {
        if ((long)rows.Length * Columns > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"{rows.Length} networks of {Columns} parameters are more numbers than the {Array.MaxLength} that fit one matrix; "
                + $"take at most {Array.MaxLength / Columns} networks by --where.");
        }

        var values = GC.AllocateUninitializedArray<float>(rows.Length * Columns);
        Read(rows, values, row =>
        {
            cancellation.ThrowIfCancellationRequested();
            told?.Invoke(row);
        });
        return values;
    }

    /// <param name="told">Called with how many rows have been read, now and then.</param>
    protected abstract void Read(int[] rows, float[] values, Action<int> told);

    /// <param name="paths">One or several files of one kind, or a folder of such.</param>
    /// <param name="order">Of safetensors: which tensors, in this order; null for all in the order of their names.</param>
    /// <exception cref="InvalidDataException">Something is missing, or not of these kinds; the message says what is allowed.</exception>
    internal static WeightFiles Open(IReadOnlyList<string> paths, IReadOnlyList<string>? order = null)
    {
        var files = paths is [var folder] && Directory.Exists(folder) ? Inside(folder) : paths.ToArray();
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw new InvalidDataException(Directory.Exists(missing)
                ? $"'{missing}' is a folder among several paths; give one folder, or files."
                : $"There is no file or folder '{missing}'.");
        }

        files = [.. files.OrderBy(Natural.Key, StringComparer.Ordinal)];
        if (files.All(file => Has(file, ".npy"))) return new NpyShards(files);
        if (!files.All(file => Has(file, ".safetensors")))
        {
            throw new InvalidDataException(
                $"'{files.First(file => !Has(file, ".npy") && !Has(file, ".safetensors"))}' is neither .npy nor .safetensors; "
                + "weights are read from files of the one or the other.");
        }

        return files.Length == 1 && paths is [var path] && path == files[0]
            ? new StackedSafetensors(path, order)
            : new SafetensorsOfNetworks(files, order);
    }

    static string[] Inside(string folder)
    {
        var (matrices, tensors) = (Directory.GetFiles(folder, "*.npy"), Directory.GetFiles(folder, "*.safetensors"));
        if (matrices.Length > 0 && tensors.Length > 0)
            throw new InvalidDataException($"'{folder}' holds both .npy and .safetensors files; name the files that are meant.");
        return (matrices.Length, tensors.Length) switch
        {
            (0, 0) => throw new InvalidDataException($"'{folder}' holds no .npy and no .safetensors file."),
            (0, _) => tensors,
            _ => matrices,
        };
    }

    static bool Has(string file, string extension) => file.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    static string Counted(IReadOnlyList<string> files) => files.Count == 1
        ? $"from {Path.GetFileName(files[0])}"
        : $"from {files.Count} files in the order of their names, {Path.GetFileName(files[0])} to {Path.GetFileName(files[^1])}";

    /// <summary>The tensors of a file, or those that are asked for, as columns.</summary>
    /// <param name="skip">Leading axes that aren't the network's own.</param>
    static TensorColumns[] ColumnsOf(Safetensors file, string path, IReadOnlyList<string>? order, int skip)
    {
        var tensors = order is null ? file.Tensors : [.. order.Select(name =>
            file.Tensors.FirstOrDefault(tensor => tensor.Name == name)
            ?? throw new InvalidDataException(
                $"'{path}' has no tensor '{name}'; it has {string.Join(", ", file.Tensors.Select(tensor => tensor.Name))}."))];
        var (columns, start) = (new List<TensorColumns>(), 0L);
        foreach (var tensor in tensors)
        {
            int[] shape = tensor.Shape.Length > skip ? tensor.Shape[skip..] : [1];
            columns.Add(new TensorColumns(tensor.Name, shape, (int)start));
            start += shape.Aggregate(1L, (product, side) => product * side);
            if (start > Array.MaxLength) throw new InvalidDataException($"'{path}': a network has more than {Array.MaxLength} numbers.");
        }

        return [.. columns];
    }

    static int Width(TensorColumns tensor) => tensor.Shape.Aggregate(1, (product, side) => product * side);

    /// <summary>NumPy matrices that follow one another.</summary>
    sealed class NpyShards : WeightFiles
    {
        readonly NpyMatrix[] _shards;
        readonly string[] _files;

        internal NpyShards(string[] files)
        {
            (_files, _shards) = (files, Array.ConvertAll(files, NpyMatrix.Open));
            for (var i = 1; i < files.Length; i++)
            {
                if (_shards[i].Columns != _shards[0].Columns)
                {
                    throw new InvalidDataException(
                        $"'{files[i]}' has {_shards[i].Columns} columns, but '{files[0]}' has {_shards[0].Columns}: "
                        + "parts of one matrix have equally many.");
                }
            }

            var rows = _shards.Sum(shard => (long)shard.Rows);
            Rows = rows <= int.MaxValue ? (int)rows : throw new InvalidDataException($"The files have {rows} rows, which are too many.");
        }

        internal override int Rows { get; }

        internal override int Columns => _shards[0].Columns;

        internal override string Says => Counted(_files);

        protected override void Read(int[] rows, float[] values, Action<int> told)
        {
            var (done, before) = (0, 0);
            foreach (var shard in _shards)
            {
                var end = done;
                while (end < rows.Length && rows[end] < before + shard.Rows) end++;
                foreach (var row in shard.ReadRows([.. rows[done..end].Select(row => row - before)]))
                {
                    row.CopyTo(values.AsSpan(done++ * Columns, Columns));
                    if (done % 256 == 0) told(done);
                }

                before += shard.Rows;
            }
        }
    }

    /// <summary>One file in which all networks are stacked along the first axis, as our own releases have it.</summary>
    sealed class StackedSafetensors : WeightFiles
    {
        readonly string _path;
        readonly TensorColumns[] _tensors;

        internal StackedSafetensors(string path, IReadOnlyList<string>? order)
        {
            _path = path;
            using var file = Safetensors.Open(path);
            var rows = file.Tensors.Select(tensor => tensor.Shape is [var first, ..] ? first : 0).Distinct().ToArray();
            if (rows is not [> 0])
            {
                throw new InvalidDataException(
                    $"'{path}': the first axes of its tensors are {string.Join(", ", rows.Order())} long; in a file of many networks all "
                    + "tensors are stacked along it. Files of one network each go into a folder, which is given instead.");
            }

            (Rows, _tensors) = (rows[0], ColumnsOf(file, path, order, skip: 1));
        }

        internal override int Rows { get; }

        internal override int Columns => _tensors[^1].Start + Width(_tensors[^1]);

        internal override string Says => $"from {Path.GetFileName(_path)}, stacked along the first axis of its tensors";

        internal override IReadOnlyList<TensorColumns> Tensors => _tensors;

        protected override void Read(int[] rows, float[] values, Action<int> told)
        {
            using var file = Safetensors.Open(_path);
            var found = _tensors.Select(tensor => (Tensor: tensor, In: file.Tensors.First(one => one.Name == tensor.Name))).ToArray();
            for (var i = 0; i < rows.Length; i++)
            {
                foreach (var (tensor, stacked) in found)
                {
                    var width = Width(tensor);
                    file.Read(stacked, (long)rows[i] * width, values.AsSpan((i * Columns) + tensor.Start, width));
                }

                if (i % 256 == 0) told(i);
            }
        }
    }

    /// <summary>One file a network, all with the same tensors.</summary>
    sealed class SafetensorsOfNetworks : WeightFiles
    {
        readonly string[] _files;
        readonly TensorColumns[] _tensors;
        readonly string _others;

        internal SafetensorsOfNetworks(string[] files, IReadOnlyList<string>? order)
        {
            _files = files;
            using var first = Safetensors.Open(files[0]);
            _tensors = ColumnsOf(first, files[0], order, skip: 0);
            _others = first.Others.Count == 0 ? "" : $"; without {string.Join(", ", first.Others)}";
        }

        internal override int Rows => _files.Length;

        internal override int Columns => _tensors[^1].Start + Width(_tensors[^1]);

        internal override string Says => Counted(_files) + _others;

        internal override IReadOnlyList<TensorColumns> Tensors => _tensors;

        internal override IReadOnlyList<string> Files => _files;

        protected override void Read(int[] rows, float[] values, Action<int> told)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var path = _files[rows[i]];
                using var file = Safetensors.Open(path);
                var found = file.Tensors.ToDictionary(tensor => tensor.Name);
                foreach (var tensor in _tensors)
                {
                    if (!found.TryGetValue(tensor.Name, out var own))
                        throw new InvalidDataException($"'{path}' has no tensor '{tensor.Name}', which '{_files[0]}' has.");
                    if (!(own.Shape is [] ? [1] : own.Shape).SequenceEqual(tensor.Shape))
                    {
                        throw new InvalidDataException(
                            $"'{path}': the tensor '{tensor.Name}' has the shape ({string.Join(", ", own.Shape)}), but in '{_files[0]}' "
                            + $"({string.Join(", ", tensor.Shape)}); networks of different shapes are analysed apart.");
                    }

                    file.Read(own, 0, values.AsSpan((i * Columns) + tensor.Start, Width(tensor)));
                }

                if (i % 64 == 0) told(i);
            }
        }
    }
}
