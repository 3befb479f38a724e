using Mlds.Boinc.Rules;
using Mlds.Boinc.States;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Scheduler;

/// <summary>
/// What the calling account may have, whatever its hosts say of themselves; and as long as it is new, what all new accounts of its network
/// address may have together. The usual call, of an account that has proved itself, costs one look-up in an index and one changed row.
/// </summary>
/// <param name="addressKey">Of the caller's network address (<see cref="AddressKeys"/>); empty: it has none that tells callers
/// apart.</param>
sealed class AccountLimits(Session session, SchedulerState state, AccountRow account, string addressKey, long now)
{
    Allowance _own = account.Allowance(state.Settings);
    NewcomerAddress? _address;

    ProjectSettings Settings => state.Settings;

    /// <summary>Tasks per day for each that may be held at a time: the same ratio as for hosts.</summary>
    double ADay => (double)Settings.DailyQuota / Settings.MaxInProgressPerProcessor;

    bool IsSuspect => account.SuspectSince > 0;

    /// <summary>The address, while the account is new.</summary>
    NewcomerAddress? Address
    {
        get
        {
            if (addressKey.Length == 0 || account.Earned >= Settings.NewAccountTasks) return null;
            if (_address is not null) return _address;
            if (account.AddressKey != addressKey) NewcomerAddress.Join(session, account.Id, addressKey, now);
            return _address = NewcomerAddress.Read(session, addressKey);
        }
    }

    /// <summary>Reads again, since the reports of this very call may have changed the allowance.</summary>
    public void Charged()
    {
        var earned = session.Number("SELECT earned FROM account WHERE id = $1", account.Id) ?? 0;
        _own = _own with { Tasks = Math.Max(0, Settings.NewAccountTasks + earned) };
        _address = null;
    }

    /// <summary>Counts a new host; false when there were too many today.</summary>
    public bool AddHost()
    {
        if (_own.HostsLeft(state.Day, IsSuspect) == 0 || Address?.Allowance(Settings).HostsLeft(state.Day, false) == 0) return false;
        Write(_own.AfterNewHost(state.Day));
        if (Address is not { } address) return true;
        _address = address.With(address.Allowance(Settings).AfterNewHost(state.Day));
        _address.Write(session, now);
        return true;
    }

    /// <summary>Tasks that the account's limits allow the host to get now, and what to say when there are none.</summary>
    /// <param name="held">Tasks that the host holds.</param>
    /// <param name="wanted">Tasks that it would get otherwise: whether there is room for more doesn't matter.</param>
    public (long Tasks, string Reason) Left(HostRow host, int held, long wanted)
    {
        var left = _own.Left(state.Day, AtMostInProgress(wanted), ADay);
        if (left == 0) return (0, "This account has as many tasks as it may hold; each valid result lets it have more");
        if (IsSuspect && host.ProvenAt == 0)
        {
            var unproven = session.Number(
                "SELECT count(*) FROM result r JOIN host h ON h.id = r.host_id WHERE r.account_id = $1 "
                + $"AND r.server_state = {ServerState.InProgress:d} AND h.proven_at = 0", account.Id)!.Value;
            left = Math.Min(left, Math.Min(1 - held, _own.OfSuspects - unproven));
            if (left <= 0)
            {
                return (0,
                    "A computer of this account returned false results, "
                    + "so its other new ones get few tasks until they have earned trust");
            }
        }

        if (Address is not { } address) return (left, "");
        var together = address.Allowance(Settings);
        left = Math.Min(left, together.Left(
            state.Day,
            InProgress("account_id IN (SELECT id FROM account WHERE address_key = $1 AND address_key <> '')", addressKey, together.Tasks),
            ADay));
        return (left, "The new accounts of your network address together have as many tasks as they may hold");
    }

    /// <summary>Notes tasks that were sent.</summary>
    public void Sent(long tasks)
    {
        Write(_own.AfterSent(state.Day, tasks));
        if (Address is not { } address) return;
        _address = address.With(address.Allowance(Settings).AfterSent(state.Day, tasks));
        _address.Write(session, now);
    }

    /// <summary>The account's tasks in progress, or a number above them that leaves room for as many as are wanted.</summary>
    long AtMostInProgress(long wanted)
    {
        var sent = _own.Day == state.Day ? _own.TasksToday : 0;
        if (state.InProgress.AtMost(account.Id, state.Day, sent) is { } most && most + wanted <= _own.Tasks) return most;
        var counted = InProgress("account_id = $1", account.Id, _own.Tasks);
        state.InProgress.Counted(account.Id, state.Day, sent, counted);
        return counted;
    }

    /// <summary>Tasks in progress; counting stops where more wouldn't matter.</summary>
    long InProgress(string whose, object who, long allowed) => session.Number(
        $"SELECT count(*) FROM (SELECT id FROM result WHERE {whose} AND server_state = {ServerState.InProgress:d} LIMIT $2) AS held",
        who, Math.Max(1, allowed))!.Value;

    void Write(Allowance allowance)
    {
        _own = allowance;
        session.Execute(
            "UPDATE account SET tasks_today = $2, hosts_today = $3, today = $4 WHERE id = $1",
            account.Id, allowance.TasksToday, allowance.HostsToday, allowance.Day);
    }
}
