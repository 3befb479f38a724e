using System.Security.Cryptography;
using Mlds.Boinc.Signing;
using Mlds.Boinc.States;
using Mlds.Server.Daemons;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Operating;

/// <summary>
/// Checks that the files that the rows refer to exist and agree with the rows: programs by SHA-256, inputs by MD5, and uploads that are
/// still needed.
/// </summary>
sealed class StoredFilesCheck(ProjectFolder project, PublicKey? key, List<string> faults, List<string> remarks)
{
    public int Programs { get; private set; }

    public int Inputs { get; private set; }

    public int Uploads { get; private set; }

    public void Run(Session session)
    {
        foreach (var version in AppVersions.ReadAll(session))
        {
            Programs += version.Files.Count(file => IsThere(
                $"the program {file.Name}", file.Name, project.Download, file.Bytes, path => Hex(SHA256.HashData, path) == file.Sha256));
            if (key is not null && !AppVersions.IsSigned(version, key))
                remarks.Add($"{version.Title} isn't signed with the present key, so it isn't sent");
        }

        // Files of finished units may be deleted at any moment. One that units share is looked at once.
        var shared = new Dictionary<StoredInput, bool>();
        bool IsInput(StoredInput file) => IsThere(
            $"the input {file.Name}", file.Name, project.Download, file.Bytes, path => Hex(MD5.HashData, path) == file.Md5);
        foreach (var inputs in session.Rows($"SELECT inputs FROM workunit WHERE file_delete_state = {FileDeleteState.Init:d}",
            row => StoredInput.Parse(row.Text(0))))
        {
            Inputs += inputs.Count(file => !file.IsShared && IsInput(file));
            foreach (var file in inputs.Where(file => file.IsShared && !shared.ContainsKey(file))) shared[file] = IsInput(file);
        }

        Inputs += shared.Values.Count(isThere => isThere);

        // The files of a result that was found valid must be there and be what was judged; the assimilator needs them.
        var results = session.Rows(
            "SELECT r.name, r.random, w.outputs, r.files_sha256 FROM result r JOIN workunit w ON w.id = r.workunit_id "
            + $"WHERE r.validate_state = {ValidateState.Valid:d} AND r.outcome = {ResultOutcome.Success:d} "
            + $"AND w.assimilate_state <> {AssimilateState.Done:d} AND w.file_delete_state = {FileDeleteState.Init:d} "
            + $"AND w.errors = {WorkUnitErrors.None:d}",
            row => (Name: row.Text(0), Random: row.Long(1), Outputs: StoredOutput.Parse(row.Text(2)),
                Judged: ResultFiles.Judged(row.Text(3))));
        foreach (var (name, random, outputs, judged) in results)
        {
            Uploads +=
                outputs.Where((output, index) => (judged.Count == 0 ? !output.Optional : judged.ContainsKey(output.LogicalName)) && IsThere(
                    $"a file of the result {name}", WorkUnitRow.OutputName(name, random, index), project.Upload, null,
                    path => judged.Count == 0 || Hex(SHA256.HashData, path) == judged[output.LogicalName])).Count();
        }
    }

    bool IsThere(string what, string name, Func<string, string> place, long? bytes, Func<string, bool> isRight)
    {
        if (!ProjectFolder.IsName(name))
        {
            faults.Add($"{what} has a name that leads out of the project");
            return false;
        }

        try
        {
            var file = new FileInfo(place(name));
            if (file.Exists && (bytes is null || file.Length == bytes) && isRight(file.FullName)) return true;
            faults.Add(file.Exists ? $"{what} isn't as the database has it" : $"{what} isn't there");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{what} can't be read: {exception.Message.TrimEnd('.')}");
        }

        return false;
    }

    static string Hex(Func<Stream, byte[]> hash, string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(hash(stream));
    }
}
