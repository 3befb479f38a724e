using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mlds.Server.Tests;

/// <summary><c>"behind_proxy": true</c>, with Debian's nginx and the configuration of docs/operate.md.</summary>
public sealed class ProxyTests
{
    const string Nginx = "/usr/sbin/nginx";

    [Fact]
    public async Task A_client_works_through_nginx_set_up_as_operate_md_says()
    {
        if (!File.Exists(Nginx)) Assert.Skip("Debian's nginx is not installed.");
        var (outside, inside) = (TestProject.FreePort(), TestProject.FreePort());
        var science =
            new LineScience(4) { MaxBytes = 64 << 20, Line = number => number > 0 ? new string('a', 120_000) + "\n" : $"line {number}\n" };
        await using var project = await TestProject.Create(science, settings: settings => settings with
        {
            MasterUrl = $"https://127.0.0.1:{outside}/mlds/",
            Listen = [$"http://127.0.0.1:{inside}"],
            BehindProxy = true,
            AccountCallsPerMinute = 4,
        });
        using var key = RSA.Create(2048);
        using var certificate = RealClientTests.CertificateFor(key);
        File.WriteAllText(Path.Combine(project.Scratch, "weights.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(project.Scratch, "weights.key"), key.ExportPkcs8PrivateKeyPem());
        var block = Regex.Match(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "operate.md")), "```nginx\n(.*?)```",
            RegexOptions.Singleline).Groups[1].Value;
        Assert.Contains("proxy_pass http://127.0.0.1:8080", block, StringComparison.Ordinal);
        var server = block.Replace("listen 443", $"listen {outside}", StringComparison.Ordinal)
            .Replace("127.0.0.1:8080", $"127.0.0.1:{inside}", StringComparison.Ordinal)
            .Replace("weights.example.org", "127.0.0.1", StringComparison.Ordinal)
            .Replace("/etc/ssl/", project.Scratch + "/", StringComparison.Ordinal)
            .Replace("/var/log/nginx/", project.Scratch + "/", StringComparison.Ordinal);
        var file = Path.Combine(project.Scratch, "nginx.conf");
        File.WriteAllText(
            file,
            $"daemon off; user root; pid {project.Scratch}/nginx.pid; error_log {project.Scratch}/error.log;\nevents {{}}\nhttp "
            + $"{{ access_log off; client_body_temp_path {project.Scratch}/body; proxy_temp_path {project.Scratch}/proxy;\n{server}}}\n");
        using var nginx = Process.Start(Nginx, ["-c", file, "-p", project.Scratch, "-e", $"{project.Scratch}/error.log"]);
        try
        {
            await project.Start();
            await project.HasUnsent(4);
            using var eve = await From("127.0.0.3", project, "eve");
            await eve.Call(1, 1);
            using (var client = new RealClient(Path.Combine(project.Scratch, "client")))
            {
                File.WriteAllText(Path.Combine(client.Folder, "ca-bundle.crt"), certificate.ExportCertificatePem());
                await client.Start();
                client.Attach(project.MasterUrl, "bob");
                await client.UpdateUntil(
                    project.MasterUrl, () => science.Zoo.Count == 3,
                    $"all is computed; nginx says: {File.ReadAllText($"{project.Scratch}/error.log")}");
            }

            await LargestUpload(project, eve);
            await LimitsAreOfTheCaller(project);
            await NothingIsLoggedOfQueries(project);
            await MetricsAreNotForCallers(project, inside);
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            nginx.WaitForExit();
        }
    }

    /// <summary>
    /// What the settings allow passes, and of an upload that broke off everything sent so far is there: nginx holds nothing back.
    /// </summary>
    static async Task LargestUpload(TestProject project, Caller eve)
    {
        var file = Assert.Single(eve.Tasks.Values);
        var name = file.Element("name")!.Value;
        var content = new byte[64 << 20];
        new Random(5).NextBytes(content);
        using (var breaks = new CancellationTokenSource())
        {
            var part = new MemoryStream();
            await part.WriteAsync(Encoding.UTF8.GetBytes(Caller.UploadHead(file, content, 0)), TestContext.Current.CancellationToken);
            await part.WriteAsync(content.AsMemory(0, 20 << 20), TestContext.Current.CancellationToken);
            part.Position = 0;
            using var body = new BrokenContent(part, breaks);
            await Assert.ThrowsAnyAsync<Exception>(() => eve.Http.PostAsync("file_upload_handler", body, breaks.Token));
        }

        await TestProject.Until(() => eve.Size(name).GetAwaiter().GetResult() > 0, "the part is there", 30);
        var there = await eve.Size(name);
        Assert.InRange(there, 1 << 20, 20 << 20);
        Assert.Equal(0, await eve.Upload(file, content, offset: there));
        Assert.Equal(0, await eve.Upload(file, content));
        Assert.Equal(content, await File.ReadAllBytesAsync(project.Folder.Upload(name), TestContext.Current.CancellationToken));
    }

