using Mlds.Tasks;
using Mlds.Tasks.Images;

namespace Mlds.Zoos;

/// <summary>
/// The files that a population's tasks are read from, as a zoo keeps them: whole copies under their SHA-256, so that its networks can be
/// trained again from the zoo alone (docs/formats/zoo.md).
/// </summary>
static class ZooFiles
{
    /// <summary>A kind for each folder: labels lie with images.</summary>
    static readonly TaskFileKind[] s_kinds = [TaskFileKind.Sequences, ImageFileKind.Images];

    /// <summary>The folders in which the zoo in <paramref name="zoo"/> keeps them; they are there where it keeps some.</summary>
    internal static IReadOnlyList<string> FoldersOf(string zoo) => [.. s_kinds.Select(kind => Path.Combine(zoo, kind.Folder))];

    /// <summary>Those that a zoo keeps.</summary>
    internal static IReadOnlyList<TaskFile> In(string zoo) => [.. s_kinds.SelectMany(kind => In(Path.Combine(zoo, kind.Folder), kind))];

    static IEnumerable<TaskFile> In(string folder, TaskFileKind kind) => Directory.Exists(folder)
        ? Directory.GetFiles(folder, $"*{kind.Ending}").Order(StringComparer.Ordinal)
            .Select(path => new TaskFile(Path.GetFileNameWithoutExtension(path), [path]) { Kind = kind })
        : [];

    /// <summary>Copies files that the zoo doesn't have yet; what isn't of its SHA-256 isn't kept.</summary>
    /// <exception cref="ZooException">A file is missing or another one, or the folder can't be written to.</exception>
    internal static void Keep(string zoo, IReadOnlyList<TaskFile> files)
    {
        foreach (var file in files) Keep(zoo, file);
    }

    /// <summary>Writes a copy, unpacked, of a file that is there.</summary>
    internal static void Copy(TaskFile file, string target)
    {
        using var source = file.Kind.Open(file.Path ?? throw new ZooException(file.Missing!));
        using var copy = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        source.CopyTo(copy);
    }

    static void Keep(string zoo, TaskFile file)
    {
        var target = Path.Combine(zoo, file.Kind.Folder, file.KeptName);
        if (File.Exists(target)) return;
        var growing = $"{target}.unfinished-{Environment.ProcessId}";
        try
        {
            var source = file.Path ?? throw new ZooException(file.Missing!);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Copy(file, growing);
            if (FileSha256.Of(growing, CancellationToken.None) is var actual && actual != file.Sha256)
                throw new ZooException($"'{source}' has SHA-256 {actual}, not {file.Sha256}, so the zoo '{zoo}' doesn't keep it.");
            using (var handle = File.OpenHandle(growing, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(handle);
            File.Move(growing, target);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ZooException($"The zoo '{zoo}' can't keep the {file.Kind.Noun} {file.Sha256}: {problem.Message}", problem);
        }
        finally
        {
            if (File.Exists(growing)) File.Delete(growing);
        }
    }
}
