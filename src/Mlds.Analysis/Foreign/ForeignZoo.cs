using Mlds.Analysis.Data;
using Mlds.Analysis.Loading;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Training;

namespace Mlds.Analysis.Foreign;

/// <summary>Anybody's networks: weights of one shape, and a table with a row for each (docs/your-own-zoo.md).</summary>
public sealed class ForeignZoo
{
    /// <summary>Networks of a class, or with a number, at least.</summary>
    internal const int LeastOfLabel = 10;

    readonly IReadOnlyList<string> _hashes;

    ForeignZoo(ForeignSource source, ForeignFiles files, TensorMatrix matrix, NetworkSymmetries? symmetries, string[] hashes, int[] rows)
    {
        (Name, Matrix, Symmetries, _hashes, Rows) = (NameOf(source.Weights), matrix, symmetries, hashes, rows);
        Labels = files.Labels(rows);
        Metadata = files.Metadata(rows);
        Grouping = Grouping.By(source.Group is { } group ? files.Fields(group, "--group", rows) : null, hashes);
        Grouping.Check(source.Group, Labels);
        Group = source.Group;
        Views = ForeignView.Of(this, source.Views, out var leftOut);
        ViewsLeftOut = leftOut;
    }

    /// <summary>The name of the folder that the weights are in.</summary>
    public string Name { get; }

    public TensorMatrix Matrix { get; }

    /// <summary>Networks N that are analysed.</summary>
    public int Networks => Matrix.Networks;

    /// <summary>Networks in the files that the conditions took, those of weights that aren't finite numbers included.</summary>
    public int Found { get; private init; }

    /// <summary>How the files were read, and what was left out; whole sentences.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>What may be changed of a network without changing what it does; null where that isn't known.</summary>
    internal NetworkSymmetries? Symmetries { get; }

    /// <summary>The row of the table of each network, from 0.</summary>
    internal int[] Rows { get; }

    internal IReadOnlyList<LabelColumn> Labels { get; }

    internal Metadata Metadata { get; }

    internal string? Group { get; }

    internal Grouping Grouping { get; }

    internal IReadOnlyList<ForeignView> Views { get; }

    internal IReadOnlyList<Results.LeftOut> ViewsLeftOut { get; }

    /// <summary>The SHA-256 of each network's weights, as float32 in the order of the files.</summary>
    internal IReadOnlyList<string> Hashes => _hashes;

    /// <summary>Identity of what is analysed: over the rows of the table and their weights.</summary>
    public string WeightsDigest() => Zoos.WeightsDigest.Of(Rows.Select((row, i) => ($"{row:D10}", _hashes[i])));

    /// <summary>Reads weights and table, and checks all that can be wrong with them and with what is asked of them.</summary>
    /// <param name="memory">Bytes to stay within; null for what an analysis usually may take of this machine's.</param>
    /// <param name="told">Called with how many networks have been read, of how many, now and then.</param>
    /// <exception cref="InvalidDataException">
    /// Something doesn't fit: a table of fewer rows than weights, a label of one value, a view that the layout can't give. The message says
    /// what, where, and what to do.
    /// </exception>
    public static ForeignZoo Read(
        ForeignSource source, long? memory = null, Action<int, int>? told = null, CancellationToken cancellation = default)
    {
        if (source.Labels.Count == 0) throw new InvalidDataException("Name at least one column that is to be told: --label COLUMN.");
        var files = ForeignFiles.Open(source);
        var rows = files.Rows;
        if (rows.Length < 2 * LeastOfLabel)
        {
            throw new InvalidDataException(
                $"An analysis needs at least {2 * LeastOfLabel} networks; there are {rows.Length}"
                + $"{(source.Where.Count > 0 ? " with what --where asks for" : "")}.");
        }

        // What can be wrong with the table is said before minutes are spent on the weights.
        files.Labels(rows);
        files.Metadata(rows);
        var columns = files.Weights.Columns;
        Memory.Check(rows.Length, columns, source.Views, memory ?? MemoryPlan.Usual);
        var weights = files.Weights.Read(files.WeightRows, done => told?.Invoke(done, rows.Length), cancellation);
        var (hashes, finite) = (new string[rows.Length], new bool[rows.Length]);
        Parallel.For(0, rows.Length, Parallelism.Options, row =>
        {
            var own = weights.AsSpan(row * columns, columns);
            hashes[row] = WeightsHash.Of(own);
            finite[row] = !own.ContainsAnyExceptInRange(float.MinValue, float.MaxValue);
        });
        var notes = files.Notes.ToList();
        var found = rows.Length;
        if (finite.Contains(false))
        {
            int[] kept = [.. Enumerable.Range(0, rows.Length).Where(row => finite[row])];
            notes.Add($"{found - kept.Length} of {found} networks have weights that are infinite or no number, and were left out.");
            weights = Rows(weights, columns, kept);
            (hashes, rows) = (Array.ConvertAll(kept, row => hashes[row]), Array.ConvertAll(kept, row => rows[row]));
        }

        var (matrix, symmetries) = Layered(source, files, weights, rows.Length);
        return new ForeignZoo(source, files, matrix, symmetries, hashes, rows) { Found = found, Notes = notes };

        static float[] Rows(float[] weights, int columns, int[] kept)
        {
            var few = new float[(long)kept.Length * columns];
            for (var i = 0; i < kept.Length; i++) weights.AsSpan(kept[i] * columns, columns).CopyTo(few.AsSpan(i * columns));
            return few;
        }
    }

    static (TensorMatrix, NetworkSymmetries?) Layered(ForeignSource source, ForeignFiles files, float[] weights, int networks)
    {
        var columns = files.Weights.Columns;
        if (source.Activation is not { } activation || activation == Activation.None)
            return (new TensorMatrix(weights, networks, columns, files.Tensors), null);
        var layered = ForeignNetworks.Of(
            weights, columns, source.Weights[0], files.Layers, source.Layout ?? source.Weights[0], activation, source.IsMaxPooled);
        return (layered.Matrix, layered.Symmetries);
    }

    static string NameOf(IReadOnlyList<string> weights)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(weights[0]));
        return Path.GetFileName(Directory.Exists(path) ? path : Path.GetDirectoryName(path)) is { Length: > 0 } name ? name : "weights";
    }
}
