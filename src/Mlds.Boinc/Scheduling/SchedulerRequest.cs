using Mlds.Boinc.States;

namespace Mlds.Boinc.Scheduling;

/// <summary>What a client says and asks in one call of the scheduler. Whatever it left out is empty or 0.</summary>
public sealed record SchedulerRequest
{
    public string Authenticator { get; set; } = "";

    /// <summary>0: the client has no host id of this project.</summary>
    public long HostId { get; set; }

    public long RpcSeqno { get; set; }
    public int ClientMajor { get; set; }
    public int ClientMinor { get; set; }
    public int ClientRelease { get; set; }
    public bool AllowMultipleClients { get; set; }
    public bool DontSendWork { get; set; }

    /// <summary>Seconds of work the client asks for, on all its processors together.</summary>
    public double WorkSeconds { get; set; }

    public double CpuSeconds { get; set; }

    /// <summary>Processors without work.</summary>
    public double CpuInstances { get; set; }

    /// <summary>Seconds until new work could begin.</summary>
    public double EstimatedDelay { get; set; }

    /// <summary>The client's own platform first, then its alternatives.</summary>
    public List<string> Platforms { get; } = [];

    /// <summary>The code-signing key that the client holds; empty at its first call.</summary>
    public string CodeSignKey { get; set; } = "";

    public string CrossProjectId { get; set; } = "";
    public HostDescription Host { get; } = new();

    /// <summary>Finished tasks.</summary>
    public List<ReportedResult> Results { get; } = [];

    /// <summary>Names of the tasks that the client holds, apart from the finished ones that it reports in this call.</summary>
    public List<string> OtherResults { get; } = [];

    /// <summary>Whether the client said at all what it holds: otherwise nothing can be called lost.</summary>
    public bool HasOtherResults { get; set; }

    /// <summary>
    /// Whether there was more than was read: further results, which stay unacknowledged and so come with the next call. In that case it
    /// isn't known what the client holds.
    /// </summary>
    public bool IsCut { get; set; }

    /// <summary>Messages of running tasks.</summary>
    public List<TrickleUp> Trickles { get; } = [];

    /// <summary>Whether the client runs programs of its own (app_info.xml).</summary>
    public bool AnonymousPlatform => Platforms.Contains("anonymous");
}

/// <summary>A machine, as its client measured it.</summary>
public sealed class HostDescription
{
    public string Cpid { get; set; } = "";
    public string Name { get; set; } = "";
    public long Timezone { get; set; }
    public int Processors { get; set; } = 1;
    public string Vendor { get; set; } = "";
    public string Model { get; set; } = "";
    public string Features { get; set; } = "";

    /// <summary>Floating-point operations per second of one processor (Whetstone).</summary>
    public double Fpops { get; set; }

    public double Iops { get; set; }
    public double MemoryBandwidth { get; set; }
    public double MemoryBytes { get; set; }
    public double CacheBytes { get; set; }
    public double SwapBytes { get; set; }
    public double DiskTotal { get; set; }
    public double DiskFree { get; set; }

    /// <summary>Bytes that the client lets this project use.</summary>
    public double DiskShare { get; set; }

    public string OsName { get; set; } = "";
    public string OsVersion { get; set; } = "";

    /// <summary>Share of time that the client runs, and share of that in which it may compute.</summary>
    public double OnFraction { get; set; } = 1;

    public double ActiveFraction { get; set; } = 1;
    public double UploadRate { get; set; }
    public double DownloadRate { get; set; }
}

/// <summary>A finished task.</summary>
public sealed record ReportedResult
{
    public string Name { get; set; } = "";
    public double CpuTime { get; set; }
    public double ElapsedTime { get; set; }
    public int ExitStatus { get; set; }
    public ClientState State { get; set; }
    public string Stderr { get; set; } = "";
    public List<ReportedFile> Files { get; } = [];

    /// <summary>Success needs both: every file uploaded, and exit 0.</summary>
    public bool Succeeded => State == ClientState.FilesUploaded && ExitStatus == 0;
}

/// <summary>A file that the client says it uploaded.</summary>
public sealed record ReportedFile(string Name, long Bytes, string Md5);

/// <summary>A message of a running task. Our programs send none; any that comes is acknowledged, or the client would send it for
/// ever.</summary>
public sealed record TrickleUp(string ResultName, long Time);
