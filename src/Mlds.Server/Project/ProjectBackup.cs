using Microsoft.Data.Sqlite;
using Mlds.Zoos;

namespace Mlds.Server;

/// <summary>
/// Copies a project so that the copy is one: put it where the project was, and serve it. The database comes first, as it is at one moment, also while the server writes; the files that
/// it speaks of are there then, never change, and are kept for a day after they are done with; the zoos come last, and networks that the database doesn't know of yet are found in
/// them when they come again. PostgreSQL has its own tools for the database.
/// </summary>
public static class ProjectBackup
{
    /// <exception cref="ProjectException"><paramref name="to"/> exists.</exception>
    public static void Copy(ProjectFolder project, string to)
    {
        if (Path.Exists(to)) throw new ProjectException($"'{to}' exists already; a backup needs a folder of its own.");
        var target = Path.GetFullPath(to);
        if ((target + Path.DirectorySeparatorChar).StartsWith(project.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new ProjectException($"'{to}' is within the project itself; give a folder elsewhere, at best on another disk.");
        var partial = target + ".partial";
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        Directory.CreateDirectory(partial);
        File.Copy(ProjectFolder.SettingsFile(project.Path), ProjectFolder.SettingsFile(partial));
        if (!project.Settings.Database.Contains("Host=", StringComparison.OrdinalIgnoreCase)) CopySqlite(project.In(project.Settings.Database), Path.Combine(partial, project.Settings.Database));
        foreach (var name in new[] { "keys", "apps", "download", "upload", "stats" }) CopyFolder(project.In(name), Path.Combine(partial, name));
        foreach (var file in Certificates(project.Settings)) File.Copy(project.In(file), Path.Combine(partial, file));
        foreach (var zoo in Directory.EnumerateDirectories(project.Path).Where(folder => File.Exists(Path.Combine(folder, "zoo.db"))))
        {
            using var opened = Zoo.Open(zoo);
            ZooBackup.Write(opened, Path.Combine(partial, Path.GetFileName(zoo), "zoo.db"));
        }

        Directory.Move(partial, target);
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
