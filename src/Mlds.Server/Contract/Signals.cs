using Mlds.Server.Database;

namespace Mlds.Server.Contract;

/// <summary>Tells daemons of the same process that there is something to do. Daemons of other processes look every few seconds.</summary>
sealed class Signals
{
    public Signal Transitioner { get; } = new();
    public Signal Validator { get; } = new();
    public Signal Assimilator { get; } = new();
    public Signal Deleter { get; } = new();
    public Signal Generator { get; } = new();
    public Signal Trainer { get; } = new();

    /// <summary>Has the transitioner look at a work unit.</summary>
    public void Wake(Session session, long workUnitId, long now)
    {
        session.Execute("UPDATE workunit SET transition_time = $2 WHERE id = $1", workUnitId, now);
        Transitioner.Set();
    }
}

/// <summary>Stays set until somebody waits for it.</summary>
sealed class Signal
{
    readonly SemaphoreSlim _set = new(0, 1);

    public void Set()
    {
        if (_set.CurrentCount > 0) return;
        try
        {
            _set.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else set it meanwhile.
        }
    }

    /// <summary>Waits until it is set, but no longer than <paramref name="longest"/>.</summary>
    public Task Wait(TimeSpan longest, CancellationToken cancellation) => _set.WaitAsync(longest, cancellation);
}
