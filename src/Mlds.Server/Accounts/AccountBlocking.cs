using System.Globalization;
using Mlds.Boinc.States;
using Mlds.Server.Database;

namespace Mlds.Server.Accounts;

/// <summary>
/// Keeps an account from getting work, or lets it have some again. The tasks that it holds go to others at once, or the population would
/// wait for their deadlines; its clients are told to stop them. What it has finished still counts, but nothing of it is taken on trust: all
/// its hosts have to earn trust anew.
/// </summary>
public static class AccountBlocking
{
    /// <param name="email">The account's address.</param>
    /// <param name="until">Unix seconds.</param>
    /// <param name="reason">The reason, as the volunteer reads it.</param>
    /// <returns>Number of tasks that go to others.</returns>
    public static Task<int> Block(ProjectDatabase database, string email, long until, string reason, long now) => database.Write(session =>
    {
        if (session.Number("SELECT id FROM account WHERE email = $1", email) is not { } account) return 0;
        session.Execute(
            "UPDATE account SET blocked_until = $2, blocked_reason = $3, suspect_since = $4 WHERE id = $1", account, until, reason, now);
        session.Execute("UPDATE host SET proven_at = 0 WHERE account_id = $1", account);
        session.Execute(
            "UPDATE workunit SET transition_time = $2 WHERE id IN (SELECT workunit_id FROM result WHERE account_id = $1 "
            + $"AND server_state = {ServerState.InProgress:d})", account, now);
        return session.Execute(
            $"UPDATE result SET server_state = {ServerState.Over:d}, outcome = $2, received = $3 WHERE account_id = $1 "
            + $"AND server_state = {ServerState.InProgress:d}", account, (long)ResultOutcome.ClientDetached, now);
    });

    /// <summary>Ends a block, and the suspicion on the account with it.</summary>
    public static Task Unblock(ProjectDatabase database, string email) => database.Write(session =>
        session.Execute("UPDATE account SET blocked_until = 0, blocked_reason = '', suspect_since = 0 WHERE email = $1", email));

    /// <summary>What the volunteer reads.</summary>
    internal static string Message(long until, string reason) => string.Create(
        CultureInfo.InvariantCulture,
        $"This account gets no tasks until {DateTimeOffset.FromUnixTimeSeconds(until):yyyy-MM-dd HH:mm} UTC: "
        + $"{reason}. Finished ones still count. Ask the project.");
}
