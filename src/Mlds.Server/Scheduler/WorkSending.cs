using Mlds.Boinc.Rules;
using Mlds.Boinc.Scheduling;
using Mlds.Boinc.States;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Scheduler;

/// <summary>Chooses tasks for a host: as many as it asks for and may have, and only those that it can finish in time.</summary>
sealed class WorkSending(Session session, SchedulerState state, SchedulerRequest request, CallOutcome outcome, long now)
{
    /// <summary>Tasks of the feeder that are looked at in one call.</summary>
    const int MaxLooked = 300;

    /// <summary>Share of the time to its deadline that a task may take by estimate.</summary>
    const double DeadlineMargin = 0.8;

    readonly HashSet<string> _reasons = [];

    public void Send(AccountRow account, HostRow host, AccountLimits limits, int held)
    {
        var version = state.Versions.Best(state.AppName, request);
        if (version is null)
        {
            outcome.Messages.Add((NoProgram.Why(request, [.. state.Versions.All.Where(program => program.App == state.AppName)]), true));
            return;
        }

        var quota = QuotaRow.Read(session, host.Id, version.Id, state.Settings.DailyQuota);
        var flops = Flops(quota, version, request.Host);
        var before = outcome.Tasks.Count;
        var (room, today) = (Room(host, held), quota.Quota.Left(state.Day, host.Processors(request.Host)));
        var (left, why) = room > 0 && today > 0 ? limits.Left(host, held, Math.Min(room, today)) : (0, "");
        if (room <= 0) _reasons.Add("This computer has reached its limit of tasks in progress");
        else if (today <= 0) _reasons.Add("This computer has finished its daily quota of tasks");
        else if (left <= 0) _reasons.Add(why);
        else quota = SendUpTo(Math.Min(Math.Min(room, today), left), account, host, version, flops, quota);
        if (outcome.Tasks.Count == before)
        {
            Explain();
            return;
        }

        quota.Write(session);
        limits.Sent(outcome.Tasks.Count - before);
    }

    /// <summary>Operations per second of one processor with that program: as measured, or guessed from the client's benchmark.</summary>
    public static double Flops(QuotaRow quota, AppVersionRow version, HostDescription host) =>
        quota.Flops > 0 ? quota.Flops : Math.Clamp(host.Fpops, 1e8, 1e11) * PlanClasses.Speed(version.PlanClass);

    int Room(HostRow host, int held) =>
        Math.Min(state.Settings.MaxTasksPerCall, state.Settings.MaxInProgressPerProcessor * host.Processors(request.Host) - held);

    QuotaRow SendUpTo(long most, AccountRow account, HostRow host, AppVersionRow version, double flops, QuotaRow quota)
    {
        var (seconds, instances) = (request.WorkSeconds, request.CpuInstances);
        var looked = 0;
        for (var node = state.Feeder.First(session);
            node is not null && looked < MaxLooked && most > 0 && (seconds > 0 || instances > 0); looked++)
        {
            var next = node.Next;
            var unsent = node.Value;
            var estimate = unsent.WorkUnit.FpopsEstimate / flops / (request.Host.OnFraction * request.Host.ActiveFraction);
            if (Fits(unsent, account, host, version, estimate))
            {
                state.Feeder.Remove(node);
                if (Assign(unsent, account, host, version, flops))
                {
                    quota = quota with { Quota = quota.Quota.AfterSent(state.Day) };
                    (seconds, instances, most) = (seconds - estimate, instances - 1, most - 1);
                }
            }

            node = next;
        }

        if (looked == 0) _reasons.Add("Project has no tasks available");
        return quota;
    }

