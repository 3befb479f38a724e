using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;
using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>Wrong input gets a refusal in the protocol's words and a line in the log; nothing is stored, and no line contains a
/// secret.</summary>
public abstract class RefusalTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    async Task<(TestProject Project, Caller Ada)> WithTask(long bytes = 0)
    {
        var project = await Begin(new LineScience(1) { Line = number => $"line {number}\nbytes {bytes}" });
        var ada = await Caller.Register(project, "Ada");
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE server_state = 2") > 0, "work is there");
        await ada.Call(1, 1);
        return (project, ada);
    }

    static bool NothingUploaded(TestProject project) =>
        !Directory.EnumerateFiles(project.Folder.In("upload"), "*", SearchOption.AllDirectories).Any();

    [Fact]
    public async Task Scheduler_calls_that_are_none_get_a_reply_and_store_nothing()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        string[] bodies =
        [
            "", "hello", "<scheduler_request>", "<scheduler_request></scheduler_request>", "\0\0\0", "<a>" + new string('<', 100_000),
            "<scheduler_request>" + string.Concat(Enumerable.Repeat("<b>", 1000)) + "</scheduler_request>",
            "<scheduler_request>" + string.Concat(Enumerable.Repeat("<result><name>x</name></result>", 50_000)) + "</scheduler_request>",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><scheduler_request><authenticator>&a;</authenticator></scheduler_request>",
            ada.Request(1, 1, "", []).Replace(ada.Key, new string('0', 32), StringComparison.Ordinal),
            ada.Request(1, 1, "", []).Replace(ada.Key, "' OR 1=1 --", StringComparison.Ordinal),
        ];
        foreach (var body in bodies)
        {
            var reply = await ada.Send(body);
            Assert.Equal("scheduler_reply", reply.Name.LocalName);
            Assert.NotNull(reply.Element("request_delay"));
            Assert.NotNull(reply.Element("message"));
            Assert.Empty(reply.Elements("result"));
        }

        Assert.Equal(0, project.Number("SELECT count(*) FROM host"));
        Assert.True(project.Log.Lines.Count(line => line.Contains("refused a call", StringComparison.Ordinal)) >= bodies.Length);
        project.Log.HasNoFailures();
    }

    [Fact]
    public async Task A_request_of_a_hundred_megabytes_is_not_read()
    {
        await using var project = await Begin(new LineScience(1));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", project.Folder.Settings.Master.Port, TestContext.Current.CancellationToken);
        var head = "<scheduler_request>" + new string(' ', 70_000);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"POST /lines/scheduler HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 104857600\r\n\r\n{head}"),
            TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var read = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.Contains("<scheduler_reply>", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_names_and_numbers_are_only_data()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        var hostile = "<result><name>../../etc/passwd</name><exit_status>99999999999</exit_status><final_cpu_time>-1e400</final_cpu_time>"
            + "</result><result><name>'; DROP TABLE result; --</name></result>";
        var reply = await ada.Call(results: hostile, others: ["../x", "a'b", new string('x', 5000)]);
        Assert.Empty(reply.Elements("result_ack"));
        Assert.Equal(1, project.Number("SELECT count(*) FROM host"));
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result") == 1, "the work is made");
    }

    [Fact]
    public async Task Uploads_without_leave_are_refused()
    {
        var (project, ada) = await WithTask();
        await using var _ = project;
        using var __ = ada;
        var file = ada.Tasks["unit_0_0"];
        var name = file.Element("name")!.Value;
        byte[] content = [1, 2, 3];
        Assert.Equal(-1, await ada.Upload(file, content, change: head => head.Replace(name, name + "x", StringComparison.Ordinal)));
        Assert.Equal(-1, await ada.Upload(file, content, change: head => head.Replace(name, "../../" + name, StringComparison.Ordinal)));
        Assert.Equal(-1, await ada.Upload(
            file, content, change: head => head.Replace("<max_nbytes>200000", "<max_nbytes>300000", StringComparison.Ordinal)));
        Assert.Equal(-1, await ada.Upload(
            file, content, change: head => head.Replace("<xml_signature>", "<xml_signature>\n00", StringComparison.Ordinal)));
        Assert.Equal(
            -1, await ada.Upload(file, content, change: head => head.Replace("<nbytes>3", "<nbytes>200001", StringComparison.Ordinal)));
        Assert.Equal(
            -1, await ada.Upload(file, content, change: head => head.Replace("<nbytes>3", "<nbytes>-3", StringComparison.Ordinal)));
        Assert.Equal(-1, await ada.Upload(file, content, change: head => head.Replace("<offset>0", "<offset>4", StringComparison.Ordinal)));
        Assert.Equal(-1, await ada.Upload(file, content, change: head => head.Replace("<offset>0", "<offset>2", StringComparison.Ordinal)));
        Assert.Equal(-1, await ada.Upload(file, [.. Enumerable.Repeat((byte)7, 50_000)], change: head => head.Replace(
            "<nbytes>50000", "<nbytes>10", StringComparison.Ordinal)));
        Assert.Equal(-1, await ada.Post(Encoding.ASCII.GetBytes("nothing of the kind")));
        Assert.Equal(-1, await ada.Post(new byte[100_000]));
        // the server hangs up; clients ask first (Expect: 100-continue)
        await Assert.ThrowsAsync<HttpRequestException>(() => ada.Post(new byte[70 << 20]));
        Assert.True(NothingUploaded(project) || Directory.EnumerateFiles(project.Folder.In("upload"), "*", SearchOption.AllDirectories)
            .All(path => new FileInfo(path).Length == 0));
        project.Log.HasNoFailures();
        Assert.Equal(0, await ada.Upload(file, content));
    }

    [Fact]
    public async Task An_upload_goes_on_where_it_was_interrupted()
    {
        var (project, ada) = await WithTask();
        await using var _ = project;
        using var __ = ada;
        var file = ada.Tasks["unit_0_0"];
        var name = file.Element("name")!.Value;
        var content = new byte[150_000];
        new Random(1).NextBytes(content);
        Assert.Equal(0, await ada.Size(name));
        Assert.Equal(1, await ada.Upload(file, content, length: 90_000));
        Assert.Equal(90_000, await ada.Size(name));
        Assert.Equal(0, await ada.Upload(file, content, offset: 90_000));
        Assert.Equal(content, await File.ReadAllBytesAsync(project.Folder.Upload(name), TestContext.Current.CancellationToken));
        Assert.Equal(150_000, await ada.Size(name));
    }

    [Fact]
    public async Task A_damaged_upload_begins_anew()
    {
        var (project, ada) = await WithTask();
        await using var _ = project;
        using var __ = ada;
        var file = ada.Tasks["unit_0_0"];
        Assert.Equal(
            1, await ada.Upload(file, [1, 2, 3], change: head => head.Replace("<md5_cksum>", "<md5_cksum>0", StringComparison.Ordinal)));
        Assert.Equal(0, await ada.Size(file.Element("name")!.Value));
        Assert.Equal(0, await ada.Upload(file, [1, 2, 3]));
    }

    [Fact]
    public async Task What_was_reported_never_changes()
    {
        var (project, ada) = await WithTask();
        await using var _ = project;
        using var __ = ada;
        var file = ada.Tasks["unit_0_0"];
        Assert.Equal(0, await ada.Upload("unit_0_0", "false first try"));
        Assert.Equal(0, await ada.Upload("unit_0_0", "LINE 0\n"));
        await ada.Call(results: Caller.Report("unit_0_0"), others: []);
        Assert.Equal(0, await ada.Upload(file, "LINE 0\n"u8.ToArray())); // the client never heard the first answer
        Assert.Equal(-1, await ada.Upload(file, "another"u8.ToArray()));
        Assert.Equal(
            "LINE 0\n",
            await File.ReadAllTextAsync(project.Folder.Upload(file.Element("name")!.Value), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Downloads_are_whole_or_ranges_of_what_is_there_and_nothing_else()
    {
        var (project, ada) = await WithTask();
        await using var _ = project;
        using var __ = ada;
        var url = ada.InputUrls["unit_0_0"];
        using var range = new HttpRequestMessage(HttpMethod.Get, url);
        range.Headers.Range = new(5, null);
        using var part = await ada.Http.SendAsync(range, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("0\nbytes 0", await part.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        foreach (var path in new[]
        {
            "download/00/nothing", "download/00/..%2f..%2fproject.json", "download/..%2f/project.json",
            "download/keys/upload_private", "project.json", "keys/upload_private", "project.db",
        })
        {
            using var response = await ada.Http.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            var said = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(
                said.Length == 0 || (!path.StartsWith("download", StringComparison.Ordinal)
                    && said.Contains("There is no such page", StringComparison.Ordinal)),
                said);
        }

        var name = $"lines_1.00_{TestProject.Platform}";
        var program = $"{project.MasterUrl}download/{ProjectFolder.Fan(name)}/{name}";
        using var zipped = await ada.Http.GetAsync(program + ".gz", TestContext.Current.CancellationToken);
        await using var unzip = new System.IO.Compression.GZipStream(
            await zipped.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken),
            System.IO.Compression.CompressionMode.Decompress);
        Assert.Equal(ShellProgram.Text, await new StreamReader(unzip).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Account_calls_answer_in_the_protocols_numbers()
    {
        await using var project = await Begin(new LineScience(0));
        using var http = new HttpClient { BaseAddress = new(project.MasterUrl) };
        async Task<XElement> Get(string path) => XElement.Parse(await http.GetStringAsync(path, TestContext.Current.CancellationToken));
        async Task<string?> Error(string path) => (await Get(path)).Element("error_num")?.Value;
        var hash = Caller.Md5("secretada@example.org");
        var key = (await Get($"create_account.php?email_addr=Ada%40example.org&passwd_hash={hash}&user_name=Ada"))
            .Element("authenticator")!.Value;
        Assert.Equal(32, key.Length);
        Assert.Equal(
            key, (await Get($"lookup_account.php?email_addr=ada%40example.org&passwd_hash={hash}")).Element("authenticator")!.Value);
        Assert.Equal(key, (await Get($"create_account.php?email_addr=ada%40example.org&passwd_hash={hash}&user_name=Ada"))
            .Element("authenticator")!.Value);
        Assert.Equal("-206", await Error($"lookup_account.php?email_addr=ada%40example.org&passwd_hash={new string('0', 32)}"));
        Assert.Equal("-136", await Error($"lookup_account.php?email_addr=bob%40example.org&passwd_hash={hash}"));
        Assert.Equal(
            "-137", await Error($"create_account.php?email_addr=ada%40example.org&passwd_hash={new string('0', 32)}&user_name=Ada"));
        Assert.Equal("-205", await Error($"create_account.php?email_addr=nonsense&passwd_hash={hash}&user_name=Ada"));
        Assert.Equal("-188", await Error($"create_account.php?email_addr=eve%40example.org&passwd_hash={hash}&user_name=%3Cscript%3E"));
        Assert.Equal("-206", await Error("create_account.php?email_addr=eve%40example.org&passwd_hash=short&user_name=Eve"));
        Assert.Equal("-206", await Error("lookup_account.php?email_addr=ada%40example.org"));
        var config = await Get("get_project_config.php");
        Assert.Equal(("Lines", project.MasterUrl), (config.Element("name")!.Value, config.Element("master_url")!.Value));
        Assert.Equal(1, project.Number("SELECT count(*) FROM account"));
    }

    [Fact]
    public async Task Who_tries_keys_or_passwords_has_to_wait()
    {
        await using var project = await Begin(
            new LineScience(0), settings => settings with { BadKeysPerMinute = 5, AccountCallsPerMinute = 5 });
        using var caller = new Caller(project, "wrong");
        for (var i = 0; i < 5; i++)
            Assert.Contains("Invalid or missing account key", (await caller.Call()).Value, StringComparison.Ordinal);
        Assert.Contains("Too many wrong account keys", (await caller.Call()).Value, StringComparison.Ordinal);
        var last = "";
        for (var i = 0; i < 7; i++)
        {
            last = await caller.Http.GetStringAsync(
                $"lookup_account.php?email_addr=a%40example.org&passwd_hash={new string('0', 32)}", TestContext.Current.CancellationToken);
        }

        Assert.Contains("Too many calls", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_log_line_and_no_row_holds_a_key_a_password_or_an_address()
    {
        var (project, ada) = await WithTask();
        await using var _ = project;
        using var __ = ada;
        await ada.FinishAll();
        await ada.Send(ada.Request(1, 1, "", [])[..^30]);
        await ada.Http.GetStringAsync(
            $"lookup_account.php?email_addr=ada%40example.org&passwd_hash={new string('0', 32)}", TestContext.Current.CancellationToken);
        await ada.Http.GetAsync(
            $"no/such/page?authenticator={ada.Key}&email_addr=ada%40example.org", TestContext.Current.CancellationToken);
        await TestProject.Until(() => project.Science.Zoo.Count == 1, "it is assimilated");
        var log = string.Join('\n', project.Log.Lines);
        Assert.NotEmpty(log);
        foreach (var secret in new[] { ada.Key, Caller.Md5("secretAda@example.org"), "example.org", Caller.Md5("ada@example.org") })
            Assert.DoesNotContain(secret, log, StringComparison.OrdinalIgnoreCase);
        var rows = project.Database.Read(session => session.Rows(
            "SELECT email, name, key_hash, sealed_key FROM account",
            row => row.GetString(0) + row.GetString(1) + row.GetString(2) + Convert.ToHexStringLower(row.GetFieldValue<byte[]>(3))));
        Assert.DoesNotContain(ada.Key, string.Concat(rows), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(Encoding.ASCII.GetBytes(ada.Key)), string.Concat(rows), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_has_no_private_code_signing_key()
    {
        await using var project = await Begin(new LineScience(0));
        var secret = project.SigningKey.Text.Split('\n')[9];
        for (var again = 0; ; again++)
        {
            try
            {
                foreach (var file in Directory.GetFiles(project.Folder.Path, "*", SearchOption.AllDirectories))
                    Assert.DoesNotContain(secret, Encoding.Latin1.GetString(await ReadShared(file)), StringComparison.Ordinal);
                return;
            }
            catch (IOException) when (again < 100)
            {
                // The server is at work: a file that it writes or renames just now is looked at a moment later, with all the others.
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
    }

    static async Task<byte[]> ReadShared(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[stream.Length];
        await stream.ReadExactlyAsync(content, TestContext.Current.CancellationToken);
        return content;
    }

    /// <summary>A body that comes in too slowly is given up, and others are answered meanwhile.</summary>
    [Fact]
    public async Task A_slow_caller_holds_nobody_up()
    {
        await using var project = await Begin(new LineScience(0));
        using var slow = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await slow.ConnectAsync("127.0.0.1", project.Folder.Settings.Master.Port, TestContext.Current.CancellationToken);
        await slow.SendAsync(
            Encoding.ASCII.GetBytes("POST /lines/scheduler HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n<scheduler"),
            TestContext.Current.CancellationToken);
        using var ada = await Caller.Register(project, "Ada");
        Assert.Single((await ada.Call()).Elements("hostid"));
        var buffer = new byte[4096];
        slow.ReceiveTimeout = 300_000;
        var read = await Task.Run(() => slow.Receive(buffer), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Exception", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
        Assert.Equal(1, project.Number("SELECT count(*) FROM host"));
    }
}

public sealed class SqliteRefusalTests(PostgresServer postgres) : RefusalTests<Sqlite>(postgres);

public sealed class PostgresRefusalTests(PostgresServer postgres) : RefusalTests<Postgres>(postgres);
