using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Mlds.Zoos;

/// <summary>The tables of a zoo and how older ones become today's (docs/formats/zoo.md).</summary>
static class ZooSchema
{
    /// <summary>"MLDS" in ASCII: marks a SQLite file as a zoo (PRAGMA application_id).</summary>
    public const int ApplicationId = 0x4D4C4453;

    /// <summary>Step i leads from version i to i + 1. Steps are only ever added: a released one never changes.</summary>
    public static IReadOnlyList<string> Steps { get; } = [Version1, Version2, Version3, Version4, Version5];

    // Losses are REAL, which SQLite keeps as doubles: every finite float32 comes back to the same bits. NaN it turns into NULL, so
    // NULL reads as NaN. The histories hold all bits.
    const string Version1 = """
        CREATE TABLE meta(key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE machines(machine_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

        CREATE TABLE recipe_forms(
            form_id INTEGER PRIMARY KEY,
            machine_id INTEGER NOT NULL REFERENCES machines,
            before_seed TEXT NOT NULL,
            after_seed TEXT NOT NULL,
            UNIQUE(machine_id, before_seed, after_seed)) STRICT;

        CREATE TABLE origins(
            origin_id INTEGER PRIMARY KEY,
            program_version TEXT NOT NULL,
            processor TEXT NOT NULL,
            kernel_set TEXT NOT NULL,
            host TEXT NOT NULL,
            UNIQUE(program_version, processor, kernel_set, host)) STRICT;

        CREATE TABLE networks(
            network_id INTEGER PRIMARY KEY,
            recipe_id BLOB NOT NULL UNIQUE CHECK(length(recipe_id) = 32),
            form_id INTEGER NOT NULL REFERENCES recipe_forms,
            machine_id INTEGER NOT NULL REFERENCES machines,
            seed INTEGER NOT NULL,
            outcome INTEGER NOT NULL,
            epochs INTEGER NOT NULL,
            training_loss REAL,
            validation_loss REAL,
            long_loss REAL,
            core_seconds REAL NOT NULL,
            origin_id INTEGER NOT NULL REFERENCES origins,
            weights_sha256 BLOB NOT NULL CHECK(length(weights_sha256) = 32),
            UNIQUE(machine_id, seed)) STRICT;

        CREATE TABLE runs(
            network_id INTEGER PRIMARY KEY REFERENCES networks,
            history BLOB NOT NULL,
            milestones BLOB NOT NULL) STRICT;

        CREATE TABLE weights(
            network_id INTEGER PRIMARY KEY REFERENCES networks,
            weights BLOB NOT NULL) STRICT;

        CREATE TABLE checkpoints(
            recipe_id BLOB PRIMARY KEY NOT NULL CHECK(length(recipe_id) = 32),
            machine_id INTEGER NOT NULL REFERENCES machines,
            seed INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            checkpoint BLOB NOT NULL) STRICT;
        """;

    // Unlike checkpoints these stay: there may be one at every milestone. The row's own key comes first and the blob last, so that epochs
    // are listed without a blob being read.
    const string Version2 = """
        CREATE TABLE kept_checkpoints(
            kept_id INTEGER PRIMARY KEY,
            recipe_id BLOB NOT NULL CHECK(length(recipe_id) = 32),
            epoch INTEGER NOT NULL,
            checkpoint BLOB NOT NULL,
            UNIQUE(recipe_id, epoch)) STRICT;
        """;

    // What the zoo was asked for, so that one can tell what is missing.
    const string Version3 = """
        CREATE TABLE parts(
            shard INTEGER NOT NULL,
            shards INTEGER NOT NULL,
            networks INTEGER NOT NULL,
            PRIMARY KEY(shard, shards)) STRICT, WITHOUT ROWID;
        """;

    // What a task measures of its networks besides losses; nothing for most tasks.
    const string Version4 = """
        CREATE TABLE measures(
            network_id INTEGER NOT NULL REFERENCES networks,
            name TEXT NOT NULL,
            value REAL NOT NULL,
            PRIMARY KEY(network_id, name)) STRICT, WITHOUT ROWID;
        """;

    // How a blob holds floats (WeightPacking); those of earlier versions are plain.
    const string Version5 = """
        ALTER TABLE weights ADD COLUMN packing INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE kept_checkpoints ADD COLUMN packing INTEGER NOT NULL DEFAULT 0;
        """;

    /// <summary>The schema version of an open database; 0 before the first table.</summary>
    public static int Version(SqliteConnection connection) => Number(connection, "PRAGMA user_version");

    /// <summary>Throws unless the database is a zoo this program understands, of any version up to its own.</summary>
    public static void Check(SqliteConnection connection, string folder, int known)
    {
        var version = Version(connection);
        if (version == 0 && Number(connection, "SELECT count(*) FROM sqlite_schema") == 0) return;
        if (Number(connection, "PRAGMA application_id") != ApplicationId)
            throw new ZooException($"'{folder}' has a zoo.db that is no zoo but some other SQLite database; choose another folder.");
        if (version > known)
        {
            throw new ZooException(
                $"The zoo '{folder}' was made by a newer version of mlds (its schema is {version}, this program knows up to {known}); "
                + "update mlds to use it.");
        }
    }

    /// <summary>Brings the database up to date, each step in a transaction of its own.</summary>
    public static void Migrate(SqliteConnection connection, IReadOnlyList<string> steps)
    {
        for (var version = Version(connection); version < steps.Count; version++)
        {
            try
            {
                Run(
                    connection,
                    $"BEGIN IMMEDIATE; {steps[version]}\nPRAGMA application_id = {ApplicationId}; "
                    + $"PRAGMA user_version = {version + 1}; COMMIT;");
            }
            catch
            {
                if (raw.sqlite3_get_autocommit(connection.Handle) == 0) Run(connection, "ROLLBACK");
                throw;
            }
        }
    }

    /// <summary>
    /// Runs many statements. Not with a command, which would ignore errors after its first statement that returns rows.
    /// </summary>
    static void Run(SqliteConnection connection, string sql)
    {
        var code = raw.sqlite3_exec(connection.Handle, sql);
        if (code != raw.SQLITE_OK) throw new SqliteException(raw.sqlite3_errmsg(connection.Handle).utf8_to_string(), code);
    }

    static int Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt32(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
