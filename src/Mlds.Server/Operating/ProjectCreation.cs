using System.Data.Common;
using Mlds.Boinc.Signing;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Operating;

/// <summary>Makes a new project: folder, settings, keys, database.</summary>
public static class ProjectCreation
{
    /// <summary>The folder beside the project's into which the code-signing key is put, for its owner to take away.</summary>
    public static string SigningFolder(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + "-signing-key";

    public static string SigningKeyFile(string folder) => Path.Combine(SigningFolder(folder), "code_sign_private");

    /// <summary>Makes everything under a temporary name, so that there is a whole project or nothing.</summary>
    /// <exception cref="ProjectException">There is something already, the settings aren't allowed, or something can't be written; in all
    /// these cases nothing is left.</exception>
    public static async Task<ProjectFolder> Create(string folder, ProjectSettings settings, IEnumerable<SchemaStep> steps)
    {
        if (File.Exists(ProjectFolder.SettingsFile(folder))) throw new ProjectException($"There is a project in '{folder}' already.");
        if (File.Exists(folder)) throw new ProjectException($"'{folder}' is a file; a new project needs a folder of its own.");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new ProjectException($"The folder '{folder}' isn't empty; a new project needs one of its own.");
        if (File.Exists(SigningKeyFile(folder)))
        {
            throw new ProjectException(
                $"'{SigningKeyFile(folder)}' is the key of an earlier project; take it away, or give the new one another folder.");
        }

        settings.Check("project.json");
        var made = new Made(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), settings);
        try
        {
            await made.Project(steps);
            return ProjectFolder.Open(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DbException or ProjectException)
        {
            made.Remove();
            throw new ProjectException(
                $"The project '{folder}' couldn't be made, and nothing is left of it: {FullDisk.Words(exception)}.", exception);
        }
    }

    /// <summary>What has been made so far.</summary>
    sealed class Made(string target, ProjectSettings settings)
    {
        readonly string _partial = $"{target}.partial-{Guid.NewGuid().ToString("N")[..8]}";
        readonly bool _makesSigningFolder = !Directory.Exists(SigningFolder(target));
        bool _signingKey;
        string? _database;
        bool _isWhole;

        public async Task Project(IEnumerable<SchemaStep> steps)
        {
            OwnerOnly.CreateFolder(_partial);
            foreach (var name in new[] { "keys", "download", "upload", "apps", "stats" })
                Directory.CreateDirectory(Path.Combine(_partial, name));
            Keys();
            if (!settings.IsOnPostgres && Path.Combine(_partial, settings.Database) is var file && !File.Exists(file)) _database = file;
            await using (var database = ProjectDatabase.Open(settings.Database, _partial, steps))
            {
                if (database.Read(session => session.Number("SELECT (SELECT count(*) FROM account) + (SELECT count(*) FROM app)")) > 0)
                    throw new ProjectException("its database holds another project already; give it one of its own");
            }

            settings.Write(ProjectFolder.SettingsFile(_partial));
            if (Directory.Exists(target)) Directory.Delete(target); // fails unless it is empty
            Directory.Move(_partial, target);
            _isWhole = true;
        }

        public void Remove()
        {
            if (_isWhole) return;
            if (_database is not null)
                foreach (var end in new[] { "", "-wal", "-shm", "-journal" }) File.Delete(_database + end);
            if (Directory.Exists(_partial)) Directory.Delete(_partial, recursive: true);
            if (!_signingKey) return;
            File.Delete(SigningKeyFile(target));
            if (_makesSigningFolder) Directory.Delete(SigningFolder(target));
        }

        void Keys()
        {
            var (signing, upload) = (PrivateKey.Create(), PrivateKey.Create());
            OwnerOnly.CreateFolder(SigningFolder(target));
            _signingKey = true;
            OwnerOnly.WriteNew(SigningKeyFile(target), signing.Text);
            OwnerOnly.WriteNew(Path.Combine(_partial, "keys", "code_sign_public"), signing.Public.Text);
            OwnerOnly.WriteNew(Path.Combine(_partial, "keys", "upload_private"), upload.Text);
            OwnerOnly.WriteNew(Path.Combine(_partial, "keys", "upload_public"), upload.Public.Text);
        }
    }
}
