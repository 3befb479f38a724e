namespace Mlds.Tasks.Archives;

/// <summary>Reads <c>"sequences": {"file": …, "sha256": …}</c> of a population file.</summary>
static class ArchiveEntry
{
    internal static PlannedTask Read(StrictJson json, TaskFiles? files)
    {
        json.WithKeys("file", "sha256");
        var name = FileName(json.Required("file"));
        if (json.Optional("sha256") is not { } given)
            throw json.Error($"the key 'sha256' is missing{Actual(files, name)}");
        var sha256 = given.Sha256();
        if (files is null)
            throw json.Error("sequences from a file stay where their population file is; use it by its path there");
        if (files.KnownOf(sha256) is { } known) return known;
        var file = files.Find(name, sha256);
        try
        {
            if (file.Path is not { } path) throw new FileNotFoundException($"there is no file '{file.Places[0]}'");
            var (data, shape) = SequenceArchive.Read(path, sha256);
            return new PlannedTask(new ArchiveTask(file, shape), data.Sha256);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw json.Error(problem.Message.TrimEnd('.'), problem);
        }
    }

    /// <summary>
    /// A path below the population file's folder, so that the folder can be passed on whole and a population of somebody else's reads
    /// nothing besides.
    /// </summary>
    static string FileName(StrictJson json)
    {
        var name = json.Text();
        var parts = name.Split('/');
        return name.Length > 0 && !name.Contains('\\') && !Path.IsPathRooted(name) && !parts.Contains("..") && !parts.Contains("")
            ? name
            : throw json.Error(
                $"'{name}' isn't a path below the population file's folder; put the .npz file beside the population, and write its path "
                + "from there with '/', without '..'");
    }

    static string Actual(TaskFiles? files, string name)
    {
        try
        {
            return files?.Find(name, "").Places[0] is { } path && FileKinds.IsFile(path)
                ? $"; that of '{path}' is {SequenceArchive.HashOf(path)}"
                : "";
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
