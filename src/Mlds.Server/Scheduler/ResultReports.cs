using Mlds.Boinc.Rules;
using Mlds.Boinc.Scheduling;
using Mlds.Boinc.States;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Project;
using Mlds.Server.Uploads;

namespace Mlds.Server.Scheduler;

/// <summary>
/// Stores the results that a client reports. All that were read are acknowledged, or the client would report them for ever; those that
/// don't count are merely not stored.
/// </summary>
sealed class ResultReports(Session session, SchedulerState state, SchedulerRequest request, CallOutcome outcome, long now)
{
    public void Store(AccountRow account, HostRow host)
    {
        var (unknown, others) = (0, 0);
        foreach (var reported in request.Results)
        {
            if (!FileName.IsValid(reported.Name)) continue; // not a name that we gave: don't repeat nonsense
            outcome.Acknowledged.Add(reported.Name);
            var known = Find(reported.Name);
            if (known is null)
            {
                unknown++;
                continue;
            }

            if (ReportRules.Of(known.State, known.Outcome, known.AccountId, account.Id) == ReportVerdict.Accept)
                Accept(reported, known, host);
            else if (known.AccountId != account.Id) others++;
        }

        // One line each, however many they are.
        if (unknown > 0) outcome.Remarks.Add($"host {host.Id} reported {unknown} results that don't exist");
        if (others > 0) outcome.Remarks.Add($"account {account.Id} reported {others} results that are another's");
    }

    KnownResult? Find(string name) => session.Row(
        "SELECT r.id, r.workunit_id, r.server_state, r.outcome, r.account_id, r.app_version_id, w.file_delete_state, r.sent, r.random, "
        + "w.outputs, w.errors, w.canonical_result_id FROM result r JOIN workunit w ON w.id = r.workunit_id WHERE r.name = $1",
        row => new KnownResult(
            row.Long(0), row.Long(1), (ServerState)row.Int(2), (ResultOutcome)row.Int(3), row.Long(4),
            row.Long(5), (FileDeleteState)row.Int(6), row.Long(7), row.Long(8), StoredOutput.Parse(row.Text(9)).Count,
            row.Long(10) != 0 || row.Long(11) != 0),
        name);

    void Accept(ReportedResult reported, KnownResult known, HostRow host)
    {
        UnfinishedUploads.End(state.Project, reported.Name, known.Random, known.Outputs);
        var success = reported.Succeeded;
        // The files of a finished work unit are gone, so a late success can't be checked any more.
        var validation = success && known.FileDelete != FileDeleteState.Init ? ValidateState.TooLate : ValidateState.Init;
        session.Execute(
            $"UPDATE result SET server_state = {ServerState.Over:d}, outcome = $2, validate_state = $3, host_id = $4, received = $5, "
            + "client_state = $6, exit_status = $7, elapsed = $8, cpu_time = $9, stderr = $10 WHERE id = $1",
            known.Id, (long)(success ? ResultOutcome.Success : ResultOutcome.ClientError), (long)validation,
            host.Id, now, (long)reported.State, (long)reported.ExitStatus,
            reported.ElapsedTime, reported.CpuTime, success ? "" : reported.Stderr);
        if (success)
        {
            session.Execute(
                "UPDATE host SET turnaround = CASE WHEN turnaround = 0 THEN $2 ELSE turnaround * 0.7 + $2 * 0.3 END WHERE id = $1",
                host.Id, (double)Math.Max(0, now - known.Sent));
        }
        else
        {
            outcome.Remarks.Add(
                $"result {reported.Name} of host {host.Id} failed: exit status {reported.ExitStatus}, state {(int)reported.State}");
            session.Execute("UPDATE host SET failed_results = failed_results + 1 WHERE id = $1", host.Id);
            Charge(reported, known, host);
        }

        state.Signals.Wake(session, known.WorkUnitId, now);
    }

    /// <summary>What a failure costs. The claim that the project itself stopped the task is believed only where the project had a reason
    /// to.</summary>
    void Charge(ReportedResult reported, KnownResult known, HostRow host)
    {
        if (reported.ExitStatus == ExitStatus.AbortedByProject && known.Unneeded || known.State != ServerState.InProgress) return;
        if (reported.ExitStatus is ExitStatus.AbortedByProject or ExitStatus.AbortedByUser)
        {
            Earnings.LetGo(session, state.Settings, known.AccountId);
            return;
        }

        var quota = QuotaRow.Read(session, host.Id, known.AppVersionId, state.Settings.DailyQuota);
        (quota with { Quota = quota.Quota.AfterFailure() }).Write(session);
        Earnings.Failed(session, state.Settings, known.AccountId);
    }

    sealed record KnownResult(
        long Id, long WorkUnitId, ServerState State, ResultOutcome Outcome, long AccountId, long AppVersionId,
        FileDeleteState FileDelete, long Sent, long Random, int Outputs, bool Unneeded);
}
