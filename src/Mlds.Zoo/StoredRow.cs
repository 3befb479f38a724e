using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Mlds.Zoos;

/// <summary>
/// A row of a zoo's database. SQLite keeps 64-bit numbers, and a file that was tampered with may have anything anywhere: what a column
/// can't hold is reported in one sentence about the zoo.
/// </summary>
readonly struct StoredRow(SqliteDataReader reader, string folder)
{
    public bool IsNull(int column) => reader.IsDBNull(column);

    /// <exception cref="ZooException">No whole number, or one outside the range.</exception>
    public long GetInt64(int column, long least = long.MinValue, long most = long.MaxValue) =>
        reader.GetValue(column) is long number && number >= least && number <= most ? number : throw Wrong(column, Allowed(least, most));

    /// <inheritdoc cref="GetInt64"/>
    public int GetInt32(int column, int least = int.MinValue, int most = int.MaxValue) => (int)GetInt64(column, least, most);

    /// <inheritdoc cref="GetInt64"/>
    public uint GetUInt32(int column) => (uint)GetInt64(column, 0, uint.MaxValue);

    public double GetDouble(int column) => reader.GetValue(column) switch
    {
        double number => number,
        long number => number,
        _ => throw Wrong(column, "a number"),
    };

    public string GetString(int column) => reader.GetValue(column) as string ?? throw Wrong(column, "a text");

    public byte[] GetBytes(int column) => reader.GetValue(column) as byte[] ?? throw Wrong(column, "bytes");

    /// <summary>A SHA-256.</summary>
    public byte[] GetHash(int column) => GetBytes(column) is { Length: Sha256Hash.HashBytes } hash ? hash
        : throw Wrong(column, $"{Sha256Hash.HashBytes} bytes");

    /// <summary>The bytes where SQLite has them, until the next row.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(reader.Handle, column);

    static string Allowed(long least, long most) =>
        least == long.MinValue ? "a whole number" : string.Create(CultureInfo.InvariantCulture, $"a whole number {least} … {most}");

    ZooException Wrong(int column, string allowed)
    {
        var there = reader.GetValue(column) switch
        {
            DBNull => "nothing",
            byte[] bytes => $"{bytes.Length} bytes",
            var value => string.Create(CultureInfo.InvariantCulture, $"'{value}'"),
        };
        return new ZooException(
            $"The zoo '{folder}' is damaged: a row has {(there.Length > 60 ? $"{there[..60]} …" : there)} as its {reader.GetName(column)}, "
            + $"where {allowed} belongs; restore it from a copy.");
    }
}
