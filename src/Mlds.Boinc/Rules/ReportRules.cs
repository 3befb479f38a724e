using Mlds.Boinc.States;

namespace Mlds.Boinc.Rules;

/// <summary>What is done with a result that a client reports.</summary>
public enum ReportVerdict
{
    /// <summary>Stored and acknowledged.</summary>
    Accept,

    /// <summary>
    /// Acknowledged, so that the client forgets it, and nothing stored: known already, not this account's, or not known at all.
    /// </summary>
    Ignore,
}

/// <summary>Which reports count (BOINC: sched/sched_result.cpp). No result is ever counted twice.</summary>
public static class ReportRules
{
    /// <param name="state">Where the server has the result.</param>
    /// <param name="outcome">Its outcome so far.</param>
    /// <param name="owner">The account that it was sent to.</param>
    /// <param name="reporter">The account that reports it.</param>
    public static ReportVerdict Of(ServerState state, ResultOutcome outcome, long owner, long reporter)
    {
        if (owner != reporter) return ReportVerdict.Ignore;
        return state switch
        {
            ServerState.InProgress => ReportVerdict.Accept,
            // Late, or from a host that seemed to have let it go: the work is there all the same.
            ServerState.Over when outcome is ResultOutcome.NoReply or ResultOutcome.ClientDetached => ReportVerdict.Accept,
            _ => ReportVerdict.Ignore,
        };
    }
}
