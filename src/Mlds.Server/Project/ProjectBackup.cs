using Microsoft.Data.Sqlite;

namespace Mlds.Server;

/// <summary>
/// Copies what a project can't be made without: settings, keys, database. A SQLite database is copied as it is at one moment, also while the server
/// writes; PostgreSQL has its own tools for that. Programs and inputs can be made again; zoo and uploads are folders of plain files.
/// </summary>
public static class ProjectBackup
{
    public static void Copy(ProjectFolder project, string to)
    {
        if (Directory.Exists(to)) throw new ProjectException($"'{to}' exists already; a backup needs a folder of its own.");
        var partial = to + ".partial";
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        Directory.CreateDirectory(Path.Combine(partial, "keys"));
        File.Copy(ProjectFolder.SettingsFile(project.Path), ProjectFolder.SettingsFile(partial));
        foreach (var key in Directory.EnumerateFiles(project.In("keys"))) File.Copy(key, Path.Combine(partial, "keys", Path.GetFileName(key)));
        if (!project.Settings.Database.Contains("Host=", StringComparison.OrdinalIgnoreCase)) CopySqlite(project.In(project.Settings.Database), Path.Combine(partial, project.Settings.Database));
        Directory.Move(partial, to);
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
