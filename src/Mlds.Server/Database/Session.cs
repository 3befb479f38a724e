using System.Data.Common;

namespace Mlds.Server.Database;

/// <summary>
/// Statements in one transaction. Parameters are <c>$1, $2, …</c>: long, int, double, string, byte[] or null. A session is valid only
/// within the call that it was handed to: don't keep it.
/// </summary>
public sealed class Session : IDisposable
{
    readonly Dialect _dialect;
    readonly DbConnection _connection;
    readonly Dictionary<string, DbCommand> _commands = [];

    internal Session(Dialect dialect)
    {
        _dialect = dialect;
        _connection = dialect.Open();
    }

    internal bool IsOpen => _connection.State == System.Data.ConnectionState.Open;

    /// <summary>Runs a statement; returns how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        var command = Command(sql, values);
        try
        {
            return command.ExecuteNonQuery();
        }
        finally
        {
            Done(command);
        }
    }

    /// <summary>The first column of the first row as a whole number; null without a row or with a NULL.</summary>
    public long? Number(string sql, params ReadOnlySpan<object?> values) =>
        Scalar(sql, values) is { } value ? Convert.ToInt64(value, null) : null;

    /// <summary>The first column of the first row as a real number.</summary>
    public double? Real(string sql, params ReadOnlySpan<object?> values) =>
        Scalar(sql, values) is { } value ? Convert.ToDouble(value, null) : null;

    public string? Text(string sql, params ReadOnlySpan<object?> values) => Scalar(sql, values) as string;

    public byte[]? Bytes(string sql, params ReadOnlySpan<object?> values) => Scalar(sql, values) as byte[];

    /// <summary>All rows.</summary>
    public List<T> Rows<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        var command = Command(sql, values);
        try
        {
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read()) rows.Add(read(reader));
            return rows;
        }
        finally
        {
            Done(command);
        }
    }

    /// <summary>All rows, one at a time. The session takes no other statement meanwhile.</summary>
    internal IEnumerable<T> Stream<T>(string sql, Func<DbDataReader, T> read)
    {
        using var command = _dialect.Command(_connection, sql, 0);
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return read(reader);
    }

    internal bool IsPostgres => _dialect is PostgresDialect;

    /// <summary>The first row, or default.</summary>
    public T? Row<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        var command = Command(sql, values);
        try
        {
            using var reader = command.ExecuteReader();
            return reader.Read() ? read(reader) : default;
        }
        finally
        {
            Done(command);
        }
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _connection.Dispose();
    }

    internal void BeginWriting()
    {
        foreach (var sql in _dialect.BeginWriting) Execute(sql);
    }

    internal void BeginReading() => Execute(_dialect.BeginReading);

    object? Scalar(string sql, ReadOnlySpan<object?> values)
    {
        var command = Command(sql, values);
        try
        {
            return command.ExecuteScalar() is { } value and not DBNull ? value : null;
        }
        finally
        {
            Done(command);
        }
    }

    DbCommand Command(string sql, ReadOnlySpan<object?> values)
    {
        if (!_dialect.KeepsCommands || !_commands.TryGetValue(sql, out var command))
        {
            command = _dialect.Command(_connection, sql, values.Length);
            if (_dialect.KeepsCommands) _commands[sql] = command;
        }

        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    void Done(DbCommand command)
    {
        if (!_dialect.KeepsCommands) command.Dispose();
    }
}
