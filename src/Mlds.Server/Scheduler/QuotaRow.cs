using Mlds.Boinc.Rules;
using Mlds.Server.Database;

namespace Mlds.Server.Scheduler;

/// <summary>A host's quota and measured speed with one app version.</summary>
/// <param name="Flops">Operations per second, measured over its results; 0 before the first.</param>
sealed record QuotaRow(long HostId, long AppVersionId, HostQuota Quota, double Flops, long Samples)
{
    public static QuotaRow Read(Session session, long hostId, long appVersionId, long fullQuota) =>
        session.Row(
            "SELECT max_jobs_per_day, jobs_today, day, consecutive_valid, flops, samples FROM host_app_version "
            + "WHERE host_id = $1 AND app_version_id = $2",
            row => new QuotaRow(hostId, appVersionId, new(row.Long(0), row.Long(1), row.Long(2), row.Long(3)), row.Real(4), row.Long(5)),
            hostId, appVersionId)
        ?? new(hostId, appVersionId, new(fullQuota, 0, 0, 0), 0, 0);

    public void Write(Session session) => session.Execute(
        "INSERT INTO host_app_version (host_id, app_version_id, max_jobs_per_day, jobs_today, day, consecutive_valid, flops, samples) "
        + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (host_id, app_version_id) DO UPDATE "
        + "SET max_jobs_per_day = excluded.max_jobs_per_day, jobs_today = excluded.jobs_today, day = excluded.day, "
        + "consecutive_valid = excluded.consecutive_valid, flops = excluded.flops, samples = excluded.samples",
        HostId, AppVersionId, Quota.MaxJobsPerDay, Quota.JobsToday, Quota.Day, Quota.ConsecutiveValid, Flops, Samples);

    /// <summary>More than any core does.</summary>
    const double MostFlops = 1e12;

    /// <summary>Takes in how long a successful result took, as claimed by the client. Times below a tenth of a second say
    /// nothing.</summary>
    public QuotaRow Measured(double fpops, double seconds)
    {
        if (seconds < 0.1 || fpops <= 0) return this;
        var flops = Math.Min(fpops / seconds, MostFlops);
        var weight = Math.Max(0.1, 1.0 / (Samples + 1));
        return this with { Flops = Flops + weight * (flops - Flops), Samples = Samples + 1 };
    }
}
