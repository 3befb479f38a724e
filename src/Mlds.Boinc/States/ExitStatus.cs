namespace Mlds.Boinc.States;

/// <summary>
/// Exit statuses that the client itself gives to a result, and that our worker uses where it ends for the same reason; others are the
/// application's own. BOINC's numbers (lib/error_numbers.h).
/// </summary>
static partial class ExitStatus
{
    /// <summary>A file couldn't be fetched, or its signature or checksum is wrong.</summary>
    public const int DownloadError = -186;

    /// <summary>The client told the application to abort.</summary>
    public const int AbortedByClient = 194;
    public const int ChildFailed = 195;
    /// <summary>The task needs more disk than it may have.</summary>
    public const int DiskLimitExceeded = 196;
    public const int TimeLimitExceeded = 197;
    /// <summary>The task needs more memory than it may have.</summary>
    public const int MemoryLimitExceeded = 198;

    /// <summary>The server asked for it: no fault of the host.</summary>
    public const int AbortedByProject = 202;

    /// <summary>The volunteer asked for it: no fault of the work unit.</summary>
    public const int AbortedByUser = 203;
}