    bool Fits(UnsentResult unsent, AccountRow account, HostRow host, AppVersionRow version, double estimate)
    {
        var (unit, machine) = (unsent.WorkUnit, request.Host);
        if (unit.ProgramLevel > version.Level)
            return Not("Tasks need a newer version of this project's program than it has for this computer");
        if (machine.MemoryBytes > 0 && unit.MemoryBound > machine.MemoryBytes) return Not("Tasks need more memory than this computer has");
        if (machine.DiskShare > 0 && unit.DiskBound > machine.DiskShare)
            return Not("Tasks need more disk than this project may use on this computer");
        if (estimate + request.EstimatedDelay > DeadlineMargin * unit.DelayBound)
            return Not("Tasks would not finish in time on this computer");
        if (!MayCompute(unit, account, host)) return Not("Tasks are for other computers or accounts first");
        return true;
    }

    /// <summary>
    /// Copies of one unit go to different people, as far as can be told, or somebody could agree with himself: to different accounts, and
    /// to only one of those that were new at one network address. A unit on which an account has failed goes to it again only after a wait,
    /// which grows (<see cref="RetryDelay"/>).
    /// </summary>
    bool MayCompute(WorkUnitRow unit, AccountRow account, HostRow host)
    {
        var (failures, last, here) = (0, 0L, false);
        foreach (var other in session.Rows(
            "SELECT r.server_state, r.outcome, r.validate_state, r.host_id, CASE WHEN r.received = 0 THEN r.deadline ELSE r.received END "
            + "FROM result r JOIN account c ON c.id = r.account_id JOIN account me ON me.id = $2 WHERE r.workunit_id = $1 "
            + "AND (CASE WHEN c.kin = 0 THEN c.id ELSE c.kin END) = (CASE WHEN me.kin = 0 THEN me.id ELSE me.kin END)",
            row => (State: (ServerState)row.Int(0), Outcome: (ResultOutcome)row.Int(1), Validation: (ValidateState)row.Int(2),
                Host: row.Long(3), Ended: row.Long(4)),
            unit.Id, account.Id))
        {
            var stands = other.State == ServerState.InProgress
                || other is { Outcome: ResultOutcome.Success, Validation: not ValidateState.Invalid };
            if (stands && (unit.OnePerAccount || other.Host == host.Id)) return false;
            if (stands || other.Outcome == ResultOutcome.DidntNeed) continue;
            failures++;
            last = Math.Max(last, other.Ended);
            // What was false here is false on the account's other computers too; what was merely let go may come back at once, the first
            // time.
            here |= other.Outcome == ResultOutcome.ValidateError
                || (other.Host == host.Id && other.Outcome != ResultOutcome.ClientDetached);
        }

        return failures == 0 || !Elapsed.LessThan(RetryDelay.Seconds(state.Settings.SameHostRetryDelay, failures, here), last, now);
    }

    bool Not(string reason)
    {
        _reasons.Add(reason);
        return false;
    }

    bool Assign(UnsentResult unsent, AccountRow account, HostRow host, AppVersionRow version, double flops)
    {
        var deadline = now + unsent.WorkUnit.DelayBound;
        var sent = session.Execute(
            $"UPDATE result SET server_state = {ServerState.InProgress:d}, account_id = $2, host_id = $3, app_version_id = $4, sent = $5, "
            + $"deadline = $6 WHERE id = $1 AND server_state = {ServerState.Unsent:d}",
            unsent.Id, account.Id, host.Id, version.Id, now, deadline);
        if (sent == 0) return false;
        session.Execute(
            "UPDATE workunit SET transition_time = $2 WHERE id = $1 AND transition_time > $2",
            unsent.WorkUnit.Id, deadline + state.Settings.DeadlineGrace + 1);
        outcome.Tasks.Add(new(unsent.Name, unsent.Random, deadline, unsent.WorkUnit, version, flops));
        return true;
    }

    void Explain()
    {
        outcome.Messages.Add(("No tasks sent", false));
        foreach (var reason in _reasons) outcome.Messages.Add((reason, false));
        if (_reasons.Count == 0) outcome.Messages.Add(("Project has no tasks available", false));
    }
}
