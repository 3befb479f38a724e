using Mlds.Boinc.States;
using Mlds.Boinc.Tags;

namespace Mlds.Boinc.Scheduling;

/// <summary>
/// Reads a scheduler request. It skips what it doesn't know, and takes as many results as it may: a client reports the others again with
/// its next call. A text that is no scheduler request, or has too many elements, is a <see cref="TagException"/>.
/// </summary>
public static class SchedulerRequestReader
{
    /// <summary>Bytes of a request that are read; of a longer one only the results in this first part are taken.</summary>
    public const int MaxBytes = 4 << 20;

    /// <summary>Bytes at the beginning of a request that hold the account key: clients send it first.</summary>
    public const int HeadBytes = 64 * 1024;

    public const int MaxElements = 300_000;
    public const int MaxResults = 1_000;
    public const int MaxOtherResults = 10_000;
    public const int MaxFiles = 20;

    /// <summary>A client's own platform and its alternatives.</summary>
    public const int MaxPlatforms = 16;

    /// <summary>Characters of a task's stderr that are kept: as many as clients keep (64 KiB), and what they put around it.</summary>
    public const int MaxStderr = 66 * 1024;

    /// <summary>Characters of a processor's features: twice as many as clients 8.x have room for.</summary>
    public const int MaxFeatures = 16 * 1024;

    /// <param name="text">The request.</param>
    /// <param name="cut">Whether <paramref name="text"/> is only the beginning of it.</param>
    public static SchedulerRequest Read(ReadOnlySpan<char> text, bool cut = false)
    {
        var reader = new TagReader(text, MaxElements);
        if (!FindRoot(ref reader)) throw new TagException("No <scheduler_request> in the request.");
        var request = new SchedulerRequest { IsCut = cut };
        ReadRoot(ref reader, request);
        // Clients describe themselves and their machine before they report: without one whole result that description may be incomplete.
        if (reader.Truncated && !(cut && request.Results.Count > 0)) throw new TagException("The scheduler request ends in the middle.");
        if (!request.IsCut) return request;
        request.HasOtherResults = false;
        request.OtherResults.Clear();
        return request;
    }

    /// <summary>The account key in the beginning of a request; empty where there is none.</summary>
    public static string Authenticator(ReadOnlySpan<char> head)
    {
        var reader = new TagReader(head, MaxElements);
        if (!FindRoot(ref reader)) return "";
        while (reader.Child(out var name))
        {
            if (name.SequenceEqual("authenticator")) return reader.Text();
            reader.Skip();
        }

        return "";
    }

    static bool FindRoot(ref TagReader reader)
    {
        while (reader.Child(out var root))
        {
            if (root.SequenceEqual("scheduler_request")) return true;
            reader.Skip();
        }

        return false;
    }

    static void ReadRoot(ref TagReader reader, SchedulerRequest request)
    {
        while (reader.Child(out var name))
        {
            switch (name)
            {
                case "authenticator": request.Authenticator = reader.Text(); break;
                case "hostid": request.HostId = reader.Whole(); break;
                case "rpc_seqno": request.RpcSeqno = reader.Whole(); break;
                case "core_client_major_version": request.ClientMajor = Int(ref reader); break;
                case "core_client_minor_version": request.ClientMinor = Int(ref reader); break;
                case "core_client_release": request.ClientRelease = Int(ref reader); break;
                case "allow_multiple_clients": request.AllowMultipleClients = reader.Flag(); break;
                case "dont_send_work": request.DontSendWork = reader.Flag(); break;
                case "work_req_seconds": request.WorkSeconds = reader.Number(); break;
                case "cpu_req_secs": request.CpuSeconds = reader.Number(); break;
                case "cpu_req_instances": request.CpuInstances = reader.Number(); break;
                case "estimated_delay": request.EstimatedDelay = reader.Number(); break;
                case "platform_name": ReadPlatform(ref reader, request, 0); break;
                case "alt_platform": ReadAlternative(ref reader, request); break;
                case "code_sign_key": request.CodeSignKey = reader.Lines(2048); break;
                case "cross_project_id": request.CrossProjectId = reader.Text(64); break;
                case "time_stats": ReadTimeStats(ref reader, request.Host); break;
                case "net_stats": ReadNetStats(ref reader, request.Host); break;
                case "host_info": ReadHost(ref reader, request.Host); break;
                case "disk_usage": ReadDisk(ref reader, request.Host); break;
                case "result": ReadResult(ref reader, request); break;
                case "other_results": ReadOthers(ref reader, request); break;
                case "msg_from_host": ReadTrickle(ref reader, request); break;
                default: reader.Skip(); break;
            }
        }
    }

    static int Int(ref TagReader reader) => (int)Math.Clamp(reader.Whole(), int.MinValue, int.MaxValue);

    static void ReadAlternative(ref TagReader reader, SchedulerRequest request)
    {
        while (reader.Child(out var name))
        {
            if (name.SequenceEqual("name")) ReadPlatform(ref reader, request, request.Platforms.Count);
            else reader.Skip();
        }
    }

    static void ReadPlatform(ref TagReader reader, SchedulerRequest request, int at)
    {
        if (request.Platforms.Count < MaxPlatforms) request.Platforms.Insert(at, reader.Text());
        else reader.Skip();
    }

