using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Server.Science;

/// <summary>
/// Writes to zoos, and leaves the last one open for a while: closing seals a zoo, which means reading all of it, and units may come every
/// second. Others who want to write get a turn (<see cref="ZooTurn"/>). Thread-safe.
/// </summary>
sealed class OpenZoo : IDisposable
{
    static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    /// <summary>How long a writer waits for the one before it.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    readonly Lock _lock = new();
    readonly Timer _timer;
    ZooWriter? _writer;

    public OpenZoo() => _timer = new Timer(_ => Close());

    /// <summary>Adds networks; those that are there with the same weights are left alone.</summary>
    /// <param name="networks">Called when nobody else is writing any more: what others wrote may change the answer.</param>
    /// <exception cref="ZooException">Another program is writing to it, or the disk is full.</exception>
    public void Add(
        string folder, Population population, Func<IReadOnlyCollection<TrainedNetwork>> networks, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_writer is not null && (_writer.Zoo.Folder != folder || ZooTurn.IsAsked(folder))) Close();
            _writer ??= Open(folder, ZooPopulation.Of(population), () => !ZooTurn.IsAsked(folder), cancellation);
            _timer.Change(s_idle, Timeout.InfiniteTimeSpan);
            _writer.Add(networks());
        }
    }

    /// <summary>Opens a zoo that somebody else may be writing to, once they are done and <paramref name="mayTry"/> says so.</summary>
    /// <exception cref="ZooException">They aren't done for minutes.</exception>
    public static ZooWriter Open(string folder, ZooPopulation population, Func<bool> mayTry, CancellationToken cancellation)
    {
        for (var end = DateTime.UtcNow + s_patience; ; cancellation.ThrowIfCancellationRequested())
        {
            var isLast = DateTime.UtcNow > end;
            try
            {
                if (isLast || mayTry()) return ZooWriter.Open(folder, population);
            }
            catch (ZooException exception) when (exception.IsInUse && !isLast)
            {
                // Closing a large zoo takes its writer seconds.
            }

            cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(20));
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
