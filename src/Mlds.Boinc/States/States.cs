namespace Mlds.Boinc.States;

/// <summary>A result's state on the server. The numbers are BOINC's (db/boinc_db_types.h) and are stored in databases; they never
/// change.</summary>
public enum ServerState
{
    Inactive = 1,
    Unsent = 2,
    InProgress = 4,
    Over = 5,
}

/// <summary>How a result that is over ended. BOINC's numbers.</summary>
public enum ResultOutcome
{
    Init = 0,
    Success = 1,
    CouldntSend = 2,
    ClientError = 3,
    NoReply = 4,
    DidntNeed = 5,
    ValidateError = 6,
    ClientDetached = 7,
}

/// <summary>What the validator said of a result. BOINC's numbers.</summary>
public enum ValidateState
{
    Init = 0,
    Valid = 1,
    Invalid = 2,
    NoCheck = 3,
    Inconclusive = 4,
    TooLate = 5,
}

/// <summary>Whether a work unit has been handed to the assimilator. BOINC's numbers.</summary>
public enum AssimilateState
{
    Init = 0,
    Ready = 1,
    Done = 2,
}

/// <summary>Whether the files of a work unit or result are still needed. BOINC's numbers.</summary>
public enum FileDeleteState
{
    Init = 0,
    Ready = 1,
    Done = 2,
}

/// <summary>Why a work unit has no canonical result. BOINC's bits.</summary>
[Flags]
public enum WorkUnitErrors
{
    None = 0,
    CouldntSend = 1,
    TooManyErrors = 2,
    TooManySuccesses = 4,
    TooManyTotal = 8,
    Cancelled = 16,
    NoCanonicalResult = 32,
}

/// <summary>What the client says of a result that it reports (its &lt;state&gt;). BOINC's numbers.</summary>
public enum ClientState
{
    New = 0,
    FilesDownloading = 1,
    FilesDownloaded = 2,
    ComputeError = 3,
    FilesUploading = 4,
    FilesUploaded = 5,
    Aborted = 6,
    UploadFailed = 7,
}
