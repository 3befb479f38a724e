using Microsoft.Data.Sqlite;
using Mlds.Server.Database;
using Mlds.Zoos;

namespace Mlds.Server;

/// <summary>
/// Copies a project so that the copy is one: put it where the project was, and serve it. The database comes first, as it is at one moment, also while the server writes; the files that
/// it speaks of are there then, never change, and are kept for a day after they are done with; the zoos come last, and networks that the database doesn't know of yet are found in
/// them when they come again. Of a PostgreSQL database the copy has the rows, in a SQLite file: it needs nothing but itself.
/// </summary>
public static class ProjectBackup
{
    const string SqliteFile = "project.db";

    /// <exception cref="ProjectException"><paramref name="to"/> exists, or the database can't be read.</exception>
    public static async Task Copy(ProjectFolder project, string to, IReadOnlyList<SchemaStep> steps)
    {
        if (Path.Exists(to)) throw new ProjectException($"'{to}' exists already; a backup needs a folder of its own.");
        var target = Path.GetFullPath(to);
        if ((target + Path.DirectorySeparatorChar).StartsWith(project.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ProjectException($"'{to}' is within the project itself; give a folder elsewhere, at best on another disk.");
        var partial = target + ".partial";
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        Directory.CreateDirectory(partial);
        await CopyDatabase(project, partial, steps);
        foreach (var name in new[] { "keys", "apps", "download", "upload", "stats" }) CopyFolder(project.In(name), Path.Combine(partial, name));
        foreach (var file in Certificates(project.Settings)) File.Copy(project.In(file), Path.Combine(partial, file));
        foreach (var zoo in Directory.EnumerateDirectories(project.Path).Where(folder => File.Exists(Path.Combine(folder, "zoo.db"))))
        {
            using var opened = Zoo.Open(zoo);
            ZooBackup.Write(opened, Path.Combine(partial, Path.GetFileName(zoo), "zoo.db"));
        }

        Directory.Move(partial, target);
    }

    static async Task CopyDatabase(ProjectFolder project, string to, IReadOnlyList<SchemaStep> steps)
    {
        var settings = project.Settings;
        if (settings.IsOnPostgres)
        {
            try
            {
                using var source = new Session(Dialect.Of(settings.Database, project.Path));
                source.BeginReading();
                await TableCopy.Run(source, SqliteFile, to, steps);
            }
            catch (System.Data.Common.DbException exception)
            {
                throw new ProjectException($"The database of the project '{project.Path}' couldn't be copied: {exception.Message}", exception);
            }

            (settings with { Database = SqliteFile }).Write(ProjectFolder.SettingsFile(to));
            return;
        }

        File.Copy(ProjectFolder.SettingsFile(project.Path), ProjectFolder.SettingsFile(to));
        CopySqlite(project.In(settings.Database), Path.Combine(to, settings.Database));
    }

    static IEnumerable<string> Certificates(ProjectSettings settings) =>
        new[] { settings.CertificateFile, settings.CertificateKeyFile }.Where(file => file.Length > 0 && !Path.IsPathRooted(file));

    /// <summary>What vanishes meanwhile was done with; what is still growing (<c>.part</c>) its client sends again.</summary>
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

    static void CopySqlite(string from, string to)
    {
        using var source = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = from, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = to, Pooling = false }.ToString());
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }
}
