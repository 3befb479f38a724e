using Mlds.Recipes;
using Mlds.Training;
using ParquetSharp;

namespace Mlds.Zoos.Verification;

/// <summary>Columns of a release's networks.parquet that its loader doesn't need, by name.</summary>
sealed class ReleaseTable
{
    readonly Dictionary<string, Array> _columns = [];

    /// <param name="factors">Those whose columns are read as well.</param>
    public ReleaseTable(string path, IReadOnlyList<Factor> factors)
    {
        using var reader = new ParquetFileReader(path);
        var schema = reader.FileMetaData.Schema;
        var names = Enumerable.Range(0, reader.FileMetaData.NumColumns).Select(i => schema.Column(i).Path.ToDotVector()[0]).ToList();
        Read<int>(reader, names, "row");
        Read<int>(reader, names, "subset");
        Read<string>(reader, names, "split");
        Read<int[]>(reader, names, "milestone_epoch");
        Read<string[]>(reader, names, "milestone_weights_sha256");
        Read<string>(reader, names, "milestone_chain");
        foreach (var factor in factors) ReadFactor(reader, names, factor);
    }

    /// <summary>The column, or null where the release has none of that name.</summary>
    public T[]? Column<T>(string name) => _columns.GetValueOrDefault(name) as T[];

    /// <summary>Milestones of a network. The table has the last chain only; the others follow from it or the chain doesn't hold.</summary>
    public IReadOnlyList<Milestone>? Milestones(int row, string recipeId, IReadOnlyList<EpochRecord> history)
    {
        if (Column<int[]>("milestone_epoch") is not { } epochs
            || Column<string[]>("milestone_weights_sha256") is not { } hashes
            || Column<string>("milestone_chain") is not { } chains)
        {
            return null;
        }

        if (epochs[row].Length != hashes[row].Length)
            throw new InvalidDataException($"row {row} has {epochs[row].Length} epochs of milestones and {hashes[row].Length} hashes");
        var milestones = new List<Milestone>();
        for (var i = 0; i < epochs[row].Length; i++)
        {
            var epoch = epochs[row][i];
            if (epoch < 1 || epoch > history.Count)
                throw new InvalidDataException($"row {row} has a milestone at epoch {epoch} of {history.Count}");
            milestones.Add(
                Milestone.Link(i == 0 ? recipeId : milestones[^1].Chain, epoch, history[epoch - 1].ValidationLoss, hashes[row][i]));
        }

        if (milestones.Count > 0) milestones[^1] = milestones[^1] with { Chain = chains[row] };
        return milestones;
    }

    /// <summary>The values of a factor as population files have them, or null where the release has no column of it.</summary>
    public IReadOnlyList<FactorValue>? Values(Factor factor) => factor.Kind switch
    {
        FactorKind.Number => Column<double>(factor.Name)?.Select(FactorValue.Of).ToArray(),
        FactorKind.Boolean => Column<bool>(factor.Name)?.Select(FactorValue.Of).ToArray(),
        _ => Column<string>(factor.Name)?.Select(FactorValue.Of).ToArray(),
    };

    void ReadFactor(ParquetFileReader reader, List<string> names, Factor factor)
    {
        switch (factor.Kind)
        {
            case FactorKind.Number:
                Read<double>(reader, names, factor.Name);
                break;
            case FactorKind.Boolean:
                Read<bool>(reader, names, factor.Name);
                break;
            default:
                Read<string>(reader, names, factor.Name);
                break;
        }
    }

    void Read<T>(ParquetFileReader reader, List<string> names, string name)
    {
        var index = names.IndexOf(name);
        if (index < 0) return;
        var values = new List<T>();
        for (var i = 0; i < reader.FileMetaData.NumRowGroups; i++)
        {
            using var group = reader.RowGroup(i);
            using var column = group.Column(index);
            using var logical = column.LogicalReader<T>();
            values.AddRange(logical.ReadAll(checked((int)group.MetaData.NumRows)));
        }

        _columns.Add(name, values.ToArray());
    }
}
