namespace Mlds.Boinc.Scheduling;

/// <summary>What the scheduler answers. <see cref="SchedulerReplyWriter"/> puts it into the order that clients need.</summary>
public sealed record SchedulerReply
{
    public required string ProjectName { get; init; }
    public required string MasterUrl { get; init; }

    /// <summary>Seconds for which the client makes no further call of its own accord.</summary>
    public required double RequestDelay { get; init; }

    /// <summary>Seconds after which the client calls again even without a reason; 0 leaves it to the client.</summary>
    public double NextRpcDelay { get; init; }

    public bool ProjectIsDown { get; init; }
    public List<ReplyMessage> Messages { get; } = [];

    /// <summary>The host's id when the server made it or changed it, else 0.</summary>
    public long NewHostId { get; init; }

    public ReplyAccount? Account { get; init; }
    public ReplyHost? Host { get; init; }
    public List<string> Acknowledged { get; } = [];
    public List<string> Aborted { get; } = [];
    public List<string> AbortedIfNotStarted { get; } = [];
    public bool TricklesAcknowledged { get; init; }
    public List<ReplyApp> Apps { get; } = [];
    public List<ReplyAppVersion> AppVersions { get; } = [];
    public List<ReplyWorkUnit> WorkUnits { get; } = [];
    public List<ReplyResult> Results { get; } = [];

    /// <summary>The text of the present code-signing key, when the client doesn't have it.</summary>
    public string? CodeSignKey { get; init; }

    /// <summary>The signature of that key by the one that the client has.</summary>
    public string? CodeSignKeySignature { get; init; }

    public List<ReplyLink> Links { get; } = [];
}

public sealed record ReplyMessage(string Text, bool Notice);

/// <param name="EmailHash">MD5 of the lower-case address, as clients compare it between projects.</param>
public sealed record ReplyAccount(
    long Id, string Name, double TotalCredit, double RecentCredit, long Created, string EmailHash, string CrossProjectId,
    string ExternalCpid, string Team, double ResourceShare);

public sealed record ReplyHost(long Created, double TotalCredit, double RecentCredit, string Venue);

public sealed record ReplyApp(string Name, string FriendlyName);

/// <param name="Version">100 is version 1.00.</param>
/// <param name="Flops">Operations per second expected of the program on this host: the client's estimates and time limits follow from
/// it.</param>
public sealed record ReplyAppVersion(
    string App, int Version, string Platform, string PlanClass, double Flops, IReadOnlyList<ReplyAppFile> Files);

public sealed record ReplyAppFile(
    string Name, string OpenName, bool MainProgram, long Bytes, string Signature, string Url, string? GzippedUrl);

public sealed record ReplyWorkUnit(
    string Name, string App, string CommandLine, double FpopsEstimate, double FpopsBound, double MemoryBound,
    double DiskBound, IReadOnlyList<ReplyInput> Inputs);

/// <param name="IsKept">The client keeps it when the unit is done, and fetches it once for all units that name it.</param>
public sealed record ReplyInput(string Name, string OpenName, long Bytes, string Md5, string Url, string? GzippedUrl, bool IsKept = false);

public sealed record ReplyResult(
    string Name, string WorkUnit, long Deadline, string Platform, int Version, string PlanClass, bool ReportImmediately,
    IReadOnlyList<ReplyOutput> Outputs);

public sealed record ReplyOutput(string Name, string OpenName, long MaxBytes, string UploadUrl, string Certificate);

/// <summary>A button of the manager.</summary>
public sealed record ReplyLink(string Name, string Description, string Url);
