using System.Globalization;
using System.Text;

namespace Mlds.Boinc.Signing;

/// <summary>
/// The permission to upload one file of a given name and maximum size: the client gets it with the result and shows it when it uploads.
/// </summary>
public static class UploadCertificate
{
    public static string Create(PrivateKey uploadKey, string name, long maxBytes) => uploadKey.Sign(Content(name, maxBytes));

    public static bool Verify(PublicKey uploadKey, string name, long maxBytes, ReadOnlySpan<char> certificate) =>
        CodeSigning.Verify(uploadKey, Encoding.UTF8.GetBytes(Content(name, maxBytes)), certificate);

    static string Content(string name, long maxBytes) =>
        string.Create(CultureInfo.InvariantCulture, $"<name>{name}</name><max_nbytes>{maxBytes}</max_nbytes>");
}