    /// <summary>
    /// E-mail addresses and password hashes come in queries: neither nginx's access log nor its error log contains them, even when our
    /// server is down.
    /// </summary>
    static async Task NothingIsLoggedOfQueries(TestProject project)
    {
        using var http = new HttpClient(Handler("127.0.0.6")) { BaseAddress = project.Folder.Settings.Master };
        Assert.False(await IsRefused(http, "203.0.113.1"));
        await project.Stop();
        using (var reply = await http.GetAsync(
            $"lookup_account.php?email_addr=nobody%40example.org&passwd_hash={new string('0', 32)}", TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.BadGateway, reply.StatusCode);
        }

        await project.Start();
        var logs = Directory.EnumerateFiles(project.Scratch, "*.log").ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
        Assert.Contains("GET /mlds/lookup_account.php", logs["mlds.log"], StringComparison.Ordinal);
        Assert.All(logs.Values, text => Assert.DoesNotContain("example.org", text, StringComparison.Ordinal));
        Assert.All(logs.Values, text => Assert.DoesNotContain(new string('0', 32), text, StringComparison.Ordinal));
    }

    /// <summary>
    /// Through the proxy a caller from an address that the settings don't name gets no metrics; whoever asks the server itself, on its
    /// machine, does.
    /// </summary>
    static async Task MetricsAreNotForCallers(TestProject project, int inside)
    {
        using var http = new HttpClient(Handler("127.0.0.7")) { BaseAddress = project.Folder.Settings.Master };
        using var refused = await http.GetAsync("metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var local = new HttpClient();
        Assert.Contains(
            "mlds_", await local.GetStringAsync($"http://127.0.0.1:{inside}/metrics", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    /// <summary>
    /// The real caller is the one that nginx names: what callers say of themselves counts for nothing, and others don't have to wait
    /// because of him.
    /// </summary>
    static async Task LimitsAreOfTheCaller(TestProject project)
    {
        async Task<int> Refused(string from)
        {
            using var http = new HttpClient(Handler(from)) { BaseAddress = project.Folder.Settings.Master };
            var refused = 0;
            for (var i = 0; i < 12; i++)
                if (await IsRefused(http, $"203.0.113.{i}")) refused++;
            return refused;
        }

        Assert.Equal(8, await Refused("127.0.0.4"));
        Assert.Equal(8, await Refused("127.0.0.5"));
        Assert.DoesNotContain(project.Log.Lines, line => line.Contains("203.0.113.", StringComparison.Ordinal));
    }

    static async Task<Caller> From(string address, TestProject project, string name)
    {
        using var http = new HttpClient(Handler(address)) { BaseAddress = project.Folder.Settings.Master };
        var reply = XElement.Parse(await http.GetStringAsync(
            $"create_account.php?email_addr={name}%40example.org&passwd_hash={new string('0', 32)}&user_name={name}",
            TestContext.Current.CancellationToken));
        return new Caller(project.Folder, reply.Element("authenticator")!.Value, Handler(address));
    }

    /// <summary>Calls from one of this machine's own addresses.</summary>
    static SocketsHttpHandler Handler(string from) => new()
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_forwarded_address_counts_behind_a_proxy_alone(bool behind)
    {
        await using var project = await TestProject.Create(
            new LineScience(0), settings: settings => settings with { BehindProxy = behind, AccountCallsPerMinute = 2 });
        await project.Start();
        using var http = new HttpClient { BaseAddress = project.Folder.Settings.Master };
        for (var i = 0; i < 2; i++) Assert.False(await IsRefused(http, "198.51.100.1"));
        Assert.True(await IsRefused(http, "203.0.113.9, 198.51.100.1"));
        Assert.Equal(!behind, await IsRefused(http, "198.51.100.2"));
    }

    /// <summary>Nobody on another machine is the proxy: getting past it gains nothing.</summary>
    [Fact]
    public async Task Only_a_proxy_on_the_same_machine_is_believed()
    {
        var own = NetworkInterface.GetAllNetworkInterfaces().Where(link => link.OperationalStatus == OperationalStatus.Up)
            .SelectMany(link => link.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
        if (own is null) Assert.Skip("This machine has no address but the loopback's.");
        await using var project = await TestProject.Create(
            new LineScience(0),
            settings: settings => settings with
            {
                BehindProxy = true,
                AccountCallsPerMinute = 2,
                Listen = [$"http://0.0.0.0:{new Uri(settings.MasterUrl).Port}"],
            });
        await project.Start();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{own}:{project.Folder.Settings.Master.Port}/lines/") };
        var refused = 0;
        for (var i = 0; i < 5; i++)
            if (await IsRefused(http, $"203.0.113.{i}")) refused++;
        Assert.Equal(3, refused);
    }

    /// <summary>Whether a call of the accounts that says it was forwarded has to wait.</summary>
    static async Task<bool> IsRefused(HttpClient http, string forwardedFor)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"lookup_account.php?email_addr=nobody%40example.org&passwd_hash={new string('0', 32)}");
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .Contains("Too many calls", StringComparison.Ordinal);
    }

    /// <summary>A body that sends what it has and then never ends, until its sender gives up.</summary>
    sealed class BrokenContent(Stream part, CancellationTokenSource breaks) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await part.CopyToAsync(stream);
            await stream.FlushAsync();
            breaks.CancelAfter(TimeSpan.FromSeconds(1));
            await Task.Delay(Timeout.Infinite, breaks.Token);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = (64 << 20) + 2000;
            return true;
        }
    }
}
