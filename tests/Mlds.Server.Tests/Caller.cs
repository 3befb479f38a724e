using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>A client, seen from the wire: makes the calls that a real one makes, and remembers what a real one has to.</summary>
sealed class Caller(ProjectFolder project, string key, HttpMessageHandler? handler = null) : IDisposable
{
    static readonly string[] s_features = ["fma", "avx2", "avx512f", "avx512bw", "avx512dq", "avx512vl"];

    public HttpClient Http { get; } =
        new(handler ?? new SocketsHttpHandler()) { BaseAddress = project.Settings.Master, Timeout = TimeSpan.FromMinutes(5) };

    public long HostId { get; set; }
    public long Seqno { get; set; }
    public string Cpid { get; set; } = Guid.NewGuid().ToString("N");
    public string Key { get; set; } = key;
    public string CodeSignKey { get; set; } = "";
    public string Platform { get; set; } = TestProject.Platform;
    public string Features { get; set; } = string.Join(' ', s_features);

    /// <summary>Further elements of the request, after those that it has.</summary>
    public string Extra { get; set; } = "";

    public int Processors { get; set; } = 4;
    public double Memory { get; set; } = 16e9;

    /// <summary>Tasks in hand, by name, with their output's file_info.</summary>
    public Dictionary<string, XElement> Tasks { get; } = [];

    /// <summary>The URLs of the input files of all work units seen.</summary>
    public Dictionary<string, string> InputUrls { get; } = [];

    public static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    public Caller(TestProject project, string key)
        : this(project.Folder, key)
    {
    }

    public static Task<Caller> Register(TestProject project, string name) => Register(project.Folder, name);

    /// <summary>A new account, and a caller with its key.</summary>
    public static async Task<Caller> Register(ProjectFolder project, string name)
    {
        using var http = new HttpClient { BaseAddress = project.Settings.Master };
        var reply = XElement.Parse(await http.GetStringAsync(
            $"create_account.php?email_addr={name}%40example.org&passwd_hash={Md5("secret" + name + "@example.org")}&user_name={name}",
            TestContext.Current.CancellationToken));
        return new Caller(project, reply.Element("authenticator")!.Value);
    }

    /// <summary>Makes one call; remembers what came back.</summary>
    public async Task<XElement> Call(double seconds = 0, double instances = 0, string results = "", IEnumerable<string>? others = null)
    {
        var reply = await Send(Request(seconds, instances, results, others ?? Tasks.Keys));
        Seqno++;
        if (reply.Element("hostid") is { } id) (HostId, Seqno) = (long.Parse(id.Value, CultureInfo.InvariantCulture), 1);
        if (reply.Element("code_sign_key") is { } key) CodeSignKey = key.Value;
        foreach (var result in reply.Elements("result"))
        {
            var file = result.Element("file_ref")!.Element("file_name")!.Value;
            Tasks[result.Element("name")!.Value] = reply.Elements("file_info").Single(info => info.Element("name")!.Value == file);
            var unit = reply.Elements("workunit").Single(unit => unit.Element("name")!.Value == result.Element("wu_name")!.Value);
            var input = unit.Element("file_ref")!.Element("file_name")!.Value;
            InputUrls[result.Element("name")!.Value] = reply.Elements("file_info")
                .Single(info => info.Element("name")!.Value == input).Element("url")!.Value;
        }

        foreach (var acknowledged in reply.Elements("result_ack")) Tasks.Remove(acknowledged.Element("name")!.Value);
        return reply;
    }

