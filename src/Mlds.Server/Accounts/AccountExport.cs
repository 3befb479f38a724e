using System.Text.Encodings.Web;
using System.Text.Json;
using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Database;

namespace Mlds.Server.Accounts;

/// <summary>All that is stored of a person, as one JSON document.</summary>
public static class AccountExport
{
    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="email">The account's address; there must be one.</param>
    public static string Of(Session session, string email)
    {
        var account = session.Row(
            "SELECT c.id, c.name, c.created, c.country, c.url, c.consent, c.total_credit, c.recent_credit, "
            + "COALESCE(t.name, ''), c.external_cpid, c.cross_project_id, c.resource_share, c.earned, c.suspect_since, c.blocked_until, "
            + "c.blocked_reason, c.kin, c.address_key FROM account c LEFT JOIN team t ON t.id = c.team_id WHERE c.email = $1",
            row => new
            {
                id = row.Long(0),
                email,
                name = row.Text(1),
                created = row.Long(2),
                country = row.Text(3),
                url = row.Text(4),
                published = row.Bool(5),
                credit = row.Real(6),
                recent_credit = row.Real(7),
                team = row.Text(8),
                id_across_projects = row.Text(9),
                cross_project_id = row.Text(10),
                resource_share = row.Real(11),
                valid_less_failed = row.Long(12),
                suspect_since = row.Long(13),
                blocked_until = row.Long(14),
                blocked_reason = row.Text(15),
                new_at_the_address_of_account = row.Long(16),
                hash_of_network_address = row.Text(17),
            },
            email)!;
        var hosts = session.Rows(
            "SELECT id, created, rpc_time, name, cpid, client_version, timezone, processors, vendor, model, "
            + "features, memory, disk_total, disk_free, os_name, os_version, on_fraction, active_fraction, valid_results, invalid_results, "
            + "failed_results, total_credit, fpops, iops, memory_bandwidth, cache, swap, upload_rate, download_rate, turnaround, "
            + "recent_credit, standing, blocked_until, blocked_reason, rpc_seqno, merged_into FROM host WHERE account_id = $1 ORDER BY id",
            row => new
            {
                id = row.Long(0),
                created = row.Long(1),
                last_call = row.Long(2),
                name = row.Text(3),
                id_across_projects = row.Text(4),
                client = row.Text(5),
                timezone = row.Long(6),
                processors = row.Long(7),
                vendor = row.Text(8),
                model = row.Text(9),
                features = row.Text(10),
                memory = row.Real(11),
                disk = row.Real(12),
                disk_free = row.Real(13),
                system = row.Text(14),
                system_version = row.Text(15),
                on_fraction = row.Real(16),
                active_fraction = row.Real(17),
                valid = row.Long(18),
                invalid = row.Long(19),
                failed = row.Long(20),
                credit = row.Real(21),
                operations_per_second = row.Real(22),
                integer_operations_per_second = row.Real(23),
                memory_bandwidth = row.Real(24),
                cache = row.Real(25),
                swap = row.Real(26),
                upload_rate = row.Real(27),
                download_rate = row.Real(28),
                turnaround = row.Real(29),
                recent_credit = row.Real(30),
                standing = ((HostStanding)row.Int(31)).ToString().ToLowerInvariant(),
                blocked_until = row.Long(32),
                blocked_reason = row.Text(33),
                calls = row.Long(34),
                merged_into = row.Long(35),
            },
            account.id);
        var founded = session.Rows("SELECT name FROM team WHERE account_id = $1 ORDER BY id", row => row.Text(0), account.id);
        var results = session.Rows(
            "SELECT name, host_id, sent, received, elapsed, cpu_time, exit_status, stderr, granted_credit, "
            + "deadline, outcome, validate_state, reason FROM result WHERE account_id = $1 ORDER BY id",
            row => new
            {
                name = row.Text(0),
                host = row.Long(1),
                sent = row.Long(2),
                received = row.Long(3),
                seconds = row.Real(4),
                core_seconds = row.Real(5),
                exit_status = row.Long(6),
                stderr = row.Text(7),
                credit = row.Real(8),
                deadline = row.Long(9),
                outcome = ((ResultOutcome)row.Int(10)).ToString(),
                verdict = ((ValidateState)row.Int(11)).ToString(),
                reason = row.Text(12),
            },
            account.id);
        var credit = session.Rows(
            "SELECT time, amount, reason FROM credit_change WHERE account_id = $1 ORDER BY id",
            row => new { time = row.Long(0), amount = row.Real(1), reason = row.Text(2) }, account.id);
        return JsonSerializer.Serialize(new { account, teams_founded = founded, hosts, results, credit_changes = credit }, s_json);
    }
}
