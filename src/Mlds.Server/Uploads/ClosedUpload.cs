using Mlds.Boinc.States;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Uploads;

/// <summary>Why a file can't be written, or can't be written any more.</summary>
/// <param name="Reason">For our log and the client's.</param>
/// <param name="IsForgotten">
/// The work came too late for anything, through no fault of the client's: it is told that all is well, so that it forgets the file instead
/// of reporting a failure, and nothing is stored.
/// </param>
sealed record ClosedUpload(string Reason, bool IsForgotten = false)
{
    static readonly ClosedUpload s_unknown = new("The file belongs to no task of this project");
    static readonly ClosedUpload s_unsent = new("The file's task was not sent to anybody");
    static readonly ClosedUpload s_reported = new("The file's task was reported already");
    static readonly ClosedUpload s_late = new("The file's work unit is done with", IsForgotten: true);

    /// <summary>Null while the file with that physical name may be written: its task is in progress, or late and still of use.</summary>
    public static ClosedUpload? Find(Session session, string name)
    {
        if (!WorkUnitRow.TryParseOutputName(name, out var result, out var random, out _)) return s_unknown;
        return session.Row(
            "SELECT r.server_state, r.outcome, w.file_delete_state FROM result r JOIN workunit w ON w.id = r.workunit_id WHERE r.name = "
            + "$1 AND r.random = $2",
            row => (IsKnown: true, State: (ServerState)row.Int(0), Outcome: (ResultOutcome)row.Int(1),
                FilesGo: (FileDeleteState)row.Int(2) != FileDeleteState.Init),
            result, random) switch
        {
            { IsKnown: false } => s_unknown,
            { State: ServerState.InProgress } => null,
            { State: ServerState.Over, Outcome: ResultOutcome.NoReply or ResultOutcome.ClientDetached, FilesGo: true } => s_late,
            { State: ServerState.Over, Outcome: ResultOutcome.NoReply or ResultOutcome.ClientDetached } => null,
            { State: ServerState.Over } => s_reported,
            _ => s_unsent,
        };
    }
}
