namespace Mlds.Zoos.Generation;

/// <summary>
/// The speed of the last minute (of all time while there is less), from readings of what has been done so far. Not thread-safe.
/// </summary>
sealed class RecentSpeed
{
    static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);
    static readonly TimeSpan s_between = TimeSpan.FromSeconds(1);

    /// <summary>Readings about a second apart, the first of them a minute old or the very first.</summary>
    readonly Queue<(TimeSpan At, int Networks, long SampleTimesteps)> _readings = new([(TimeSpan.Zero, 0, 0)]);
    TimeSpan _last;

    /// <param name="at">Time since the beginning; never less than the call before.</param>
    /// <param name="networks">Networks trained until then.</param>
    /// <param name="sampleTimesteps">Sample-timesteps trained until then.</param>
    public (double NetworksPerMinute, double SampleTimestepsPerSecond) Read(TimeSpan at, int networks, long sampleTimesteps)
    {
        while (_readings.Count > 1 && at - _readings.ElementAt(1).At >= s_window) _readings.Dequeue();
        var from = _readings.Peek();
        if (at - _last >= s_between)
        {
            _readings.Enqueue((at, networks, sampleTimesteps));
            _last = at;
        }

        var seconds = Math.Max((at - from.At).TotalSeconds, 1e-3);
        return (60 * (networks - from.Networks) / seconds, (sampleTimesteps - from.SampleTimesteps) / seconds);
    }
}
