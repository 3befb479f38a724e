using Parquet;
using Parquet.Schema;

namespace Mlds.Zoos.Tests;

/// <summary>The columns of a Parquet file of one row group, as Parquet.Net reads them.</summary>
sealed class ParquetTable(ParquetReader reader)
{
    DataField Field(string column) => reader.Schema.GetDataFields().Single(field => field.Path.FirstPart == column);

    public async Task<T[]> Values<T>(string column)
        where T : struct
    {
        var (values, _) = await Read<T>(column);
        return values;
    }

    public async Task<string[]> Texts(string column)
    {
        var (values, _) = await Read<ReadOnlyMemory<char>>(column);
        return [.. values.Select(text => text.ToString())];
    }

    /// <summary>One list a row.</summary>
    public async Task<List<List<T>>> Lists<T>(string column)
        where T : struct
    {
        var (values, levels) = await Read<T>(column);
        var lists = new List<List<T>>();
        for (var i = 0; i < values.Length; i++)
        {
            if (levels![i] == 0) lists.Add([]);
            lists[^1].Add(values[i]);
        }

        return lists;
    }

    async Task<(T[] Values, int[]? Levels)> Read<T>(string column)
        where T : struct
    {
        using var rows = reader.OpenRowGroupReader(0);
        var values = new T[rows.GetMetadata(Field(column))!.MetaData!.NumValues];
        var isList = Field(column).MaxRepetitionLevel > 0;
        Memory<int>? definitions = isList ? new int[values.Length].AsMemory() : default(Memory<int>?);
        var levels = isList ? new int[values.Length] : null;
        Memory<int>? repetitions = isList ? levels.AsMemory() : default(Memory<int>?);
        await rows.ReadRawAsync(Field(column), values.AsMemory(), definitions, repetitions, TestContext.Current.CancellationToken);
        return (values, levels);
    }
}
