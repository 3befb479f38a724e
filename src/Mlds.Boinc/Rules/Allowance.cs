namespace Mlds.Boinc.Rules;

/// <summary>
/// How much an account may have at a time, or all new accounts of one network address together. Hosts can be made up, so limits per host
/// alone bound nobody. The allowance begins small; each valid result adds one task, and each that failed, was late or was false takes one
/// away: an account whose tasks all come back right doubles its allowance with every round of them, and one that only fails is left with
/// one task a day.
/// </summary>
/// <param name="Tasks">Tasks that it may hold; at least 0, which still means one task a day.</param>
/// <param name="TasksToday">Tasks sent on <paramref name="Day"/>.</param>
/// <param name="HostsToday">Hosts made on <paramref name="Day"/>.</param>
/// <param name="Day">Days since 1970-01-01 UTC.</param>
public readonly record struct Allowance(long Tasks, long TasksToday, long HostsToday, long Day)
{
    /// <summary>The part of a suspect account's allowance that its unproven hosts may have.</summary>
    const long SuspectPart = 16;

    /// <summary>Tasks in progress per host that may be made in a day.</summary>
    const long TasksAHost = 2;

    /// <summary>The least number of tasks in progress that all unproven hosts of a suspect account may have together.</summary>
    const long SuspectTasks = 4;

    /// <summary>Tasks that may be sent now.</summary>
    /// <param name="inProgress">Tasks that it holds.</param>
    /// <param name="aDay">Tasks per day for each task that it may hold at a time.</param>
    public long Left(long day, long inProgress, double aDay) =>
        Math.Max(0, Math.Min(Math.Max(1, Tasks) - inProgress, Math.Max(1, (long)(Tasks * aDay)) - (day == Day ? TasksToday : 0)));

    /// <summary>
    /// Hosts that may still be made on <paramref name="day"/>: half as many as it may hold tasks; a quarter for a suspect account.
    /// </summary>
    public long HostsLeft(long day, bool suspect) =>
        Math.Max(0, Math.Max(1, Tasks / (suspect ? 2 * TasksAHost : TasksAHost)) - (day == Day ? HostsToday : 0));

    /// <summary>Tasks in progress that the unproven hosts of a suspect account may have, all together.</summary>
    public long OfSuspects => Math.Max(SuspectTasks, Tasks / SuspectPart);

    public Allowance AfterSent(long day, long tasks) => Today(day) with { TasksToday = (day == Day ? TasksToday : 0) + tasks };

    public Allowance AfterNewHost(long day) => Today(day) with { HostsToday = (day == Day ? HostsToday : 0) + 1 };

    /// <summary>Counts of an earlier day are dropped.</summary>
    Allowance Today(long day) => day == Day ? this : new(Tasks, 0, 0, day);
}
