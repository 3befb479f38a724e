using System.Security.Cryptography;

namespace Mlds.Zoos;

/// <summary>The SHA-256 of a file of any size, which a signal can stop.</summary>
static class FileSha256
{
    /// <returns>Lower-case hex.</returns>
    public static string Of(string path, CancellationToken cancellation)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        for (int got; (got = stream.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, got);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
