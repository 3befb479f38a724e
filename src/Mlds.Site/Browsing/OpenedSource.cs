using System.Diagnostics;

namespace Mlds.Site.Browsing;

/// <summary>A source and its networks, read again when it has changed. Thread-safe.</summary>
/// <param name="isPublic">
/// Whether strangers look at it. A large zoo is read again more seldom then, as all that was computed of it is computed anew.
/// </param>
public sealed class OpenedSource(NetworkSource source, bool isPublic = false)
{
    /// <summary>A zoo that is being written changes every few seconds; it is read again no sooner.</summary>
    static readonly TimeSpan s_least = TimeSpan.FromSeconds(10);

    static readonly TimeSpan s_most = TimeSpan.FromMinutes(10);

    readonly Lock _lock = new();
    BrowsedNetworks? _networks;
    string _version = "";
    long _read;

    internal NetworkSource Source => source;

    /// <summary>The networks as they are, or were a few seconds ago.</summary>
    /// <inheritdoc cref="NetworkSource.Read" path="/exception"/>
    internal BrowsedNetworks Networks
    {
        get
        {
            lock (_lock)
            {
                if (_networks is { } known && (Stopwatch.GetElapsedTime(_read) < Least(known) || source.Version == _version)) return known;
                var version = source.Version;
                _networks = new BrowsedNetworks(source.Read());
                (_version, _read) = (version, Stopwatch.GetTimestamp());
                return _networks;
            }
        }
    }

    /// <summary>For strangers a tenth of a second for each network.</summary>
    TimeSpan Least(BrowsedNetworks networks) =>
        isPublic ? TimeSpan.FromSeconds(Math.Clamp(networks.Count / 10.0, s_least.TotalSeconds, s_most.TotalSeconds)) : s_least;
}