    static void ReadTimeStats(ref TagReader reader, HostDescription host)
    {
        while (reader.Child(out var name))
        {
            switch (name)
            {
                case "on_frac": host.OnFraction = Fraction(reader.Number()); break;
                case "active_frac": host.ActiveFraction = Fraction(reader.Number()); break;
                default: reader.Skip(); break;
            }
        }
    }

    static double Fraction(double value) => value is > 0 and <= 1 ? value : 1;

    static void ReadNetStats(ref TagReader reader, HostDescription host)
    {
        while (reader.Child(out var name))
        {
            switch (name)
            {
                case "bwup": host.UploadRate = reader.Number(); break;
                case "bwdown": host.DownloadRate = reader.Number(); break;
                default: reader.Skip(); break;
            }
        }
    }

    static void ReadHost(ref TagReader reader, HostDescription host)
    {
        while (reader.Child(out var name))
        {
            switch (name)
            {
                case "timezone": host.Timezone = reader.Whole(); break;
                case "domain_name": host.Name = reader.Text(); break;
                case "host_cpid": host.Cpid = reader.Text(64); break;
                case "p_ncpus": host.Processors = Math.Clamp(Int(ref reader), 1, 4096); break;
                case "p_vendor": host.Vendor = reader.Text(); break;
                case "p_model": host.Model = reader.Text(); break;
                case "p_features": host.Features = reader.Text(MaxFeatures); break;
                case "p_fpops": host.Fpops = reader.Number(); break;
                case "p_iops": host.Iops = reader.Number(); break;
                case "p_membw": host.MemoryBandwidth = reader.Number(); break;
                case "m_nbytes": host.MemoryBytes = reader.Number(); break;
                case "m_cache": host.CacheBytes = reader.Number(); break;
                case "m_swap": host.SwapBytes = reader.Number(); break;
                case "d_total": host.DiskTotal = reader.Number(); break;
                case "d_free": host.DiskFree = reader.Number(); break;
                case "os_name": host.OsName = reader.Text(); break;
                case "os_version": host.OsVersion = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }
    }

    static void ReadDisk(ref TagReader reader, HostDescription host)
    {
        while (reader.Child(out var name))
        {
            if (name.SequenceEqual("d_project_share")) host.DiskShare = reader.Number();
            else reader.Skip();
        }
    }

    static void ReadResult(ref TagReader reader, SchedulerRequest request)
    {
        if (request.Results.Count == MaxResults)
        {
            request.IsCut = true;
            reader.Skip();
            return;
        }

        var result = new ReportedResult();
        while (reader.Child(out var name))
        {
            switch (name)
            {
                case "name": result.Name = reader.Text(); break;
                case "final_cpu_time": result.CpuTime = Math.Max(0, reader.Number()); break;
                case "final_elapsed_time": result.ElapsedTime = Math.Max(0, reader.Number()); break;
                case "exit_status": result.ExitStatus = Int(ref reader); break;
                case "state": result.State = (ClientState)Int(ref reader); break;
                case "stderr_out": result.Stderr = reader.Verbatim(MaxStderr); break;
                case "file_info": ReadFile(ref reader, result); break;
                default: reader.Skip(); break;
            }
        }

        if (!reader.Truncated) request.Results.Add(result);
    }

    static void ReadFile(ref TagReader reader, ReportedResult result)
    {
        var (file, bytes, md5) = ("", 0L, "");
        while (reader.Child(out var name))
        {
            switch (name)
            {
                case "name": file = reader.Text(); break;
                case "nbytes": bytes = reader.Whole(); break;
                case "md5_cksum": md5 = reader.Text(64); break;
                default: reader.Skip(); break;
            }
        }

        if (result.Files.Count < MaxFiles) result.Files.Add(new(file, bytes, md5));
    }

    /// <summary>What is missing from an incomplete list can't be called lost, so such a list counts as no list.</summary>
    static void ReadOthers(ref TagReader reader, SchedulerRequest request)
    {
        var all = true;
        while (reader.Child(out var child))
        {
            var another = child.SequenceEqual("other_result");
            if (another && request.OtherResults.Count < MaxOtherResults)
            {
                ReadOther(ref reader, request);
                continue;
            }

            all &= !another;
            reader.Skip();
        }

        // What is missing from an incomplete list can't be called lost.
        request.HasOtherResults = all;
    }

    static void ReadOther(ref TagReader reader, SchedulerRequest request)
    {
        var result = "";
        while (reader.Child(out var name))
        {
            if (name.SequenceEqual("name")) result = reader.Text();
            else reader.Skip();
        }

        if (result.Length > 0) request.OtherResults.Add(result);
    }

    static void ReadTrickle(ref TagReader reader, SchedulerRequest request)
    {
        var (result, time) = ("", 0L);
        while (reader.Child(out var name))
        {
            switch (name)
            {
                case "result_name": result = reader.Text(); break;
                case "time": time = reader.Whole(); break;
                default: reader.Skip(); break;
            }
        }

        if (request.Trickles.Count < MaxResults) request.Trickles.Add(new(result, time));
    }
}
