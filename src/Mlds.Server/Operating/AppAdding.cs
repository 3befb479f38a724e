using System.Security.Cryptography;
using Mlds.Boinc.Signing;
using Mlds.Server.Daemons;
using Mlds.Server.Database;
using Mlds.Server.Downloads;
using Mlds.Server.Project;

namespace Mlds.Server.Operating;

/// <summary>Adds a signed program to a project, so that clients get it with their next task.</summary>
public static class AppAdding
{
    /// <summary>Adds a version; returns false when the project has it already.</summary>
    public static async Task<bool> Add(ProjectFolder project, ProjectDatabase database, AppVersionFolder version, string friendlyName)
    {
        var key = project.CodeSigningKey;
        var files = version.Files.Select(file => Checked(project, key, file)).ToList();
        if (database.Read(session => IsKnown(session, version))) return false;
        // The bytes that were checked, not the file again: whoever can write there may have changed it meanwhile.
        foreach (var file in files) DownloadFiles.WriteProgram(project, file.File.Name, file.Content);
        return await database.Write(session =>
        {
            if (IsKnown(session, version)) return false; // somebody else added it meanwhile
            var id = session.Number(
                "INSERT INTO app_version (app_id, version, platform, plan_class, created, program_level) "
                + "VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                WorkUnitInsertion.AppId(session, version.App, friendlyName), (long)version.Version, version.Platform,
                version.PlanClass, DateTimeOffset.UtcNow.ToUnixTimeSeconds(), (long)version.Level);
            foreach (var (file, content, signature) in files)
            {
                session.Execute(
                    "INSERT INTO app_version_file (app_version_id, name, open_name, main_program, bytes, md5, sha256, signature) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    id, file.Name, file.LogicalName, file.MainProgram ? 1L : 0L, content.LongLength,
                    CodeSigning.Md5Hex(content), Convert.ToHexStringLower(SHA256.HashData(content)), signature);
            }

            return true;
        });
    }

    static bool IsKnown(Session session, AppVersionFolder version) => session.Number(
        "SELECT v.id FROM app_version v JOIN app a ON a.id = v.app_id WHERE a.name = $1 AND v.version = $2 AND v.platform = $3 AND "
        + "v.plan_class = $4",
        version.App, (long)version.Version, version.Platform, version.PlanClass) is not null;

    static (AppVersionFile File, byte[] Content, string Signature) Checked(ProjectFolder project, PublicKey key, AppVersionFile file)
    {
        var content = File.ReadAllBytes(file.Path);
        if (file.Signature is not { } signature)
            throw new ProjectException($"'{file.Path}' isn't signed; `mlds project sign` does that, where the code-signing key is.");
        if (!CodeSigning.Verify(key, content, signature))
        {
            throw new ProjectException(
                $"The signature of '{file.Path}' isn't by this project's key, or the file was changed after it was signed.");
        }

        var there = project.Download(file.Name);
        if (File.Exists(there) && !File.ReadAllBytes(there).AsSpan().SequenceEqual(content))
        {
            throw new ProjectException(
                $"The project has another file named '{file.Name}'. Clients fetch each name once, so a changed program needs a new name.");
        }

        return (file, content, signature);
    }
}
