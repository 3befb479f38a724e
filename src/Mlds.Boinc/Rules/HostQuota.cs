namespace Mlds.Boinc.Rules;

/// <summary>
/// How many tasks of one app version a host may take per day. The number begins at the project's quota; each error, time-out or invalid
/// result takes one away, each valid one doubles it: a machine that only fails gets one task a day, and one that was repaired is back at
/// its quota after a few results.
/// </summary>
/// <param name="MaxJobsPerDay">At least 1.</param>
/// <param name="JobsToday">Tasks sent on <paramref name="Day"/>.</param>
/// <param name="Day">Days since 1970-01-01 UTC.</param>
/// <param name="ConsecutiveValid">Valid results since the last one that wasn't valid.</param>
public readonly record struct HostQuota(long MaxJobsPerDay, long JobsToday, long Day, long ConsecutiveValid)
{
    public HostQuota AfterFailure() => this with { MaxJobsPerDay = Math.Max(1, MaxJobsPerDay - 1), ConsecutiveValid = 0 };

    public HostQuota AfterValid(long quota) =>
        this with { MaxJobsPerDay = Math.Min(quota, 2 * MaxJobsPerDay), ConsecutiveValid = ConsecutiveValid + 1 };

    public HostQuota AfterSent(long day) => this with { Day = day, JobsToday = (day == Day ? JobsToday : 0) + 1 };

    /// <summary>Tasks that may still be sent on <paramref name="day"/> to a host of <paramref name="processors"/>.</summary>
    public long Left(long day, int processors) => Math.Max(0, MaxJobsPerDay * processors - (day == Day ? JobsToday : 0));
}
