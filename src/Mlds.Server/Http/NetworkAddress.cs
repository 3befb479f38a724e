using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Http;

/// <summary>What a network address says about the caller.</summary>
static class NetworkAddress
{
    /// <summary>Whether the address says anything about the caller: that of this machine, or of a private network, doesn't.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal) return false;
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return true;
        var bytes = address.GetAddressBytes();
        return !(bytes[0] == 10 || bytes is [172, >= 16 and < 32, ..] or [192, 168, ..] or [169, 254, ..]);
    }
}

/// <summary>
/// What is stored of network addresses: a hash under a secret of the project, which is in <c>keys/</c> and not in the database, so that a
/// stolen database reveals nobody's address. The hash is deleted once the account has proved itself, or after <see cref="Days"/>.
/// </summary>
sealed class AddressKeys
{
    /// <summary>The most days for which a hash is kept.</summary>
    public const int Days = 30;

    const string File = "address_secret";

    readonly byte[] _secret;

    AddressKeys(byte[] secret) => _secret = secret;

    /// <summary>Reads the project's secret; makes it where there is none.</summary>
    public static AddressKeys Open(ProjectFolder project)
    {
        var file = project.In("keys", File);
        if (!System.IO.File.Exists(file)) Make(file);
        return new(Encoding.ASCII.GetBytes(System.IO.File.ReadAllText(file).Trim()));
    }

    /// <summary>Written whole or not at all: another part of the server may be making it too, and the first one counts.</summary>
    static void Make(string file)
    {
        var growing = $"{file}.{Guid.NewGuid():N}";
        OwnerOnly.WriteNew(growing, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        try
        {
            System.IO.File.Move(growing, file, overwrite: false);
        }
        catch (IOException) when (System.IO.File.Exists(file))
        {
            System.IO.File.Delete(growing);
        }
    }

    /// <summary>The hash of <see cref="CallerAddress.Of(IPAddress?)"/>, 32 hex digits; empty when the address says nothing.</summary>
    public string Of(IPAddress? address) => address is null || !NetworkAddress.IsPublic(address)
        ? ""
        : Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.ASCII.GetBytes(CallerAddress.Of(address))).AsSpan(0, 16));
}
