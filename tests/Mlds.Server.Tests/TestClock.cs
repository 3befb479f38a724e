namespace Mlds.Server.Tests;

/// <summary>
/// The clock of a test's server: it runs like the machine's, and a test turns it ahead instead of waiting. Whatever waits for a time that
/// has then come goes on.
/// </summary>
sealed class TestClock : TimeProvider
{
    readonly Lock _lock = new();
    readonly List<Waiting> _waiting = [];
    long _ahead, _passed;

    /// <summary>Unix seconds.</summary>
    public long Now => GetUtcNow().ToUnixTimeSeconds();

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    /// <summary>Sets the clock, forwards or back; no time passes, except that those who wait for a time that has come go on.</summary>
    public void TurnAhead(TimeSpan time)
    {
        Interlocked.Add(ref _ahead, time.Ticks);
        List<Waiting> due;
        lock (_lock) due = _waiting.FindAll(waiting => waiting.Due <= GetUtcNow());
        foreach (var waiting in due) waiting.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan time)
    {
        Interlocked.Add(ref _passed, (long)(time.TotalSeconds * TimestampFrequency));
        TurnAhead(time);
    }

    public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Read(ref _passed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var waiting = new Waiting(this, base.CreateTimer(callback, state, dueTime, period), dueTime);
        lock (_lock) _waiting.Add(waiting);
        return waiting;
    }

    DateTimeOffset At(TimeSpan dueTime) =>
        dueTime < TimeSpan.Zero || dueTime > TimeSpan.FromDays(365) ? DateTimeOffset.MaxValue : GetUtcNow() + dueTime;

    sealed class Waiting(TestClock clock, ITimer timer, TimeSpan dueTime) : ITimer
    {
        public DateTimeOffset Due { get; private set; } = clock.At(dueTime);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = clock.At(dueTime);
            return timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            lock (clock._lock) clock._waiting.Remove(this);
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
