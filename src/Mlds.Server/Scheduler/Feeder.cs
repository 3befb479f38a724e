using Mlds.Boinc.States;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Scheduler;

/// <summary>An unsent result and its work unit.</summary>
sealed record UnsentResult(long Id, string Name, long Random, WorkUnitRow WorkUnit);

/// <summary>
/// The next unsent results, in memory, so that a scheduler call needs no table to find work. Only the database's writer touches it. What it
/// holds is a hint: sending a result changes its row only if that is still unsent.
/// </summary>
sealed class Feeder(TimeProvider time, int size = 1000)
{
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    readonly LinkedList<UnsentResult> _unsent = new();
    long? _filled;

    /// <summary>The results, first the one to be sent first.</summary>
    public LinkedListNode<UnsentResult>? First(Session session)
    {
        if (_unsent.Count < size / 10) Fill(session);
        return _unsent.First;
    }

    public void Remove(LinkedListNode<UnsentResult> node) => _unsent.Remove(node);

    /// <summary>There is new work: look at once, however recent the last look was.</summary>
    public void Hint() => _filled = null;

    void Fill(Session session)
    {
        if (_filled is { } filled && time.GetElapsedTime(filled) < s_pause) return;
        _filled = time.GetTimestamp();
        _unsent.Clear();
        var rows = session.Rows(
            $"SELECT {WorkUnitRow.Columns}, r.id, r.name, r.random FROM result r JOIN workunit w ON w.id = r.workunit_id "
            + $"JOIN app a ON a.id = w.app_id WHERE r.server_state = {ServerState.Unsent:d} ORDER BY r.priority DESC, r.id LIMIT $1",
            row => new UnsentResult(
                row.Long(WorkUnitRow.ColumnCount), row.Text(WorkUnitRow.ColumnCount + 1),
                row.Long(WorkUnitRow.ColumnCount + 2), WorkUnitRow.Read(row)),
            (long)size);
        foreach (var row in rows) _unsent.AddLast(row);
    }
}
