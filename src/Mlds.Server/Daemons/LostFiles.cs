using Mlds.Boinc.States;
using Mlds.Server.Contract;
using Mlds.Server.Database;

namespace Mlds.Server.Daemons;

/// <summary>
/// What happens to a judged result whose file is gone or isn't what was judged. A file that was reported can't be changed from
/// outside, so the disk failed, or somebody changed it here: the host has no part in it, and keeps its credit and its standing. Only the
/// work is issued again.
/// </summary>
static class LostFiles
{
    public static void GiveUp(Session session, Signals signals, long now, ReturnedResult result, string what)
    {
        var given = session.Execute(
            $"UPDATE result SET outcome = $2, reason = $3 WHERE id = $1 AND server_state = {ServerState.Over:d} "
            + $"AND outcome = {ResultOutcome.Success:d}", result.ResultId,
                (long)ResultOutcome.DidntNeed, $"Lost on the server: {what}.");
        if (given == 0) return; // voided meanwhile
        if (session.Number("SELECT canonical_result_id FROM workunit WHERE id = $1", result.WorkUnitId) == result.ResultId)
            Replace(session, result.WorkUnitId, result.ResultId);
        signals.Wake(session, result.WorkUnitId, now);
        signals.Assimilator.Set();
    }

    /// <summary>Another result that agreed with it will do as well; without one the transitioner issues the unit again.</summary>
    static void Replace(Session session, long unit, long lost)
    {
        var other = session.Number(
            $"SELECT min(id) FROM result WHERE workunit_id = $1 AND server_state = {ServerState.Over:d} "
            + $"AND outcome = {ResultOutcome.Success:d} AND validate_state = {ValidateState.Valid:d} AND "
            + "comparison_hash = (SELECT comparison_hash FROM result WHERE id = $2)",
            unit, lost);
        session.Execute("UPDATE workunit SET assimilating = 0, assimilate_tries = 0, assimilate_after = 0 WHERE id = $1", unit);
        if (other is not null)
        {
            session.Execute("UPDATE workunit SET canonical_result_id = $2 WHERE id = $1", unit, other.Value);
        }
        else
        {
            session.Execute($"UPDATE workunit SET canonical_result_id = 0, held = 0, assimilate_state = {AssimilateState.Init:d} "
                + "WHERE id = $1", unit);
        }
    }
}
