namespace Mlds.Boinc.Rules;

/// <summary>Which host a caller is.</summary>
public enum HostMatch
{
    /// <summary>The host it says.</summary>
    Known,

    /// <summary>A copy of the host's data directory: gets a host of its own, and the client then begins to count anew.</summary>
    Copied,

    /// <summary>It says no host id that is the account's: looked for among the account's hosts, else new.</summary>
    Unknown,
}

/// <summary>BOINC's rules for telling hosts apart (sched/handle_request.cpp).</summary>
public static class HostIdentity
{
    /// <param name="hostId">What the client says; 0 for nothing.</param>
    /// <param name="rpcSeqno">The call's number, as the client counts.</param>
    /// <param name="stored">Owner and number of the last call of the host of that id; null when there is none.</param>
    /// <param name="account">The caller's account.</param>
    public static HostMatch Of(long hostId, long rpcSeqno, (long Account, long RpcSeqno)? stored, long account)
    {
        if (hostId <= 0 || stored is not { } host || host.Account != account) return HostMatch.Unknown;
        return rpcSeqno < host.RpcSeqno ? HostMatch.Copied : HostMatch.Known;
    }
}
