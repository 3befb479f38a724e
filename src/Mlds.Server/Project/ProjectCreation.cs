using Mlds.Boinc.Signing;
using Mlds.Server.Database;

namespace Mlds.Server;

/// <summary>Makes a new project: folder, settings, keys, database.</summary>
public static class ProjectCreation
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The folder beside the project's where the code-signing key is put, for its owner to take away.</summary>
    public static string SigningFolder(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + "-signing-key";

    public static string SigningKeyFile(string folder) => Path.Combine(SigningFolder(folder), "code_sign_private");

    public static async Task<ProjectFolder> Create(string folder, ProjectSettings settings, IEnumerable<SchemaStep> steps)
    {
        if (File.Exists(ProjectFolder.SettingsFile(folder))) throw new ProjectException($"There is a project in '{folder}' already.");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw new ProjectException($"The folder '{folder}' isn't empty; a new project needs one of its own.");
        foreach (var name in new[] { "keys", "download", "upload", "apps", "stats" }) Directory.CreateDirectory(Path.Combine(folder, name));
        CreateKeys(folder);
        // The settings come last but one: a folder that has them is a project.
        await using (ProjectDatabase.Open(settings.Database, folder, steps))
        {
        }
        settings.Write(ProjectFolder.SettingsFile(folder));
        return ProjectFolder.Open(folder);
    }

    static void CreateKeys(string folder)
    {
        var (signing, upload) = (PrivateKey.Create(), PrivateKey.Create());
        Directory.CreateDirectory(SigningFolder(folder));
        WriteSecret(SigningKeyFile(folder), signing.Text);
        File.WriteAllText(Path.Combine(folder, "keys", "code_sign_public"), signing.Public.Text);
        WriteSecret(Path.Combine(folder, "keys", "upload_private"), upload.Text);
        File.WriteAllText(Path.Combine(folder, "keys", "upload_public"), upload.Public.Text);
    }

    /// <summary>Writes a file that only its owner can read, and never one that is there.</summary>
    internal static void WriteSecret(string file, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var writer = new StreamWriter(file, options);
        writer.Write(text);
    }
}
