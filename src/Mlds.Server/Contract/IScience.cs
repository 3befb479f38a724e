using Mlds.Boinc.States;
using Mlds.Server.Database;

namespace Mlds.Server.Contract;

/// <summary>
/// What the project server asks the science that it serves: what is to be computed, whether a returned file is right, and where it goes.
/// The server knows no networks, the science no clients. <c>Science/</c> has the science of trained networks.
/// </summary>
public interface IScience
{
    /// <summary>The app that all work is for.</summary>
    string AppName { get; }

    string AppFriendlyName { get; }

    /// <summary>The steps that make its own tables, named <c>science_…</c>.</summary>
    IReadOnlyList<SchemaStep> Schema { get; }

    /// <summary>
    /// Makes work; called while too little is unsent. It runs in the transaction that stores the units, so what it notes of them is stored
    /// with them or not at all. Has to be quick.
    /// </summary>
    /// <returns>At most as many as wanted; none when there is nothing more for now.</returns>
    IReadOnlyList<NewWorkUnit> Generate(Session session, WorkWanted wanted);

    /// <summary>Tells the id that a unit of <see cref="Generate"/> got, in the same transaction.</summary>
    void Created(Session session, string name, long workUnitId);

    /// <summary>
    /// Judges one returned result, by its files' <see cref="StoredFile.Content"/> alone. Outside any transaction; may take minutes. How
    /// closely it looks may depend on the host; what is right doesn't.
    /// </summary>
    ResultCheck Check(ProjectDatabase database, ReturnedResult result, CancellationToken cancellation);

    /// <summary>
    /// The same with everything computed again, for a held result whose host can't earn trust any more. The verdict is proved or invalid.
    /// </summary>
    ResultCheck Prove(ProjectDatabase database, ReturnedResult result, CancellationToken cancellation);

    /// <summary>Is told the verdict, in the transaction that stores it, and says what the host's work is worth from now on.</summary>
    HostStanding Judged(Session session, ReturnedResult result, ResultCheck check, ValidateState state);

    /// <summary>
    /// Is told that verdicts on the host's results were taken back: the trust that they earned is gone, and its next results are looked at
    /// like a new host's.
    /// </summary>
    void Doubt(Session session, long hostId);

    /// <summary>
    /// Is told that two hosts are one machine and go on as <paramref name="into"/>: what either did wrong stays known, and of their trust
    /// the smaller one remains.
    /// </summary>
    void Merged(Session session, long from, long into);

    /// <summary>
    /// Takes over the outcome of a work unit. Outside any transaction; may be called twice for one unit, and then must do nothing the
    /// second time. After a <see cref="FileLostException"/> the work is issued again; after any other exception the unit comes again later.
    /// </summary>
    void Assimilate(ProjectDatabase database, FinishedWorkUnit unit, CancellationToken cancellation);

    /// <summary>Notes what work follows from the unit, in the transaction that marks it assimilated.</summary>
    void Assimilated(Session session, FinishedWorkUnit unit);

    /// <summary>
    /// Goes on with work that no volunteer could return, for no longer than <paramref name="longest"/>, and stores how far it came: a kill
    /// loses no more than that. Outside any transaction; never called twice at a time. A science without such work need not implement it.
    /// </summary>
    /// <param name="note">Has to be called in the transaction that stores the progress.</param>
    /// <returns>Whether there was any.</returns>
    bool ComputeHere(
        ProjectDatabase database, TimeSpan longest, Action<Session, ComputedHere> note, CancellationToken cancellation) => false;

    /// <summary>How many pieces of work wait for <see cref="ComputeHere"/>.</summary>
    long WaitingForServer(Session session) => 0;

    /// <summary>
    /// Zoos that the work ends in and that anybody may browse, folders of the project's by their names; one may not be there yet.
    /// </summary>
    IReadOnlyList<string> Zoos(Session session) => [];
}

/// <param name="CoreSeconds">Seconds of one core.</param>
/// <param name="Ended">Whether a piece of work came to its end.</param>
public sealed record ComputedHere(double CoreSeconds, bool Ended);

/// <param name="Count">The most units.</param>
/// <param name="HostFlops">Median of the measured operations per second of hosts that were active lately; 0 when nothing has been measured
/// yet.</param>
/// <param name="Now">Unix seconds.</param>
public sealed record WorkWanted(int Count, double HostFlops, long Now);

/// <summary>A work unit to be made.</summary>
public sealed record NewWorkUnit
{
    /// <summary>A file name (<see cref="FileName"/>) of at most 80 letters, never used before.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<InputFile> Inputs { get; init; }

    /// <summary>Files that it shares with other units; they follow its own inputs.</summary>
    public IReadOnlyList<SharedFile> Shared { get; init; } = [];

