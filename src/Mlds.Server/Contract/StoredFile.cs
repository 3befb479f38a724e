using System.Security.Cryptography;

namespace Mlds.Server.Contract;

/// <summary>
/// A file of a work unit or of a result. Its bytes are read once: whoever asks again gets the same ones, whatever happens to the disk
/// meanwhile. Where a hash was stored when they were judged or made, only bytes with that hash are given out.
/// </summary>
/// <param name="logicalName">The name in the task's folder.</param>
/// <param name="path">Where it is on the server.</param>
/// <param name="bytes">Its size when it was looked for.</param>
/// <param name="sha256">For a result's file that was judged, its SHA-256 at that time, lower-case hex; else empty.</param>
/// <param name="md5">For a file that we made, its MD5, lower-case hex; else empty.</param>
public sealed class StoredFile(string logicalName, string path, long bytes, string sha256 = "", string md5 = "")
{
    byte[]? _content;

    public string LogicalName => logicalName;

    public long Bytes => bytes;

    /// <summary>Whether it was judged, so that only the judged bytes will do.</summary>
    public bool IsHeld => sha256.Length > 0;

    /// <summary>Lower-case hex: of the bytes that were judged, or of what is there if it hasn't been judged yet.</summary>
    public string Sha256 => sha256.Length > 0 ? sha256 : Hash(Content);

    /// <summary>The bytes.</summary>
    /// <exception cref="FileLostException">A result's file is gone, or isn't what was judged.</exception>
    /// <exception cref="IOException">It can't be read now, or a file that we made isn't what it was: not the result's fault.</exception>
    public byte[] Content => _content ??= Read();

    byte[] Read()
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (FileNotFoundException) when (md5.Length == 0)
        {
            // A missing folder is another matter: a disk that isn't mounted may come back with everything on it.
            throw new FileLostException($"the file '{path}' is gone");
        }

        if (sha256.Length > 0 && Hash(content) != sha256)
        {
            throw new FileLostException(
                $"the file '{path}' isn't what was judged any more: its SHA-256 is {Hash(content)}, and was {sha256}");
        }

        if (md5.Length > 0 && Convert.ToHexStringLower(MD5.HashData(content)) != md5)
        {
            throw new IOException(
                $"The input '{path}' isn't what was made any more: its MD5 isn't {md5}; restore it from a copy.");
        }

        return content;
    }

    static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}

/// <summary>
/// A result's file is gone or not as it was reported. The cause lies with the server, since nobody can change the file from outside.
/// </summary>
/// <param name="what">What is wrong with which file, without its full stop.</param>
public sealed class FileLostException(string what) : Exception(what);
