using System.Security.Cryptography;

namespace Mlds.Zoos.Releases;

/// <summary>A file of a release.</summary>
/// <param name="Name">Relative to the release, with forward slashes.</param>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record ReleasedFile(string Name, long Bytes, string Sha256);

/// <summary>The files of a folder that is becoming a release.</summary>
static class ReleaseFiles
{
    public const string Sums = "SHA256SUMS";

    /// <summary>
    /// Names of all files below <paramref name="folder"/>, relative to it, with forward slashes, in the order of their characters' codes.
    /// </summary>
    public static IReadOnlyList<string> Names(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal)];

    public static ReleasedFile Hash(string folder, string name)
    {
        using var stream = new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        return new ReleasedFile(name, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <summary>Writes a text as it stands, and the folder it is in.</summary>
    public static void Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Waits until the disk has every file.</summary>
    public static void Flush(string folder)
    {
        foreach (var name in Names(folder))
        {
            using var handle = File.OpenHandle(Path.Combine(folder, name), FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }
    }
}
