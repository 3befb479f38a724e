using Mlds.Tasks;

namespace Mlds.Zoos;

/// <summary>
/// The files that a population's tasks are read from, as a zoo keeps them: whole copies under their SHA-256, so that its networks can be
/// trained again from the zoo alone (docs/formats/zoo.md).
/// </summary>
static class ZooFiles
{
    const string Folder = "sequences";

    /// <summary>The folder in which the zoo in <paramref name="zoo"/> keeps them; there is none where it keeps none.</summary>
    internal static string FolderOf(string zoo) => Path.Combine(zoo, Folder);

    /// <summary>Those that a zoo keeps.</summary>
    internal static IReadOnlyList<TaskFile> In(string zoo)
    {
        var folder = FolderOf(zoo);
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.npz").Order(StringComparer.Ordinal)
                .Select(path => new TaskFile(Path.GetFileNameWithoutExtension(path), [path]))]
            : [];
    }

    /// <summary>Copies files that the zoo doesn't have yet; what isn't of its SHA-256 isn't kept.</summary>
    /// <exception cref="ZooException">A file is missing or another one, or the folder can't be written to.</exception>
    internal static void Keep(string zoo, IReadOnlyList<TaskFile> files)
    {
        foreach (var file in files) Keep(zoo, file);
    }

    static void Keep(string zoo, TaskFile file)
    {
        var target = Path.Combine(FolderOf(zoo), file.KeptName);
        if (File.Exists(target)) return;
        var growing = $"{target}.unfinished-{Environment.ProcessId}";
        try
        {
            var source = file.Path ?? throw new ZooException(file.Missing!);
            Directory.CreateDirectory(FolderOf(zoo));
            File.Copy(source, growing, overwrite: true);
            if (FileSha256.Of(growing, CancellationToken.None) is var actual && actual != file.Sha256)
                throw new ZooException($"'{source}' has SHA-256 {actual}, not {file.Sha256}, so the zoo '{zoo}' doesn't keep it.");
            using (var handle = File.OpenHandle(growing, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(handle);
            File.Move(growing, target);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ZooException($"The zoo '{zoo}' can't keep the file of sequences {file.Sha256}: {problem.Message}", problem);
        }
        finally
        {
            if (File.Exists(growing)) File.Delete(growing);
        }
    }
}
