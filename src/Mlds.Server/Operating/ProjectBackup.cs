using System.Data.Common;
using Microsoft.Data.Sqlite;
using Mlds.Server.Database;
using Mlds.Server.Project;
using Mlds.Zoos;

namespace Mlds.Server.Operating;

/// <param name="Moved">Files from outside the project that now lie within the copy, and the settings that name them there: one clause
/// each.</param>
/// <param name="Check">What checking the copy found; nothing is missing.</param>
public sealed record FinishedBackup(IReadOnlyList<string> Moved, ProjectCheckReport Check);

/// <summary>
/// Copies a project into a folder that is itself a project: put it where the project was, and serve it. The database comes first, as it is
/// at one moment, also while the server writes; the files that it refers to exist by then, never change, and are kept for a day after they
/// are last needed; the zoos come last, and networks that the copied database doesn't know of yet are found there when they are returned
/// again. Of a PostgreSQL database the copy has the rows, in a SQLite file, and what the settings name elsewhere lies
/// within it: it needs nothing but itself. It gets its final name once it has been opened and everything in it was found.
/// </summary>
public static class ProjectBackup
{
    const string SqliteFile = "project.db";

    /// <exception cref="ProjectException"><paramref name="to"/> exists, something can't be read or written (then nothing is left), or the
    /// copy isn't whole (then it is left under another name).</exception>
    public static async Task<FinishedBackup> Copy(ProjectFolder project, string to, IReadOnlyList<SchemaStep> steps)
    {
        if (Path.Exists(to)) throw new ProjectException($"'{to}' exists already; a backup needs a folder of its own.");
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(to));
        if ((target + Path.DirectorySeparatorChar).StartsWith(project.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ProjectException($"'{to}' is within the project itself; give a folder elsewhere, at best on another disk.");
        // A name that no other folder has: existing folders are left alone.
        var partial = $"{target}.partial-{Guid.NewGuid().ToString("N")[..8]}";
        try
        {
            OwnerOnly.CreateFolder(partial);
            var moved = await CopyAll(project, partial, steps);
            var check = ProjectCheck.Run(ProjectFolder.Open(partial), steps);
            if (check.Faults.Count > 0)
            {
                throw new ProjectException($"The copy isn't whole, so it is no backup: {string.Join("; ", check.Faults.Take(3))}. "
                    + $"It is left in '{partial}'; `mlds project check` says more of it, and of the project.");
            }

            Directory.Move(partial, target);
            return new FinishedBackup(moved, check);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DbException or ZooException)
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
            throw new ProjectException(
                $"The backup '{to}' couldn't be made, and nothing is left of it: {FullDisk.Words(exception)}.", exception);
        }
    }

    static async Task<List<string>> CopyAll(ProjectFolder project, string to, IReadOnlyList<SchemaStep> steps)
    {
        var settings = project.Settings;
        var moved = new List<string>();
        string Place(string key, string path, string elsewhere)
        {
            if (project.Inside(path) is { } inside) return inside;
            moved.Add($"{key} is '{elsewhere}' there instead of '{path}'");
            return elsewhere;
        }

        var copied = settings with { Database = settings.IsOnPostgres ? SqliteFile : Place("database", settings.Database, SqliteFile) };
        if (settings.CertificateFile.Length > 0)
        {
            copied = copied with
            {
                CertificateFile = Place("certificate_file", settings.CertificateFile, "certificate.pem"),
                CertificateKeyFile = Place("certificate_key_file", settings.CertificateKeyFile, "certificate.key"),
            };
        }

        if (copied == settings) File.Copy(ProjectFolder.SettingsFile(project.Path), ProjectFolder.SettingsFile(to)); // with its comments
        else copied.Write(ProjectFolder.SettingsFile(to));
        await CopyDatabase(project, Path.Combine(to, copied.Database), to, steps);
        foreach (var name in new[] { "keys", "apps", "download", "upload", "stats", "recalls" })
            CopyFolder(project.In(name), Path.Combine(to, name));
        CopyFile(project, settings.CertificateFile, Path.Combine(to, copied.CertificateFile));
        if (settings.CertificateKeyFile != settings.CertificateFile)
            CopyFile(project, settings.CertificateKeyFile, Path.Combine(to, copied.CertificateKeyFile));
        foreach (var zoo in Directory.EnumerateDirectories(project.Path).Where(Zoo.Exists))
        {
            using var opened = Zoo.Open(zoo);
            ZooBackup.Write(opened, Path.Combine(to, Path.GetFileName(zoo), "zoo.db"));
        }

        return moved;
    }

    static async Task CopyDatabase(ProjectFolder project, string file, string to, IReadOnlyList<SchemaStep> steps)
    {
        if (project.DatabaseFile is not { } from)
        {
            using var source = new Session(Dialect.Of(project.Settings.Database, project.Path));
            source.BeginReading();
            await TableCopy.Run(source, SqliteFile, to, steps);
            return;
        }

        if (!File.Exists(from)) throw new ProjectException($"The project's database '{from}' isn't there, so there is nothing to back up.");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        OwnerOnly.Create(file).Dispose();
        CopySqlite(from, file);
    }

    static void CopyFile(ProjectFolder project, string name, string to)
    {
        if (name.Length == 0) return;
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(project.In(name), to, overwrite: true); // it may lie in keys/, and is copied already in that case
        OwnerOnly.Close(to);
    }

    /// <summary>What vanishes meanwhile was no longer needed; what is still growing (<c>.part</c>) is sent again by its client.</summary>
    static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        if (!Directory.Exists(from)) return;
        foreach (var folder in Directory.EnumerateDirectories(from)) CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (var file in Directory.EnumerateFiles(from).Where(file => !file.EndsWith(".part", StringComparison.Ordinal)))
        {
            try
            {
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
            }
            catch (FileNotFoundException)
            {
            }
        }
    }

    /// <summary>The copy is one file, with no log beside it, so it can be read even from a read-only disk.</summary>
    static void CopySqlite(string from, string to)
    {
        using var source = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = from, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = to, Pooling = false }.ToString());
        source.Open();
        target.Open();
        source.BackupDatabase(target);
        using var single = target.CreateCommand();
        single.CommandText = "PRAGMA journal_mode = DELETE";
        single.ExecuteNonQuery();
    }
}