    public required IReadOnlyList<OutputFile> Outputs { get; init; }

    /// <summary>Floating-point operations that the unit will probably take, and those at which the client stops it.</summary>
    public required double FpopsEstimate { get; init; }

    public required double FpopsBound { get; init; }

    /// <summary>Bytes.</summary>
    public double MemoryBound { get; init; } = 512e6;

    /// <summary>Bytes in the task's folder.</summary>
    public double DiskBound { get; init; } = 200e6;

    /// <summary>Seconds from sending to deadline.</summary>
    public long DelayBound { get; init; } = 3 * 86400;

    public string CommandLine { get; init; } = "";

    /// <summary>The lowest level of programs that can carry the unit out: an app version says its own in version.xml.</summary>
    public int ProgramLevel { get; init; } = 1;

    /// <summary>How many equal results are needed for one of them to become canonical.</summary>
    public int MinQuorum { get; init; } = 1;

    public int TargetResults { get; init; } = 1;
    public int MaxErrors { get; init; } = 5;
    public int MaxTotal { get; init; } = 10;
    public int MaxSuccesses { get; init; } = 5;

    /// <summary>Higher is sent first.</summary>
    public int Priority { get; init; }

    public long Batch { get; init; }

    /// <summary>No account computes two results of the unit, apart from failed ones.</summary>
    public bool OneResultPerUser { get; init; } = true;
}

/// <param name="LogicalName">The name in the task's folder.</param>
public sealed record InputFile(string LogicalName, ReadOnlyMemory<byte> Content);

/// <summary>
/// A file that many units need: a client fetches it once and keeps it (BOINC's sticky files), and the project gives it out for ever, so its
/// bytes never change.
/// </summary>
/// <param name="Name">Its name here, on clients and in tasks' folders; it begins with <paramref name="Sha256"/>.</param>
/// <param name="Sha256">Of its bytes, lower-case hex.</param>
/// <param name="Path">Where it is copied from, the first time.</param>
public sealed record SharedFile(string Name, string Sha256, string Path);

/// <param name="LogicalName">The name in the task's folder.</param>
/// <param name="Optional">A task may succeed without it.</param>
public sealed record OutputFile(string LogicalName, long MaxBytes, bool Optional = false);

/// <summary>A result that came back with success.</summary>
/// <param name="Suspect">Another host of its account was caught, and this one hasn't earned trust yet: nothing of it may be taken on
/// trust.</param>
public sealed record ReturnedResult(
    long ResultId,
    long WorkUnitId,
    string WorkUnitName,
    string ResultName,
    long HostId,
    long UserId,
    long AppVersionId,
    double ElapsedTime,
    double CpuTime,
    string Stderr,
    IReadOnlyList<StoredFile> Outputs,
    IReadOnlyList<StoredFile> Inputs,
    bool Suspect = false)
{
    /// <summary>For a result that was judged, the hash stored with the verdict (<see cref="ResultCheck.ComparisonHash"/>); else
    /// empty.</summary>
    public string ComparisonHash { get; init; } = "";
}

public enum Verdict
{
    Valid,
    Invalid,

    /// <summary>Temporary trouble here: ask again later.</summary>
    Retry,

    /// <summary>
    /// Its file isn't what it was when it was judged: that says nothing about its host, and the work is issued again.
    /// </summary>
    Lost,
}

/// <param name="Verdict">Whether the files are right, as far as they can tell.</param>
/// <param name="ComparisonHash">Results with the same hash are the same.</param>
/// <param name="Credit">In cobblestones, from the work's known cost (<see cref="Boinc.Rules.RecentCredit.OfFlops"/>), never from what the
/// client claims.</param>
/// <param name="Reason">One sentence when it isn't valid.</param>
/// <param name="Proved">It was computed again here, bit for bit: it need not wait for its host to earn trust.</param>
/// <param name="Retrained">How many of its parts were computed again here: the host's standing follows from that.</param>
public sealed record ResultCheck(
    Verdict Verdict, string ComparisonHash, double Credit, string Reason = "", bool Proved = false, int Retrained = 0);

public enum HostStanding
{
    /// <summary>What it returns is held until it has earned trust.</summary>
    Provisional = 0,

    Trusted = 1,

    /// <summary>It returned false work: everything from it that is held is computed again elsewhere.</summary>
    Caught = 2,
}

/// <summary>A work unit at its end: with a canonical result, or with the reasons why there is none.</summary>
public sealed record FinishedWorkUnit(
    long WorkUnitId, string Name, WorkUnitErrors Errors, ReturnedResult? Canonical, IReadOnlyList<FailedResult> Failures);

public sealed record FailedResult(string ResultName, long HostId, ResultOutcome Outcome, int ExitStatus, string Stderr);