    public async Task<XElement> Send(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using var response = await Http.PostAsync("scheduler", content, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)response.StatusCode);
        return XElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public string Request(double seconds, double instances, string results, IEnumerable<string> others) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        <scheduler_request>
            <authenticator>{Key}</authenticator>
            <hostid>{HostId}</hostid>
            <rpc_seqno>{Seqno}</rpc_seqno>
            <core_client_major_version>7</core_client_major_version>
            <core_client_minor_version>20</core_client_minor_version>
            <core_client_release>5</core_client_release>
            <work_req_seconds>{seconds}</work_req_seconds>
            <cpu_req_secs>{seconds}</cpu_req_secs>
            <cpu_req_instances>{instances}</cpu_req_instances>
            <platform_name>{Platform}</platform_name>
            {(CodeSignKey.Length > 0 ? $"<code_sign_key>\n{CodeSignKey.Trim()}\n</code_sign_key>" : "")}
            <host_info>
                <host_cpid>{Cpid}</host_cpid>
                <p_ncpus>{Processors}</p_ncpus>
                <p_vendor>Test</p_vendor>
                <p_model>Test 1</p_model>
                <p_features>{Features}</p_features>
                <p_fpops>1e9</p_fpops>
                <m_nbytes>{Memory}</m_nbytes>
                <os_name>Linux</os_name>
            </host_info>
            {Extra}
            {results}
            <other_results>
                {string.Concat(others.Select(name => $"<other_result><name>{name}</name></other_result>\n"))}
            </other_results>
        </scheduler_request>
        """);

    /// <summary>What a client reports of a finished task.</summary>
    public static string Report(string name, int exit = 0, int state = 5, double elapsed = 10) => string.Create(
        CultureInfo.InvariantCulture,
        $"<result><name>{name}</name><final_cpu_time>{elapsed}</final_cpu_time><final_elapsed_time>{elapsed}</final_elapsed_time>"
        + $"<exit_status>{exit}</exit_status><state>{state}</state><stderr_out><![CDATA[ended]]></stderr_out></result>\n");

    /// <summary>Uploads a task's output; returns the status, or null where the server answered something else.</summary>
    public Task<int?> Upload(string task, string content) => Upload(Tasks[task], Encoding.UTF8.GetBytes(content));

    public async Task<int?> Upload(XElement file, byte[] content, long offset = 0, Func<string, string>? change = null, int? length = null)
    {
        var head = UploadHead(file, content, offset);
        head = change?.Invoke(head) ?? head;
        return await Post([.. Encoding.UTF8.GetBytes(head), .. content.AsSpan((int)offset, length ?? content.Length - (int)offset)]);
    }

    /// <summary>What comes before the data.</summary>
    public static string UploadHead(XElement file, byte[] content, long offset) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        <data_server_request>
            <core_client_major_version>7</core_client_major_version>
        <file_upload>
        <file_info>
        <name>{file.Element("name")!.Value}</name>
        <xml_signature>{file.Element("xml_signature")!.Value}</xml_signature>
        <max_nbytes>{file.Element("max_nbytes")!.Value}</max_nbytes>
        </file_info>
        <nbytes>{content.Length}</nbytes>
        <md5_cksum>{Convert.ToHexStringLower(MD5.HashData(content))}</md5_cksum>
        <offset>{offset}</offset>
        <data>

        """).ReplaceLineEndings("\n");

    public async Task<int?> Post(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using var response = await Http.PostAsync("file_upload_handler", content, TestContext.Current.CancellationToken);
        if (!response.IsSuccessStatusCode) return null;
        return int.Parse(
            XElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Element("status")!.Value,
            CultureInfo.InvariantCulture);
    }

    public async Task<long> Size(string name)
    {
        using var content = new StringContent($"<data_server_request>\n<get_file_size>{name}</get_file_size>\n</data_server_request>\n");
        using var response = await Http.PostAsync("file_upload_handler", content, TestContext.Current.CancellationToken);
        return long.Parse(
            XElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Element("file_size")!.Value,
            CultureInfo.InvariantCulture);
    }

    public async Task<string> Input(string task) => await Http.GetStringAsync(InputUrls[task], TestContext.Current.CancellationToken);

    /// <summary>Computes, uploads and reports every task in hand.</summary>
    public async Task<XElement> FinishAll(Func<string, string>? compute = null, double seconds = 0)
    {
        var reports = new StringBuilder();
        foreach (var task in Tasks.Keys.ToList())
        {
            var input = await Input(task);
            Assert.Equal(0, await Upload(task, (compute ?? (text => text.ToUpperInvariant()))(input)));
            reports.Append(Report(task));
        }

        return await Call(seconds, results: reports.ToString(), others: []);
    }

    public void Dispose() => Http.Dispose();
}
