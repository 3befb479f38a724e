using System.Security.Cryptography;
using System.Text;
using Mlds.Boinc.Signing;
using Mlds.Server.Database;

namespace Mlds.Server.Project;

/// <summary>A project's folder: settings, keys, database, programs, what clients fetch and what they sent.</summary>
public sealed class ProjectFolder
{
    ProjectFolder(string path, ProjectSettings settings) => (Path, Settings) = (path, settings);

    public string Path { get; }

    public ProjectSettings Settings { get; }

    public string Statistics => In("stats");
    public string Apps => In("apps");

    /// <summary>While this file exists, clients are told that the project is down for maintenance; its text is the message.</summary>
    public string MaintenanceFile => In("maintenance");

    public static string SettingsFile(string folder) => System.IO.Path.Combine(folder, "project.json");

    public static ProjectFolder Open(string path)
    {
        if (!File.Exists(SettingsFile(path)))
            throw new ProjectException($"There is no project in '{path}': it has no project.json; `mlds project init {path}` makes one.");
        var project = new ProjectFolder(
            System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)), ProjectSettings.Read(SettingsFile(path)));
        project.CloseToOthers();
        return project;
    }

    /// <summary>Closes to other users what an earlier version of this program left open to them.</summary>
    void CloseToOthers()
    {
        OwnerOnly.Close(Path);
        OwnerOnly.Close(SettingsFile(Path));
        if (DatabaseFile is { } database)
            foreach (var end in new[] { "", "-wal", "-shm", "-journal" }) OwnerOnly.Close(database + end);
        if (Directory.Exists(In("keys")))
            foreach (var key in Directory.EnumerateFiles(In("keys"))) OwnerOnly.Close(key);
        if (Settings.CertificateKeyFile is { Length: > 0 } file && Inside(file) is not null) OwnerOnly.Close(In(file));
    }

    /// <summary>The SQLite file; null: the database is in PostgreSQL.</summary>
    public string? DatabaseFile => Settings.IsOnPostgres ? null : In(Settings.Database);

    /// <exception cref="ProjectException">It isn't there, or can't be opened. A missing file isn't created: the project would start without
    /// its accounts.</exception>
    public ProjectDatabase OpenDatabase(IEnumerable<SchemaStep> steps)
    {
        if (DatabaseFile is { } file && !File.Exists(file))
            throw new ProjectException($"The project's database '{file}' isn't there; put it back, from a backup if need be.");
        try
        {
            return ProjectDatabase.Open(Settings.Database, Path, steps);
        }
        catch (System.Data.Common.DbException exception)
        {
            throw new ProjectException($"The database of the project '{Path}' can't be opened: {exception.Message}", exception);
        }
    }

    /// <summary>The path, from the project's folder, of a file that lies in it; null: it lies elsewhere.</summary>
    /// <param name="path">As the settings have it.</param>
    internal string? Inside(string path)
    {
        var full = System.IO.Path.GetFullPath(In(path));
        return full.StartsWith(Path + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal) ? System.IO.Path.GetRelativePath(
            Path, full) : null;
    }

    public string In(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Where clients fetch the file of that name, under <c>download/</c>.</summary>
    public string Download(string name) => In("download", Fan(name), Name(name));

    /// <summary>Where a file that a client sends is kept. Until it is whole its name ends in <c>.part</c>.</summary>
    public string Upload(string name) => In("upload", Fan(name), Name(name));

    /// <summary>One of 256 folders, so that none gets too many files.</summary>
    public static string Fan(string name) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 1));

    /// <summary>
    /// Whether it is the name of a file and can't lead out of its folder, wherever the name comes from: a request, the database, a backup.
    /// </summary>
    internal static bool IsName(string name) =>
        name.Length is > 0 and <= 255 && name[0] != '.' && !name.AsSpan().ContainsAny('/', '\\', '\0');

    static string Name(string name) => IsName(name) ? name : throw new ProjectException($"'{name}' is no file of a project.");

    public PrivateKey UploadKey => PrivateKey.Parse(ReadKey("upload_private")) ?? throw Damaged("upload_private");

    public PublicKey CodeSigningKey => PublicKey.Parse(ReadKey("code_sign_public")) ?? throw Damaged("code_sign_public");

    string ReadKey(string name)
    {
        try
        {
            return File.ReadAllText(In("keys", name));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProjectException($"The key '{In("keys", name)}' can't be read: {exception.Message}", exception);
        }
    }

    ProjectException Damaged(string name) => new($"'{In("keys", name)}' is no key in BOINC's format; restore it from a copy.");
}
