using Mlds.Boinc.Rules;
using Mlds.Server.Accounts;
using Mlds.Server.Database;

namespace Mlds.Server.Scheduler;

/// <summary>The caller's account.</summary>
/// <param name="ByWeakKey">The caller may compute for the account, and change nothing of it.</param>
sealed record AccountRow(
    long Id, string Name, string Email, long Created, string EmailHash, string CrossProjectId, string ExternalCpid, string Team,
    double ResourceShare, double TotalCredit, RecentCredit Recent,
    bool ByWeakKey)
{
    /// <param name="keyHash">SHA-256 of what the client says as its key.</param>
    /// <param name="weak">Whether that has the form of a weak one (<see cref="WeakKey"/>).</param>
    public static AccountRow? ByKey(Session session, string keyHash, bool weak) => session.Row(
        "SELECT c.id, c.name, c.email, c.created, c.email_hash, c.cross_project_id, c.external_cpid, COALESCE(t.name, ''), "
        + "c.resource_share, c.total_credit, c.recent_credit, c.recent_time "
        + $"FROM account c LEFT JOIN team t ON t.id = c.team_id WHERE c.{(weak ? "weak_key_hash" : "key_hash")} = $1",
        row => new AccountRow(
            row.Long(0), row.Text(1), row.Text(2), row.Long(3), row.Text(4), row.Text(5), row.Text(6), row.Text(7), row.Real(8),
            row.Real(9), new(row.Real(10), row.Real(11)), weak),
        keyHash);

    /// <summary>
    /// Takes the id over by which the client knows its owner across projects, as official servers do: of a person's ids the client says the
    /// oldest account's. With a weak key, or one of another form, nothing changes.
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
