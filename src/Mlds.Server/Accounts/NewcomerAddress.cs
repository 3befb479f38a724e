using Mlds.Boinc.Rules;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Accounts;

/// <summary>What the new accounts of one network address have had together. The address is stored as a hash
/// (<see cref="AddressKeys"/>).</summary>
/// <param name="Earned">Their valid results minus their failures; never below minus the number of tasks that a new account may
/// hold.</param>
sealed record NewcomerAddress(string Key, long Earned, long TasksToday, long HostsToday, long AccountsToday, long Today)
{
    public static NewcomerAddress Read(Session session, string key) => session.Row(
        "SELECT earned, tasks_today, hosts_today, accounts_today, today FROM network_address WHERE address_key = $1",
        row => new NewcomerAddress(key, row.Long(0), row.Long(1), row.Long(2), row.Long(3), row.Long(4)), key)
        ?? new(key, 0, 0, 0, 0, 0);

    public Allowance Allowance(ProjectSettings settings) =>
        new(Math.Max(0, settings.NewAccountTasks + Earned), TasksToday, HostsToday, Today);

    public NewcomerAddress With(Allowance allowance) => this with
    {
        TasksToday = allowance.TasksToday,
        HostsToday = allowance.HostsToday,
        AccountsToday = allowance.Day == Today ? AccountsToday : 0,
        Today = allowance.Day,
    };

    public long AccountsMadeOn(long day) => day == Today ? AccountsToday : 0;

    public NewcomerAddress AfterNewAccount(long day) =>
        day == Today
            ? this with { AccountsToday = AccountsToday + 1 }
            : this with { TasksToday = 0, HostsToday = 0, AccountsToday = 1, Today = day };

    /// <summary>Stores what was counted today; only <see cref="Earnings"/> changes what was earned.</summary>
    public void Write(Session session, long now) => session.Execute(
        "INSERT INTO network_address (address_key, tasks_today, hosts_today, accounts_today, today, seen) VALUES ($1, $2, $3, $4, $5, $6) "
        + "ON CONFLICT (address_key) DO UPDATE SET tasks_today = excluded.tasks_today, hosts_today = excluded.hosts_today, "
        + "accounts_today = excluded.accounts_today, today = excluded.today, seen = excluded.seen",
        Key, TasksToday, HostsToday, AccountsToday, Today, now);

    /// <summary>
    /// Notes that a new account is at this address. Accounts that were new at one address are <em>kin</em>: wherever different people are
    /// needed they count as one person, until they have proved themselves.
    /// </summary>
    public static void Join(Session session, long account, string key, long now)
    {
        var kin = session.Number(
            "SELECT min(CASE WHEN kin = 0 THEN id ELSE kin END) FROM account WHERE address_key = $1 AND address_key <> ''", key) ?? 0;
        session.Execute(
            "UPDATE account SET address_key = $2, address_time = $3, kin = CASE WHEN $4 = 0 OR (kin <> 0 "
            + "AND kin < $4) THEN kin ELSE $4 END WHERE id = $1",
            account, key, now, kin);
    }
}
