namespace Mlds.Worker.Units;

/// <summary>
/// Pauses and stops a unit from outside. Thread-safe; the training thread looks at it between two steps of descent, which are milliseconds
/// apart.
/// </summary>
sealed class UnitControl : IDisposable
{
    readonly ManualResetEventSlim _goesOn = new(true);
    volatile bool _stops;

    public void Suspend() => _goesOn.Reset();

    public void Resume() => _goesOn.Set();

    /// <summary>Ends the unit at the next step, suspended or not; what was done is kept.</summary>
    public void Stop()
    {
        _stops = true;
        _goesOn.Set();
    }

    /// <summary>Waits while suspended.</summary>
    /// <exception cref="OperationCanceledException">The unit is to stop.</exception>
    public void Meet()
    {
        if (!_stops) _goesOn.Wait();
        if (_stops) throw new OperationCanceledException();
    }

    public void Dispose() => _goesOn.Dispose();
}
