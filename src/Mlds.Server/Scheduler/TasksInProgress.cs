namespace Mlds.Server.Scheduler;

/// <summary>
/// An upper bound, in memory, of the tasks that an account has in progress: those counted once on this day, plus all that were sent since.
/// That is enough to know that there is room, so most calls need not count. Only the database's writer touches it.
/// </summary>
sealed class TasksInProgress
{
    const int MostKept = 100_000;

    readonly Dictionary<long, (long Day, long Sent, long Tasks)> _counted = [];

    /// <param name="sent">Tasks sent to the account on <paramref name="day"/> so far.</param>
    /// <returns>Null: nobody has counted on that day.</returns>
    public long? AtMost(long account, long day, long sent) =>
        _counted.TryGetValue(account, out var then) && then.Day == day && sent >= then.Sent ? then.Tasks + sent - then.Sent : null;

    public void Counted(long account, long day, long sent, long tasks)
    {
        if (_counted.Count >= MostKept) _counted.Clear();
        _counted[account] = (day, sent, tasks);
    }
}
