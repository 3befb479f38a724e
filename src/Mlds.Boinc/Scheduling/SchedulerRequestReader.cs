using System.Globalization;
using Mlds.Boinc.Tags;

namespace Mlds.Boinc.Scheduling;

/// <summary>Reads a scheduler request. What it doesn't know it passes over; what is beyond the limits, or no scheduler request at all, is a <see cref="TagException"/>.</summary>
public static class SchedulerRequestReader
{
    /// <summary>Bytes of a request.</summary>
    public const int MaxBytes = 4 << 20;

    public const int MaxElements = 100_000;
    public const int MaxResults = 1_000;
    public const int MaxOtherResults = 10_000;
    public const int MaxFiles = 20;

    /// <summary>Characters of a task's stderr that are kept: as many as the client keeps itself.</summary>
    public const int MaxStderr = 63 * 1024;

    public static SchedulerRequest Read(ReadOnlySpan<char> text)
    {
        var reader = new TagReader(text, MaxElements);
        while (reader.Child(out var root))
        {
            if (!root.SequenceEqual("scheduler_request"))
            {
                reader.Skip();
                continue;
            }
            var request = new SchedulerRequest();
            ReadRoot(ref reader, request);
            if (reader.Truncated) throw new TagException("The scheduler request ends in the middle.");
            return request;
        }
        throw new TagException("No <scheduler_request> in the request.");
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
                case "platform_name": request.Platforms.Insert(0, reader.Text()); break;
                case "alt_platform": ReadAlternative(ref reader, request); break;
                case "code_sign_key": request.CodeSignKey = reader.Text(2048); break;
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
            if (name.SequenceEqual("name") && request.Platforms.Count < 16) request.Platforms.Add(reader.Text());
            else reader.Skip();
        }
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
                case "p_features": host.Features = reader.Text(4096); break;
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
        if (request.Results.Count == MaxResults) throw new TagException(string.Create(CultureInfo.InvariantCulture, $"More than {MaxResults} results reported in one request."));
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
                case "stderr_out": result.Stderr = reader.Text(MaxStderr); break;
                case "file_info": ReadFile(ref reader, result); break;
                default: reader.Skip(); break;
            }
        }
        request.Results.Add(result);
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

    static void ReadOthers(ref TagReader reader, SchedulerRequest request)
    {
        request.HasOtherResults = true;
        while (reader.Child(out var child))
        {
            if (!child.SequenceEqual("other_result"))
            {
                reader.Skip();
                continue;
            }
            while (reader.Child(out var name))
            {
                if (name.SequenceEqual("name") && request.OtherResults.Count < MaxOtherResults) request.OtherResults.Add(reader.Text());
                else reader.Skip();
            }
        }
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
