using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Server.Science;

/// <summary>
/// Writes to zoos, and leaves the last one open for a while: closing seals a zoo, which reads all of it, and units may come every second. Thread-safe.
/// </summary>
sealed class OpenZoo : IDisposable
{
    static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    readonly Lock _lock = new();
    readonly Timer _timer;
    ZooWriter? _writer;

    public OpenZoo() => _timer = new Timer(_ => Close());

    /// <summary>Adds networks; those that are there with the same weights are left as they are.</summary>
    /// <exception cref="ZooException">Another program is writing to it, or the disk is full.</exception>
    public void Add(string folder, Population population, IReadOnlyCollection<TrainedNetwork> networks)
    {
        lock (_lock)
        {
            if (_writer is not null && _writer.Zoo.Folder != folder) Close();
            _writer ??= ZooWriter.Open(folder, ZooPopulation.Of(population));
            _timer.Change(s_idle, Timeout.InfiniteTimeSpan);
            _writer.Add(networks);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        Close();
    }

    void Close()
    {
        lock (_lock)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }
}
