using Mlds.Boinc.States;
using Mlds.Server.Database;

namespace Mlds.Server.Operating;

/// <summary>
/// Cancels work. The transitioner does the rest: unsent results are dropped, and clients that compute one are told at their next call.
/// </summary>
public static class Cancellation
{
    public static Task<int> WorkUnit(ProjectDatabase database, string name) => Cancel(database, "name = $3", name);

    public static Task<int> Batch(ProjectDatabase database, long batch) => Cancel(database, "batch = $3", batch);

    static Task<int> Cancel(ProjectDatabase database, string which, object value) => database.Write(session => session.Execute(
        $"UPDATE workunit SET errors = errors | $1, transition_time = $2 WHERE {which} AND canonical_result_id = 0 "
        + $"AND errors = {WorkUnitErrors.None:d}",
        (long)WorkUnitErrors.Cancelled, DateTimeOffset.UtcNow.ToUnixTimeSeconds(), value));
}
