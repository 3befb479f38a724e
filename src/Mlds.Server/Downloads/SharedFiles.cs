using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using Mlds.Server.Contract;
using Mlds.Server.Project;

namespace Mlds.Server.Downloads;

/// <summary>
/// The files that many work units share. Clients fetch each once: its name follows from its SHA-256, so that the name never means other
/// bytes, and it stays when the units that needed it are gone.
/// </summary>
static class SharedFiles
{
    const int Block = 1 << 20;

    /// <summary>MD5 and size by path: a file that is given out never changes, and may be large.</summary>
    static readonly ConcurrentDictionary<string, (long Bytes, string Md5)> s_known = new();

    /// <summary>Puts the file where clients fetch it, unless it is there, and its gzipped form beside it where that is shorter.</summary>
    /// <exception cref="IOException">It can't be copied, or isn't of its SHA-256 any more.</exception>
    public static StoredInput Give(ProjectFolder project, SharedFile file)
    {
        var place = project.Download(file.Name);
        if (!File.Exists(place))
        {
            s_known.TryRemove(place, out _);
            Copy(file, place);
        }

        var (bytes, md5) = s_known.GetOrAdd(place, Describe);
        return new StoredInput(file.Name, file.Name, bytes, md5, IsShared: true);
    }

    /// <summary>Whether a gzipped form lies beside it.</summary>
    public static bool IsZipped(ProjectFolder project, string name) => File.Exists($"{project.Download(name)}.gz");

    static (long Bytes, string Md5) Describe(string place)
    {
        using var stream = File.OpenRead(place);
        return (stream.Length, Convert.ToHexStringLower(MD5.HashData(stream)));
    }

    static void Copy(SharedFile file, string place)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        var (growing, zipped) = ($"{place}.new", $"{place}.gz.new");
        try
        {
            using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
            {
                using (var source = File.OpenRead(file.Path))
                using (var target = File.Create(growing))
                using (var zip = new GZipStream(File.Create(zipped), CompressionLevel.Optimal))
                {
                    var block = new byte[Block];
                    for (int read; (read = source.Read(block)) > 0;)
                    {
                        hash.AppendData(block, 0, read);
                        target.Write(block, 0, read);
                        zip.Write(block, 0, read);
                    }

                    target.Flush(flushToDisk: true);
                }

                if (Convert.ToHexStringLower(hash.GetHashAndReset()) is var actual && actual != file.Sha256)
                {
                    throw new IOException(
                        $"The file '{file.Path}' has SHA-256 {actual}, not {file.Sha256}: no work is given out that needs it; restore it "
                        + "from a copy.");
                }
            }

            // What is hardly shorter isn't worth unpacking.
            if (new FileInfo(zipped).Length < 0.9 * new FileInfo(growing).Length) File.Move(zipped, $"{place}.gz", overwrite: true);
            File.Move(growing, place, overwrite: true);
        }
        finally
        {
            File.Delete(growing);
            File.Delete(zipped);
        }
    }
}
