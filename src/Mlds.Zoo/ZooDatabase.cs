using Microsoft.Data.Sqlite;

namespace Mlds.Zoos;

/// <summary>One connection to a zoo's database; SQLite's errors come out as <see cref="ZooException"/>. Not thread-safe.</summary>
sealed class ZooDatabase : IDisposable
{
    public const string FileName = "zoo.db";

    readonly SqliteConnection _connection;
    readonly Dictionary<string, SqliteCommand> _prepared = [];
    bool _isChanged;

    ZooDatabase(string folder, SqliteConnection connection) => (Folder, _connection) = (folder, connection);

    public string Folder { get; }

    public static bool Exists(string folder) => FileKinds.Of(Path.Combine(folder, FileName)) is not (FileKind.Nothing or FileKind.Folder);

    /// <summary>SQLite opens these by itself, and would wait at a FIFO.</summary>
    /// <exception cref="ZooException">One of them is no file.</exception>
    public static void CheckFiles(string folder)
    {
        foreach (var end in new[] { "", "-wal", "-shm", "-journal" })
        {
            if (FileKinds.Of(Source(folder) + end) is var kind and not (FileKind.File or FileKind.Nothing))
            {
                throw new ZooException(
                    $"The zoo '{folder}' can't be opened: its {FileName}{end} is {FileKinds.InWords(kind)}, not a file.");
            }
        }
    }

    /// <summary>Schema version of the zoo: today's where it is open for writing, perhaps an older one where it is only read.</summary>
    public int Version => ZooSchema.Version(_connection);

    /// <summary>Opens an existing zoo, of any version up to today's, without any change to it.</summary>
    public static ZooDatabase OpenForReading(string folder, IReadOnlyList<string> steps)
    {
        if (!Directory.Exists(folder)) throw new ZooException($"There is no folder '{folder}', so no zoo in it.");
        if (!Exists(folder))
        {
            throw new ZooException(
                $"There is no zoo in '{folder}': it has no {FileName}; `mlds generate POPULATION --zoo {folder}` makes one.");
        }

        CheckFiles(folder);
        var database = Try(folder, () => OpenReadOnly(folder));
        return database.Checked(() =>
        {
            ZooSchema.Check(database._connection, folder, steps.Count);
            if (database.Version == 0)
                throw new ZooException($"The zoo '{folder}' is empty: the command that began it was stopped at once; run it again.");
        });
    }

    /// <summary>
    /// Opens or makes the database. WAL lets readers go on while one process writes, and a kill at any moment leaves the last commit: the
    /// log is replayed at the next open. synchronous = FULL also waits for the disk at every commit, so that "stored" survives a power cut;
    /// with commits gathered (<see cref="ZooWriter.Add"/>) it costs a few milliseconds per second.
    /// </summary>
    public static ZooDatabase OpenForWriting(string folder, IReadOnlyList<string> steps)
    {
        CheckFiles(folder);
        var database = Try(folder, () => Open(folder, Source(folder), SqliteOpenMode.ReadWriteCreate));
        return database.Checked(() =>
        {
            ZooSchema.Check(database._connection, folder, steps.Count);
            database.Execute("PRAGMA page_size = 8192");
            database.Execute("PRAGMA journal_mode = WAL");
            database.Execute("PRAGMA synchronous = FULL");
            database.Execute("PRAGMA foreign_keys = ON");
            if (database.Version < steps.Count) database.BreakSeal();
            ZooSchema.Migrate(database._connection, steps);
        });
    }

    public void Dispose()
    {
        // All into the one file, so that its seal covers everything. If a reader is in the way, there is no seal until the next writer
        // closes.
        var isWhole = _isChanged && IsWhole();
        foreach (var command in _prepared.Values) command.Dispose();
        _connection.Dispose();
        if (isWhole) ZooSeal.Write(Folder);
    }

