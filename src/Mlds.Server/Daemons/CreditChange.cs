using Mlds.Server.Database;

namespace Mlds.Server.Daemons;

/// <summary>
/// Credit that the operator gave or took, besides what results earn. It is kept for good with its reason, and the account's owner sees it
/// on the account page.
/// </summary>
/// <param name="Time">Unix seconds.</param>
/// <param name="Amount">Cobblestones; negative when taken.</param>
public sealed record CreditChange(long Time, double Amount, string Reason)
{
    /// <summary>An account's last ones, newest first.</summary>
    public static List<CreditChange> Last(Session session, long accountId) => session.Rows(
        "SELECT time, amount, reason FROM credit_change WHERE account_id = $1 ORDER BY id DESC LIMIT 50",
        row => new CreditChange(row.Long(0), row.Real(1), row.Text(2)), accountId);

    /// <summary>Changes a result's credit, and its host's and account's with it. No more is taken than it has.</summary>
    /// <param name="amount">Cobblestones; negative to take; null to take all.</param>
    /// <exception cref="ProjectException">There is no such result, or nobody computed it.</exception>
    public static Task<double> OfResult(ProjectDatabase database, string result, double? amount, string reason, long now) =>
        database.Write(session =>
        {
            var row = session.Row(
                "SELECT id, host_id, account_id, granted_credit FROM result WHERE name = $1",
                row => new { Id = row.Long(0), Host = row.Long(1), Account = row.Long(2), Credit = row.Real(3) }, result)
                ?? throw new ProjectException($"There is no result '{result}'; `mlds project errors` and the log name results.");
            if (row.Host == 0)
                throw new ProjectException($"The result '{result}' was never sent to a computer, so nobody can get credit for it.");
            var change = Bounded(amount, row.Credit);
            CreditGranting.Grant(session, row.Id, row.Host, row.Account, change, now);
            return Store(session, row.Account, row.Host, row.Id, change, reason, now);
        });

    /// <summary>Changes a host's credit, and its account's with it.</summary>
    /// <inheritdoc cref="OfResult"/>
    public static Task<double> OfHost(ProjectDatabase database, long host, double? amount, string reason, long now) =>
        database.Write(session =>
        {
            var row = session.Row(
                "SELECT account_id, total_credit FROM host WHERE id = $1", row => new { Account = row.Long(0), Credit = row.Real(1) }, host)
                ?? throw new ProjectException($"There is no host {host}; `mlds project hosts` lists them.");
            var change = Bounded(amount, row.Credit);
            CreditGranting.Grant(session, 0, host, row.Account, change, now);
            return Store(session, row.Account, host, 0, change, reason, now);
        });

    /// <summary>Changes an account's credit alone.</summary>
    /// <inheritdoc cref="OfResult"/>
    public static Task<double> OfAccount(ProjectDatabase database, string email, double? amount, string reason, long now) =>
        database.Write(session =>
        {
            var row = session.Row(
                "SELECT id, total_credit FROM account WHERE email = $1", row => new { Id = row.Long(0), Credit = row.Real(1) }, email)!;
            var change = Bounded(amount, row.Credit);
            CreditGranting.Grant(session, 0, 0, row.Id, change, now);
            return Store(session, row.Id, 0, 0, change, reason, now);
        });

    static double Bounded(double? amount, double has) => amount is { } wanted ? Math.Max(-has, wanted) : -has;

    static double Store(Session session, long account, long host, long result, double amount, string reason, long now)
    {
        session.Execute(
            "INSERT INTO credit_change (time, account_id, host_id, result_id, amount, reason) VALUES ($1, $2, $3, $4, $5, $6)",
            now, account, host, result, amount, reason);
        return amount;
    }
}
