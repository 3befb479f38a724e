using System.Globalization;
using Mlds.Boinc.States;
using Mlds.Server.Daemons;
using Mlds.Server.Database;

namespace Mlds.Server.Pages;

/// <summary>An account as its owner sees it.</summary>
sealed record AccountView(
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

    public Page On(Page page, string key, string weakKey)
    {
        page.Section("Account").Table(["", ""], [
            ["Account key", key], ["Weak account key", weakKey], ["Credit", Number(Credit)], ["Published", Published ? "yes" : "no"],
            ["Team", Team], ["Id across projects", ExternalCpid]])
            .Raw("<p class=\"dim\">With the weak key a computer or an account manager can compute for you, and can't change your account. ")
            .Raw("A new key or password makes a new one.</p>\n")
            .Section("Computers").Table(
                ["#Id", "Name", "Processor", "System", "#In progress", "#Valid", "#Invalid", "#Failed", "#Credit", "Last call"],
                Computers.Select(computer => (string[])[
                    computer.Id.ToString(CultureInfo.InvariantCulture), computer.Name, computer.Processor, computer.System,
                    Number(computer.InProgress), Number(computer.Valid),
                    Number(computer.Invalid), Number(computer.Failed), Number(computer.Credit), Day(computer.LastCall)]));
        if (Changes.Count > 0)
        {
            page.Section("Credit that the project gave or took").Table(
                ["Day", "#Credit", "Reason"], Changes.Select(change => (string[])[Day(change.Time), Number(change.Amount), change.Reason]));
        }

        return page;
    }

    static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static string Day(long time) => DateTimeOffset.FromUnixTimeSeconds(time).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>A computer, as only its owner sees it: with its name.</summary>
sealed record OwnComputer(
    long Id, string Name, string Processor, string System, long InProgress, long Valid, long Invalid, long Failed, double Credit,
    long LastCall);
