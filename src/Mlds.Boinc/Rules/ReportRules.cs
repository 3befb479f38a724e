using Mlds.Boinc.States;

namespace Mlds.Boinc.Rules;

/// <summary>What is done with a result that a client reports.</summary>
public enum ReportVerdict
{
    /// <summary>Stored and acknowledged.</summary>
    Accept,

    /// <summary>
    /// Acknowledged, so that the client forgets it, but not stored: it is known already, not this account's, or not known at all.
    /// </summary>
    Ignore,
}

/// <summary>Which reports count (BOINC: sched/sched_result.cpp). No result is ever counted twice.</summary>
public static class ReportRules
{
    /// <param name="state">The result's state on the server.</param>
    /// <param name="outcome">Its outcome so far.</param>
    /// <param name="owner">The account that it was sent to.</param>
    /// <param name="reporter">The account that reports it.</param>
    public static ReportVerdict Of(ServerState state, ResultOutcome outcome, long owner, long reporter)
    {
        if (owner != reporter) return ReportVerdict.Ignore;
        return state switch
        {
            ServerState.InProgress => ReportVerdict.Accept,
            // Late, or from a host that seemed to have dropped it: the work is there all the same.
            ServerState.Over when outcome is ResultOutcome.NoReply or ResultOutcome.ClientDetached => ReportVerdict.Accept,
            _ => ReportVerdict.Ignore,
        };
    }
}
