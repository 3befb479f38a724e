using System.Security.Cryptography;
using System.Text;
using Mlds.Boinc.Signing;
using Mlds.Server.Database;

namespace Mlds.Server;

/// <summary>A project's folder: settings, keys, database, programs, what clients fetch and what they sent.</summary>
public sealed class ProjectFolder
{
    ProjectFolder(string path, ProjectSettings settings) => (Path, Settings) = (path, settings);

    public string Path { get; }

    public ProjectSettings Settings { get; }

    public string Zoo => In("zoo");
    public string Statistics => In("stats");
    public string Apps => In("apps");

    /// <summary>While this file is there, clients hear that the project is down for maintenance; its text is the message.</summary>
    public string MaintenanceFile => In("maintenance");

    public static string SettingsFile(string folder) => System.IO.Path.Combine(folder, "project.json");

    public static ProjectFolder Open(string path)
    {
        if (!File.Exists(SettingsFile(path))) throw new ProjectException($"There is no project in '{path}': it has no project.json; `mlds project init {path}` makes one.");
        return new(System.IO.Path.GetFullPath(path), ProjectSettings.Read(SettingsFile(path)));
    }

    public ProjectDatabase OpenDatabase(IEnumerable<SchemaStep> steps)
    {
        try
        {
            return ProjectDatabase.Open(Settings.Database, Path, steps);
        }
        catch (System.Data.Common.DbException exception)
        {
            throw new ProjectException($"The database of the project '{Path}' can't be opened: {exception.Message}", exception);
        }
    }

    public string In(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Where clients fetch the file of that name, under <c>download/</c>.</summary>
    public string Download(string name) => In("download", Fan(name), name);

    /// <summary>Where a file that a client sends is kept. While it isn't whole it has <c>.part</c> at its end.</summary>
    public string Upload(string name) => In("upload", Fan(name), name);

    public Uri DownloadUrl(string name) => new(Settings.Master, $"download/{Fan(name)}/{name}");

    /// <summary>One of 256 folders, so that none gets too many files.</summary>
    public static string Fan(string name) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 1));

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
