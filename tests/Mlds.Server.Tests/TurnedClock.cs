namespace Mlds.Server.Tests;

/// <summary>The clock, and a hand that turns it on: what waits for a time that has come then goes on at once.</summary>
sealed class TurnedClock : TimeProvider
{
    readonly Lock _lock = new();
    readonly List<Waiting> _waiting = [];
    TimeSpan _turned;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return base.GetUtcNow() + _turned;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var waiting = new Waiting(this, base.CreateTimer(callback, state, dueTime, period)) { Due = DueAt(dueTime) };
        lock (_lock) _waiting.Add(waiting);
        return waiting;
    }

    public void Turn(TimeSpan time)
    {
        List<Waiting> due;
        lock (_lock)
        {
            _turned += time;
            due = _waiting.FindAll(waiting => waiting.Due <= base.GetUtcNow() + _turned);
        }
        foreach (var waiting in due) waiting.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    DateTimeOffset DueAt(TimeSpan dueTime) => dueTime < TimeSpan.Zero || dueTime > TimeSpan.FromDays(365) ? DateTimeOffset.MaxValue : GetUtcNow() + dueTime;

    sealed class Waiting(TurnedClock clock, ITimer timer) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = clock.DueAt(dueTime);
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
