namespace Mlds.Boinc.Rules;

/// <summary>Which host a caller is.</summary>
public enum HostMatch
{
    /// <summary>The host that it says it is.</summary>
    Known,

    /// <summary>A copy of the host's data directory: it gets a host of its own, and the client then starts its count again.</summary>
    Copied,

    /// <summary>It gives no host id of this account: it is looked for among the account's hosts, and is new if it isn't found.</summary>
    Unknown,
}

/// <summary>BOINC's rules for telling hosts apart (sched/handle_request.cpp).</summary>
public static class HostIdentity
{
    /// <param name="hostId">What the client says; 0 if it says nothing.</param>
    /// <param name="rpcSeqno">The call's number, as the client counts.</param>
    /// <param name="stored">The owner of the host with that id, and the number of its last call; null when there is no such host.</param>
    /// <param name="account">The caller's account.</param>
    public static HostMatch Of(long hostId, long rpcSeqno, (long Account, long RpcSeqno)? stored, long account)
    {
        if (hostId <= 0 || stored is not { } host || host.Account != account) return HostMatch.Unknown;
        return rpcSeqno < host.RpcSeqno ? HostMatch.Copied : HostMatch.Known;
    }
}
