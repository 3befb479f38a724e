using Mlds.Boinc.Scheduling;
using Mlds.Boinc.States;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Scheduler;

/// <summary>
/// Compares what the client holds with what the server thinks it holds: lost tasks are sent again, those that nobody needs are stopped.
/// </summary>
sealed class TasksInHand(Session session, SchedulerState state, SchedulerRequest request, CallOutcome outcome, long now)
{
    /// <summary>
    /// Names that are looked up in one call; a client that holds more unknown ones is told of the others in its next calls.
    /// </summary>
    const int MaxLooked = 200;

    int _sentAgain;

    public void Compare(HostRow host, List<HeldTask> held)
    {
        if (!request.HasOtherResults) return;
        var inHand = request.OtherResults.ToHashSet();
        foreach (var task in held)
        {
            if (!inHand.Remove(task.Name)) SendAgain(task, host);
            else if (task.Failed) outcome.Aborted.Add(task.Name);
            else if (task.Settled) outcome.AbortedIfNotStarted.Add(task.Name);
        }

        foreach (var name in inHand.Take(MaxLooked)) StopUnlessWanted(name, host);
    }

    /// <summary>
    /// A task was sent, and the client doesn't have it: the reply never arrived, or the client lost its state. The task gets a new
    /// deadline, but no more than twice the time in all: otherwise a client that never says what it holds would keep a task for ever.
    /// </summary>
    void SendAgain(HeldTask task, HostRow host)
    {
        var version = state.Versions.Find(task.AppVersionId);
        var unit = session.Row(
            $"SELECT {WorkUnitRow.Columns} FROM workunit w JOIN app a ON a.id = w.app_id WHERE w.id = $1",
            row => WorkUnitRow.Read(row), task.WorkUnitId)!;
        var isOld = now > task.Sent + unit.DelayBound;
        if (task.Failed || task.Settled || version is null || isOld)
        {
            if (isOld) Earnings.LetGo(session, state.Settings, host.AccountId);
            session.Execute($"UPDATE result SET server_state = {ServerState.Over:d}, outcome = $2, received = $3 WHERE id = $1",
                task.ResultId, (long)ResultOutcome.ClientDetached, now);
            state.Signals.Wake(session, task.WorkUnitId, now);
            return;
        }

        if (_sentAgain++ >= state.Settings.MaxTasksPerCall) return; // with the next call
        var deadline = now + unit.DelayBound;
        session.Execute("UPDATE result SET deadline = $2 WHERE id = $1", task.ResultId, deadline);
        state.Signals.Wake(session, unit.Id, now);
        var quota = QuotaRow.Read(session, host.Id, version.Id, state.Settings.DailyQuota);
        outcome.Tasks.Add(new(task.Name, task.Random, deadline, unit, version, WorkSending.Flops(quota, version, request.Host)));
        outcome.Messages.Add(($"Resent lost task {task.Name}", false));
    }

    /// <summary>
    /// A task that isn't in progress here is stopped, unless it is merely late and would still be welcome, or in progress on another host
    /// of the account, of which this one is a copy.
    /// </summary>
    void StopUnlessWanted(string name, HostRow host)
    {
        if (!FileName.IsValid(name)) return;
        var wanted = session.Number(
            "SELECT count(*) FROM result r JOIN workunit w ON w.id = r.workunit_id WHERE r.name = $1 AND r.account_id = $2 "
            + $"AND w.errors = {WorkUnitErrors.None:d} "
            + $"AND (r.server_state = {ServerState.InProgress:d} OR r.server_state = {ServerState.Over:d} "
            + $"AND r.outcome = {ResultOutcome.NoReply:d} AND w.canonical_result_id = 0)", name, host.AccountId);
        if (wanted != 1) outcome.Aborted.Add(name);
    }
}
