using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Mlds.Server.Project;

namespace Mlds.LoadTest;

/// <summary>
/// Hosts that call one after another as fast as the server answers. Each call is the size of a real client's (its preferences and processor
/// features are in it), reports the task that the host finished, lists the one that it still holds, and asks for another.
/// </summary>
static class Storm
{
    public static async Task<int> Run(string folder, int hosts, int seconds, int callers)
    {
        var url = ProjectFolder.Open(folder).Settings.Master;
        var all = Enumerable.Range(0, hosts).Select(i => new SimulatedHost(i)).ToArray();
        // Attaching isn't what is measured: every host gets its id and two tasks first.
        await Calls(url, all, callers, rounds: 2, deadline: null);
        Console.Error.WriteLine("All hosts are attached; measuring.");
        var (idle, total) = Processor.Times();
        var mine = Processor.OfOurs(Environment.ProcessId) + Processor.OfOurs(Processor.Serving(folder));
        var watch = Stopwatch.StartNew();
        var times = await Calls(url, all, callers, rounds: int.MaxValue, deadline: DateTime.UtcNow.AddSeconds(seconds));
        var elapsed = watch.Elapsed.TotalSeconds;
        var (idleAfter, totalAfter) = Processor.Times();
        var others = totalAfter - total - (idleAfter - idle)
            - (Processor.OfOurs(Environment.ProcessId) + Processor.OfOurs(Processor.Serving(folder)) - mine);
        times.Sort();
        double At(double share) => times[Math.Min(times.Count - 1, (int)(share * times.Count))];
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                processor = Processor.Name(),
                cores = Environment.ProcessorCount,
                hosts,
                callers,
                seconds = Math.Round(elapsed, 2),
                calls = times.Count,
                calls_per_second = Math.Round(times.Count / elapsed, 1),
                tasks_sent = all.Sum(host => host.Got),
                tasks_reported = all.Sum(host => host.Reported),
                failed_calls = all.Sum(host => host.Failed),
                median_ms = Math.Round(At(0.5), 2),
                p95_ms = Math.Round(At(0.95), 2),
                p99_ms = Math.Round(At(0.99), 2),
                max_ms = Math.Round(times[^1], 2),
                share_of_others = Math.Round(Math.Max(0, others) / Math.Max(1, totalAfter - total), 3),
            },
            new JsonSerializerOptions { WriteIndented = true }));
        return all.Any(host => host.Failed > 0) ? 1 : 0;
    }

    static async Task<List<double>> Calls(Uri url, SimulatedHost[] hosts, int callers, int rounds, DateTime? deadline)
    {
        var next = -1;
        var limit = rounds == int.MaxValue ? long.MaxValue : (long)rounds * hosts.Length;
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var buffer = new byte[1 << 16];
            var mine = new List<double>();
            while (deadline is null || DateTime.UtcNow < deadline)
            {
                var index = Interlocked.Increment(ref next);
                if (index >= limit) break;
                var host = hosts[index % hosts.Length];
                var start = Stopwatch.GetTimestamp();
                host.Take(await Call.Post(url, buffer, host.Request()));
                mine.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return mine;
        })));
        return [.. times.SelectMany(list => list)];
    }
}

/// <summary>One host: what it holds and how its client counts.</summary>
sealed class SimulatedHost(int number)
{
    static readonly string s_preferences = string.Concat(
        Enumerable.Range(0, 38).Select(i => $"   <preference_number_{i}>90.000000</preference_number_{i}>\n"));

