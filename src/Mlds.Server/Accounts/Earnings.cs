using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Accounts;

/// <summary>
/// How an account's results change its allowance (<see cref="Boinc.Rules.Allowance"/>), and as long as the account is new also that of its
/// network address.
/// </summary>
static class Earnings
{
    /// <summary>
    /// A valid result adds a task, up to what the settings allow. An account that has earned as many tasks as it began with has proved
    /// itself: its address is forgotten, and it is kin to nobody.
    /// </summary>
    public static void Valid(Session session, ProjectSettings settings, long account)
    {
        var (earned, address) = Read(session, account);
        var most = (long)settings.MaxTasksPerAccount - settings.NewAccountTasks;
        if (earned < most) Set(session, account, ++earned);
        if (address.Length == 0) return;
        session.Execute("UPDATE network_address SET earned = earned + 1 WHERE address_key = $1 AND earned < $2", address, most);
        if (earned >= settings.NewAccountTasks)
            session.Execute("UPDATE account SET address_key = '', address_time = 0, kin = 0 WHERE id = $1", account);
    }

    /// <summary>Failed, late or false results: each takes a task away, down to 0.</summary>
    public static void Failed(Session session, ProjectSettings settings, long account, long results = 1) =>
        Take(session, account, results, -settings.NewAccountTasks);

    /// <summary>
    /// Tasks that were let go: stopped by the volunteer, or lost when the machine attached anew. That is nobody's fault, but it mustn't be
    /// free either: each takes a task away, down to a quarter of the initial allowance.
    /// </summary>
    public static void LetGo(Session session, ProjectSettings settings, long account, long results = 1) =>
        Take(session, account, results, -(settings.NewAccountTasks * 3L / 4));

    static void Take(Session session, long account, long results, long least)
    {
        var (earned, address) = Read(session, account);
        if (earned > least) Set(session, account, Math.Max(least, earned - results));
        if (address.Length > 0)
        {
            session.Execute(
                "UPDATE network_address SET earned = CASE WHEN earned - $2 < $3 THEN $3 ELSE earned - $2 END "
                + "WHERE address_key = $1 AND earned > $3",
                address, results, least);
        }
    }

    static (long Earned, string Address) Read(Session session, long account) =>
        session.Row(
            "SELECT earned, address_key FROM account WHERE id = $1",
            row => (row.Long(0), row.Text(1)),
            account) is { Item2: not null } found ? found : (0, "");

    static void Set(Session session, long account, long earned) =>
        session.Execute("UPDATE account SET earned = $2 WHERE id = $1", account, earned);
}
