using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Mlds.Server.Http;

/// <summary>
/// What tells callers without an account apart: an IPv4 address, even if mapped into IPv6, or the first 64 bits of an IPv6 address.
/// Providers hand out no less than 64 bits, and within them a caller has as many addresses as it likes.
/// </summary>
static class CallerAddress
{
    const int PrefixBytes = 8;

    /// <summary>Such as <c>192.0.2.7</c> or <c>2001:db8:1:2::/64</c>; empty where there is none.</summary>
    public static string Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    /// <inheritdoc cref="Of(HttpContext)"/>
    public static string Of(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(PrefixBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
