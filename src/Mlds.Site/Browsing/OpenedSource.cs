using System.Diagnostics;

namespace Mlds.Site.Browsing;

/// <summary>A source and its networks, read again when it has changed. Thread-safe.</summary>
public sealed class OpenedSource(NetworkSource source)
{
    /// <summary>A zoo that is being written changes every few seconds; it is read again no sooner.</summary>
    static readonly TimeSpan s_least = TimeSpan.FromSeconds(10);

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
                if (_networks is not null && (Stopwatch.GetElapsedTime(_read) < s_least || source.Version == _version)) return _networks;
                var version = source.Version;
                _networks = new BrowsedNetworks(source.Read());
                (_version, _read) = (version, Stopwatch.GetTimestamp());
                return _networks;
            }
        }
    }
}
