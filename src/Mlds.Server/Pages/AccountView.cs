using Mlds.Boinc.States;
using Mlds.Server.Daemons;
using Mlds.Server.Database;

namespace Mlds.Server.Pages;

/// <summary>An account as its owner sees it.</summary>
public sealed record AccountView(
    string Name, double Credit, bool Published, string Team, string ExternalCpid, IReadOnlyList<OwnComputer> Computers,
    IReadOnlyList<CreditChange> Changes)
{
    const int ComputersShown = 100;

    public static AccountView Read(Session session, string email)
    {
        var id = session.Number("SELECT id FROM account WHERE email = $1", email)!.Value;
        var computers = session.Rows(
            "SELECT h.id, h.name, h.model, h.os_name, h.valid_results, h.invalid_results, h.failed_results, h.total_credit, h.rpc_time, "
            + $"(SELECT count(*) FROM result r WHERE r.host_id = h.id AND r.server_state = {ServerState.InProgress:d}) FROM host h "
            + "WHERE h.account_id = $1 AND "
            + "h.merged_into = 0 ORDER BY h.rpc_time DESC, h.id LIMIT $2",
            row => new OwnComputer(
                row.Long(0), row.Text(1), row.Text(2), row.Text(3), row.Long(9), row.Long(4), row.Long(5), row.Long(6), row.Real(7),
                row.Long(8)),
            id, (long)ComputersShown);
        var changes = CreditChange.Last(session, id);
        return session.Row(
            "SELECT c.name, c.total_credit, c.consent, COALESCE(t.name, ''), c.external_cpid FROM account c LEFT JOIN team t ON t.id = "
            + "c.team_id WHERE c.id = $1",
            row => new AccountView(row.Text(0), row.Real(1), row.Bool(2), row.Text(3), row.Text(4), computers, changes), id)!;
    }
}

/// <summary>A computer, as only its owner sees it: with its name.</summary>
public sealed record OwnComputer(
    long Id, string Name, string Processor, string System, long InProgress, long Valid, long Invalid, long Failed, double Credit,
    long LastCall);
