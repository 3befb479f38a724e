using Mlds.Boinc.States;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Accounts;

/// <summary>Deletes an account, because its owner leaves.</summary>
static class AccountDeletion
{
    /// <summary>Seconds for which statistics sites are told that somebody left: as long as official servers do.</summary>
    public const long Announced = 60 * 86400;

    /// <summary>
    /// Takes the person out of an account. Credit and results stay but belong to nobody, so the project's sums still hold. What stays of
    /// computers is what the networks were computed on: processor and system. Tasks in hand go to others; a team without members is deleted
    /// too. Statistics sites are told if they had heard of the person.
    /// </summary>
    public static void Run(Session session, ProjectSettings settings, string email, long now)
    {
        if (session.Number("SELECT id FROM account WHERE email = $1", email) is not { } id) return;
        Announce(session, id, now);
        var nobody = $"deleted-{id}";
        session.Execute(
            "UPDATE account SET email = $2, name = 'deleted', key_hash = $2, sealed_key = $3, weak_salt = '', weak_key_hash = '', "
            + "cross_project_id = '', email_hash = '', external_cpid = '', "
            + "consent = 0, url = '', country = 'International', team_id = 0 WHERE id = $1",
            id, nobody, Array.Empty<byte>());
        session.Execute(
            "UPDATE host SET name = '', cpid = '', blocked_reason = '', timezone = 0, features = '', memory = 0, cache = 0, swap = 0, "
            + "disk_total = 0, disk_free = 0, on_fraction = 1, active_fraction = 1, "
            + "upload_rate = 0, download_rate = 0 WHERE account_id = $1",
            id);
        session.Execute("UPDATE credit_change SET reason = '' WHERE account_id = $1", id);
        // they can hold paths on its owner's computer
        session.Execute("UPDATE result SET stderr = '' WHERE stderr <> '' AND host_id IN (SELECT id FROM host WHERE account_id = $1)", id);
        LetTasksGo(session, settings, id, now);
        session.Execute("UPDATE team SET account_id = 0 WHERE account_id = $1", id);
        session.Execute("DELETE FROM team WHERE account_id = 0 AND NOT EXISTS (SELECT 1 FROM account WHERE account.team_id = team.id)");
    }

    /// <summary>Only for those who were published: otherwise leaving would reveal what staying didn't.</summary>
    static void Announce(Session session, long id, long now)
    {
        session.Execute(
            "INSERT INTO account_deletion (account_id, external_cpid, time) SELECT id, external_cpid, $2 FROM account WHERE id = $1 AND "
            + "consent = 1 AND total_credit > 0 ON CONFLICT DO NOTHING", id, now);
        session.Execute(
            "INSERT INTO host_deletion (host_id, cpid, time) SELECT h.id, h.cpid, $2 FROM host h JOIN account c ON c.id = h.account_id "
            + "WHERE c.id = $1 AND c.consent = 1 AND h.total_credit > 0 AND h.merged_into = 0 ON CONFLICT DO NOTHING",
            id, now);
    }

    /// <summary>Nobody could report them any more. They still count for whoever comes back at once from the same network address.</summary>
    static void LetTasksGo(Session session, ProjectSettings settings, long id, long now)
    {
        session.Execute(
            "UPDATE workunit SET transition_time = $2 WHERE id IN (SELECT workunit_id FROM result WHERE account_id = $1 "
            + $"AND server_state = {ServerState.InProgress:d})",
            id, now);
        var tasks = session.Execute(
            $"UPDATE result SET server_state = {ServerState.Over:d}, outcome = $2, received = $3 WHERE account_id = $1 "
            + $"AND server_state = {ServerState.InProgress:d}",
            id, (long)ResultOutcome.ClientDetached, now);
        if (tasks > 0) Earnings.LetGo(session, settings, id, tasks);
    }

    /// <summary>Forgets those who left long ago.</summary>
    public static void Forget(Session session, long now)
    {
        session.Execute("DELETE FROM account_deletion WHERE time <= $1", now - Announced);
        session.Execute("DELETE FROM host_deletion WHERE time <= $1", now - Announced);
    }
}
