using Mlds.Boinc.Rules;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Accounts;

/// <summary>The caller's account.</summary>
/// <param name="ByWeakKey">The caller may compute for the account, but can't change it.</param>
sealed record AccountRow(
    long Id, string Name, string Email, long Created, string EmailHash, string CrossProjectId, string ExternalCpid, string Team,
    double ResourceShare, double TotalCredit, RecentCredit Recent,
    bool ByWeakKey)
{
    /// <summary>Valid results minus failures.</summary>
    public long Earned { get; init; }

    public long TasksToday { get; init; }
    public long HostsToday { get; init; }
    public long Today { get; init; }

    /// <summary>When one of its hosts was caught or blocked last; 0: none lately.</summary>
    public long SuspectSince { get; init; }

    public long BlockedUntil { get; init; }
    public string BlockedReason { get; init; } = "";

    /// <summary>The hashed network address at which it was new (<see cref="AddressKeys"/>); empty: none, or the account is no newcomer any
    /// more.</summary>
    public string AddressKey { get; init; } = "";

    public Allowance Allowance(ProjectSettings settings) =>
        new(Math.Max(0, settings.NewAccountTasks + Earned), TasksToday, HostsToday, Today);

    /// <param name="keyHash">SHA-256 of what the client says as its key.</param>
    /// <param name="weak">Whether that has the form of a weak one (<see cref="WeakKey"/>).</param>
    public static AccountRow? ByKey(Session session, string keyHash, bool weak) => session.Row(
        "SELECT c.id, c.name, c.email, c.created, c.email_hash, c.cross_project_id, c.external_cpid, COALESCE(t.name, ''), "
        + "c.resource_share, c.total_credit, c.recent_credit, c.recent_time, "
        + "c.earned, c.tasks_today, c.hosts_today, c.today, c.suspect_since, c.blocked_until, c.blocked_reason, c.address_key "
        // so that SQLite takes the partial index
        + "FROM account c LEFT JOIN team t ON t.id = c.team_id "
        + $"WHERE {(weak ? "c.weak_key_hash <> '' AND c.weak_key_hash" : "c.key_hash")} = $1",
        row => new AccountRow(
            row.Long(0), row.Text(1), row.Text(2), row.Long(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Real(8),
            row.Real(9), new(row.Real(10), row.Real(11)), weak)
        {
            Earned = row.Long(12),
            TasksToday = row.Long(13),
            HostsToday = row.Long(14),
            Today = row.Long(15),
            SuspectSince = row.Long(16),
            BlockedUntil = row.Long(17),
            BlockedReason = row.Text(18),
            AddressKey = row.Text(19),
        },
        keyHash);

    /// <summary>
    /// Takes over the id by which the client knows its owner across projects, as official servers do: of all a person's ids the client
    /// gives that of the oldest account. With a weak key, or an id of another form, nothing changes.
    /// </summary>
    public AccountRow Adopt(Session session, string crossProjectId)
    {
        if (ByWeakKey || crossProjectId == CrossProjectId || crossProjectId.Length != 32 || !crossProjectId.All(char.IsAsciiHexDigit))
            return this;
        var external = AccountStore.ExternalCpid(crossProjectId, Email);
        session.Execute("UPDATE account SET cross_project_id = $2, external_cpid = $3 WHERE id = $1", Id, crossProjectId, external);
        return this with { CrossProjectId = crossProjectId, ExternalCpid = external };
    }
}