    readonly string _cpid = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(BitConverter.GetBytes(number)));
    readonly Queue<string> _tasks = [];
    long _id;
    long _seqno;
    string _key = "";
    string _reported = "";

    public int Got { get; private set; }
    public int Reported { get; private set; }
    public int Failed { get; private set; }

    public string Request()
    {
        var text = new StringBuilder(8000);
        text.Append(CultureInfo.InvariantCulture, $"""
            <scheduler_request>
                <authenticator>{LoadServer.Key(number % LoadServer.Accounts)}</authenticator>
                <hostid>{_id}</hostid>
                <rpc_seqno>{_seqno++}</rpc_seqno>
                <core_client_major_version>7</core_client_major_version>
                <core_client_minor_version>20</core_client_minor_version>
                <core_client_release>5</core_client_release>
                <work_req_seconds>1</work_req_seconds>
                <cpu_req_secs>1</cpu_req_secs>
                <cpu_req_instances>1</cpu_req_instances>
                <platform_name>x86_64-pc-linux-gnu</platform_name>
            <working_global_preferences>
            <global_preferences>
            {s_preferences}</global_preferences>
            </working_global_preferences>
            <host_info>
                <host_cpid>{_cpid}</host_cpid>
                <p_ncpus>4</p_ncpus>
                <p_vendor>GenuineLoad</p_vendor>
                <p_model>Load {number % 50}</p_model>
                <p_features>{s_features}</p_features>
                <p_fpops>3000000000.0</p_fpops>
                <m_nbytes>16000000000.0</m_nbytes>
                <d_free>100000000000.0</d_free>
                <os_name>Linux</os_name>
                <os_version>Linux 6.1</os_version>
            </host_info>

            """);
        if (_key.Length > 0) text.Append("<code_sign_key>\n").Append(_key).Append("\n</code_sign_key>\n");
        _reported = _tasks.Count > 1 ? _tasks.Peek() : "";
        if (_reported.Length > 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"<result>\n    <name>{_reported}</name>\n    <final_cpu_time>3500.1</final_cpu_time>\n"
                + $"    <final_elapsed_time>3600.1</final_elapsed_time>\n    <exit_status>0</exit_status>\n    <state>5</state>\n");
            text.Append(
                "    <platform>x86_64-pc-linux-gnu</platform>\n    <version_num>100</version_num>\n"
                + "<stderr_out>\n<core_client_version>7.20.5</core_client_version>\n<![CDATA[\n<stderr_txt>\n"
                + "started\nfinished\n</stderr_txt>\n]]>\n</stderr_out>\n</result>\n");
        }

        text.Append("<other_results>\n");
        foreach (var task in _tasks.Skip(_reported.Length > 0 ? 1 : 0))
            text.Append("    <other_result>\n        <name>").Append(task).Append("</name>\n    </other_result>\n");
        return text.Append("</other_results>\n</scheduler_request>\n").ToString();
    }

    static readonly string s_features =
        "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx mmxext "
        + "fxsr_opt pdpe1gb rdtscp lm constant_tsc rep_good nopl xtopology nonstop_tsc cpuid extd_apicid pni pclmulqdq ssse3 fma cx16 pcid "
        + "sse4_1 sse4_2 x2apic movbe popcnt aes xsave avx f16c rdrand hypervisor lahf_lm svm abm sse4a bmi1 avx2 smep bmi2 erms invpcid";

    public void Take(string reply)
    {
        if (!reply.Contains("</scheduler_reply>", StringComparison.Ordinal) || reply.Contains("problem", StringComparison.Ordinal))
        {
            Failed++;
            return;
        }

        if (Between(reply, "<hostid>", "</hostid>") is { } id) (_id, _seqno) = (long.Parse(id, CultureInfo.InvariantCulture), 1);
        if (_key.Length == 0 && Between(reply, "<code_sign_key>", "</code_sign_key>") is { } key) _key = key.Trim();
        if (_reported.Length > 0 && reply.Contains($"<result_ack>\n<name>{_reported}</name>", StringComparison.Ordinal))
        {
            _tasks.Dequeue();
            Reported++;
        }

        for (var at = reply.IndexOf("<result>", StringComparison.Ordinal); at >= 0;
            at = reply.IndexOf("<result>", at + 8, StringComparison.Ordinal))
        {
            _tasks.Enqueue(Between(reply[at..], "<name>", "</name>")!);
            Got++;
        }
    }

    static string? Between(string text, string open, string close)
    {
        var start = text.IndexOf(open, StringComparison.Ordinal);
        if (start < 0) return null;
        start += open.Length;
        return text[start..text.IndexOf(close, start, StringComparison.Ordinal)];
    }
}

/// <summary>
/// A bare HTTP/1.1 call, since the load must not cost more than the server under test. Each is on a connection of its own, as BOINC's
/// clients make them.
/// </summary>
static class Call
{
    public static async Task<string> Post(Uri url, byte[] buffer, string body)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(url.Host, url.Port);
        var content = Encoding.UTF8.GetBytes(body);
        var head = Encoding.ASCII.GetBytes(
            $"POST {url.AbsolutePath}scheduler HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: close\r\n"
            + $"Content-Length: {content.Length}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n");
        await socket.SendAsync((byte[])[.. head, .. content]);
        var reply = new MemoryStream();
        for (int read; (read = await socket.ReceiveAsync(buffer)) > 0;) reply.Write(buffer, 0, read);
        return Encoding.UTF8.GetString(reply.GetBuffer(), 0, (int)reply.Length);
    }
}