    /// <summary>Runs <paramref name="work"/> in a transaction: all of it is stored, or nothing.</summary>
    public void Transaction(Action work)
    {
        BreakSeal();
        Execute("BEGIN IMMEDIATE");
        try
        {
            work();
            Execute("COMMIT");
        }
        catch
        {
            // A full disk may have rolled back already.
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) Execute("ROLLBACK");
            throw;
        }
    }

    /// <summary>Gives unused pages back to the disk. Needs room for a second copy while it runs.</summary>
    public void Vacuum()
    {
        BreakSeal();
        Execute("VACUUM");
    }

    /// <summary>
    /// Copies the database as it is at this moment into a new file, while a writer may be writing (SQLite's online backup).
    /// </summary>
    public void Backup(string file) => Try(Folder, () =>
    {
        using var copy = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false }.ToString());
        copy.Open();
        _connection.BackupDatabase(copy);
        return 0;
    });

    /// <summary>
    /// Makes a long statement, such as an integrity check, end when <paramref name="cancellation"/> says so: it then throws a <see
    /// cref="ZooException"/>.
    /// </summary>
    public CancellationTokenRegistration Interruptible(CancellationToken cancellation) =>
        cancellation.Register(() => SQLitePCL.raw.sqlite3_interrupt(_connection.Handle));

    void BreakSeal()
    {
        if (!_isChanged) ZooSeal.Break(Folder);
        _isChanged = true;
    }

    bool IsWhole()
    {
        try
        {
            return Rows("PRAGMA wal_checkpoint(TRUNCATE)").Select(row => row.GetInt32(0)).First() == 0;
        }
        catch (ZooException)
        {
            return false;
        }
    }

    public int Execute(string sql, params object?[] values) => Try(Folder, () => Command(sql, values).ExecuteNonQuery());

    public object? Scalar(string sql, params object?[] values) => Try(Folder, () => Command(sql, values).ExecuteScalar());

    /// <summary>Streams the rows of <paramref name="sql"/>; use each row before asking for the next.</summary>
    public IEnumerable<StoredRow> Rows(string sql, params object?[] values)
    {
        // A command of its own: two streams of the same statement may be open at once.
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        Bind(command, values);
        using var reader = Try(Folder, command.ExecuteReader);
        while (Try(Folder, reader.Read)) yield return new StoredRow(reader, Folder);
    }

    /// <summary>The first column of the only row as bytes, or null when there is none.</summary>
    public byte[]? Blob(string sql, params object?[] values) => Scalar(sql, values) as byte[];

    static T Try<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException exception)
        {
            throw ZooException.From(exception, folder);
        }
    }

    static string Source(string folder) => Path.Combine(folder, FileName);

    static ZooDatabase OpenReadOnly(string folder)
    {
        try
        {
            return Open(folder, Source(folder), SqliteOpenMode.ReadOnly);
        }
        catch (SqliteException) when (!HasLog(folder))
        {
            // A disk that can't be written to has no room for WAL's shared index; where there is no log, nothing is lost without it.
            var uri = new Uri(Path.GetFullPath(Source(folder))).AbsoluteUri;
            return Open(folder, $"{uri}?immutable=1", SqliteOpenMode.ReadOnly);
        }
    }

    static bool HasLog(string folder) => new FileInfo(Source(folder) + "-wal") is { Exists: true, Length: > 0 };

    static ZooDatabase Open(string folder, string source, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = source,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString());
        try
        {
            connection.Open();
            using var probe = connection.CreateCommand();
            probe.CommandText = "SELECT count(*) FROM sqlite_schema";
            probe.ExecuteScalar();
            return new ZooDatabase(folder, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    ZooDatabase Checked(Action check)
    {
        try
        {
            Try(Folder, () =>
            {
                check();
                return 0;
            });
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    SqliteCommand Command(string sql, object?[] values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            _prepared.Add(sql, command);
        }

        Bind(command, values);
        return command;
    }

    static void Bind(SqliteCommand command, object?[] values)
    {
        command.Parameters.Clear();
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i + 1}", values[i] ?? DBNull.Value);
    }
}
