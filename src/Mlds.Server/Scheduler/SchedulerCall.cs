using Mlds.Boinc.Rules;
using Mlds.Boinc.Scheduling;
using Mlds.Boinc.States;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Scheduler;

/// <summary>A task that goes to the client with this reply.</summary>
sealed record TaskToSend(string Name, long Random, long Deadline, WorkUnitRow WorkUnit, AppVersionRow Version, double Flops);

/// <summary>The outcome of one call, as it is stored: the reply is written from it.</summary>
sealed class CallOutcome
{
    public AccountRow? Account { get; set; }

    /// <summary>Null although there is an account: it made too many hosts today, and this would be one more.</summary>
    public HostRow? Host { get; set; }

    /// <summary>The host's id when the client has to learn it.</summary>
    public long NewHostId { get; set; }

    public List<string> Acknowledged { get; } = [];
    public List<string> Aborted { get; } = [];
    public List<string> AbortedIfNotStarted { get; } = [];
    public List<TaskToSend> Tasks { get; } = [];
    public List<(string Text, bool Notice)> Messages { get; } = [];

    /// <summary>Lines for the log that an operator would want to see.</summary>
    public List<string> Remarks { get; } = [];
}

/// <summary>
/// One call of the scheduler, within the database's transaction: who calls, what it brings, what it lost, what has to stop, what it gets.
/// Quick, because all calls take turns; the reply's text and its signatures are made afterwards.
/// </summary>
/// <param name="addressKey">Of the caller's network address (<see cref="AddressKeys"/>); empty: it has none that says anything.</param>
sealed class SchedulerCall(
    Session session, SchedulerState state, SchedulerRequest request, string keyHash, string addressKey, bool mayHaveWork)
{
    readonly CallOutcome _outcome = new();
    readonly long _now = state.Now;

    ProjectSettings Settings => state.Settings;

    bool WantsWork => !request.DontSendWork && (request.WorkSeconds > 0 || request.CpuInstances > 0);

    public CallOutcome Run()
    {
        state.Versions.Refresh(session);
        _outcome.Account = AccountRow.ByKey(session, keyHash, WeakKey.Is(request.Authenticator))?.Adopt(session, request.CrossProjectId);
        if (_outcome.Account is not { } account) return _outcome;
        var limits = new AccountLimits(session, state, account, addressKey, _now);
        var tooSoon = FindHost(account, limits);
        if (_outcome.Host is not { } host) return _outcome;
        new ResultReports(session, state, request, _outcome, _now).Store(account, host);
        var held = TasksOfHost(host);
        if (mayHaveWork) new TasksInHand(session, state, request, _outcome, _now).Compare(host, held);
        if (_outcome.NewHostId > 0 || request.Results.Exists(result => !result.Succeeded)) limits.Charged();
        if (request.IsCut)
            _outcome.Messages.Add(($"{request.Results.Count} tasks were reported; the others come with your next call", false));
        else if (tooSoon && WantsWork) _outcome.Messages.Add(("Not sending work: your last request was too recent", false));
        else if (mayHaveWork && !tooSoon) SendWork(account, host, limits, held.Count);
        host.Update(session, account, request, _outcome.NewHostId > 0 ? 0 : request.RpcSeqno, _now);
        return _outcome;
    }

    /// <summary>Finds or makes the calling host; says whether it calls sooner than it was told to.</summary>
    bool FindHost(AccountRow account, AccountLimits limits)
    {
        var said = request.HostId > 0 ? HostRow.ById(session, request.HostId) : null;
        var match = HostIdentity.Of(request.HostId, request.RpcSeqno, said is null ? null : (said.AccountId, said.RpcSeqno), account.Id);
        if (match == HostMatch.Known)
        {
            _outcome.Host = said;
            if (said!.Id != request.HostId) _outcome.NewHostId = said.Id; // merged into another
            return Elapsed.LessThan((long)Settings.RequestDelay - 1, said.RpcTime, _now);
        }

        var found = match == HostMatch.Unknown && !request.AllowMultipleClients ? HostRow.Matching(session, account, request.Host) : null;
        if (found is not null && request.OtherResults.Count == 0 && !request.IsCut) Detach(found);
        if (found is null && !limits.AddHost()) return NoMoreHosts(said, match);
        if (match == HostMatch.Copied)
        {
            _outcome.Remarks.Add(
                $"host {request.HostId} called with an earlier number: its data were copied, so the caller gets a new host");
        }

        if (said is not null && said.AccountId != account.Id)
            _outcome.Remarks.Add($"account {account.Id} called as host {request.HostId}, which isn't its own");
        _outcome.Host = found ?? HostRow.Insert(session, account, request, _now);
        _outcome.NewHostId = _outcome.Host.Id;
        return false;
    }

    /// <summary>Too many new hosts today. A copy goes on as the host that it was copied from; any other comes back later.</summary>
    bool NoMoreHosts(HostRow? said, HostMatch match)
    {
        if (match == HostMatch.Copied)
        {
            _outcome.Host = said;
            return Elapsed.LessThan((long)Settings.RequestDelay - 1, said!.RpcTime, _now);
        }

        _outcome.Messages.Add(("This account has had as many new computers today as it may; "
            + "this one may join later, or sooner if the others return valid results",
            true));
        _outcome.Remarks.Add($"account {_outcome.Account!.Id} has too many new hosts today: one more isn't let in");
        return true;
    }

    /// <summary>
    /// The machine attached anew and holds nothing: what it had is computed by others, unless it reports it in this very call.
    /// </summary>
    void Detach(HostRow host)
    {
        var reported = request.Results.Select(result => result.Name).ToHashSet();
        var lost = 0;
        foreach (var (id, unit, name) in session.Rows(
            $"SELECT id, workunit_id, name FROM result WHERE host_id = $1 AND server_state = {ServerState.InProgress:d}",
            row => (row.Long(0), row.Long(1), row.Text(2)), host.Id))
        {
            if (reported.Contains(name)) continue;
            session.Execute($"UPDATE result SET server_state = {ServerState.Over:d}, outcome = $2, received = $3 WHERE id = $1",
                id, (long)ResultOutcome.ClientDetached, _now);
            state.Signals.Wake(session, unit, _now);
            lost++;
        }

        if (lost > 0) Earnings.LetGo(session, Settings, host.AccountId, lost);
    }

    List<HeldTask> TasksOfHost(HostRow host) => session.Rows(
        "SELECT r.id, r.name, r.random, r.app_version_id, w.errors, w.canonical_result_id, w.id, r.sent FROM result r "
        + $"JOIN workunit w ON w.id = r.workunit_id WHERE r.host_id = $1 AND r.server_state = {ServerState.InProgress:d}",
        row => new HeldTask(
            row.Long(0), row.Text(1), row.Long(2), row.Long(3), row.Long(4) != 0, row.Long(5) != 0, row.Long(6), row.Long(7)),
        host.Id);

    void SendWork(AccountRow account, HostRow host, AccountLimits limits, int held)
    {
        if (!WantsWork) return;
        if (request.AnonymousPlatform)
        {
            _outcome.Messages.Add(("This project sends its own programs only: remove app_info.xml from its folder.", true));
            return;
        }

        if (account.BlockedUntil > _now)
        {
            _outcome.Messages.Add((AccountBlocking.Message(account.BlockedUntil, account.BlockedReason), true));
            return;
        }

        if (host.BlockedUntil > _now)
        {
            _outcome.Messages.Add(("Not accepting requests from this host", false));
            return;
        }

        new WorkSending(session, state, request, _outcome, _now).Send(account, host, limits, held);
    }
}

/// <summary>A task that the server thinks is with the host.</summary>
sealed record HeldTask(long ResultId, string Name, long Random, long AppVersionId, bool Failed, bool Settled, long WorkUnitId, long Sent);
