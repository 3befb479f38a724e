using System.Net;
using Microsoft.AspNetCore.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Http;

/// <summary>Who may read <c>/metrics</c>: the addresses that the settings name. Behind a proxy the caller counts, not the proxy.</summary>
sealed class MetricsAccess(ProjectSettings settings)
{
    readonly IPNetwork[] _allowed = [.. settings.Metrics.Select(text => SettingsAddresses.Network(text)!.Value)];

    /// <summary>
    /// A call forwarded by a proxy that the settings don't mention may come from anywhere: that it arrives from this machine doesn't let it
    /// in.
    /// </summary>
    public bool Allows(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded")) return false;
        if (context.Connection.RemoteIpAddress is not { } address) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return _allowed.Any(network => network.Contains(address));
    }
}
