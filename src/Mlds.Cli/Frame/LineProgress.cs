namespace Mlds.Cli.Frame;

/// <summary>Progress for logs and pipes: a plain line when something begins, at most one every few seconds, and one when it ends.</summary>
sealed class LineProgress(TextWriter error, TimeProvider clock) : IProgressView
{
    static readonly TimeSpan s_atMostEvery = TimeSpan.FromSeconds(5);

    readonly Lock _lock = new();
    readonly long _start = clock.GetTimestamp();
    TimeSpan _last = -s_atMostEvery;

    public bool IsDetailed => false;

    public IProgressItem Begin(string name, long total) => new Item(this, name, total);

    void Report(string name, long done, long total, string note)
    {
        lock (_lock)
        {
            var now = clock.GetElapsedTime(_start);
            var isLast = total > 0 && done >= total;
            if (!isLast && now - _last < s_atMostEvery) return;
            _last = now;
            var count = total > 0 ? $" {done}/{total}" : "";
            error.WriteLine($"[{Terminal.Duration(now)}] {name}{count}{(note.Length > 0 ? "  " + note : "")}");
        }
    }

    sealed class Item(LineProgress view, string name, long total) : IProgressItem
    {
        bool _ended;

        public void Report(long done, string note = "")
        {
            if (_ended) return;
            _ended = total > 0 && done >= total;
            view.Report(name, done, total, note);
        }
    }
}
