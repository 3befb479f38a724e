using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

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
        var science = new LineScience(3) { Line = number => number == 2 ? new string('a', 120_000) + "\n" : $"line {number}\n" };
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
        var block = Regex.Match(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "operate.md")), "```nginx\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.Contains("proxy_pass http://127.0.0.1:8080", block, StringComparison.Ordinal);
        var server = block.Replace("listen 443", $"listen {outside}", StringComparison.Ordinal).Replace("127.0.0.1:8080", $"127.0.0.1:{inside}", StringComparison.Ordinal)
            .Replace("weights.example.org", "127.0.0.1", StringComparison.Ordinal).Replace("/etc/ssl/", project.Scratch + "/", StringComparison.Ordinal);
        var file = Path.Combine(project.Scratch, "nginx.conf");
        File.WriteAllText(file, $"daemon off; user root; pid {project.Scratch}/nginx.pid; error_log {project.Scratch}/error.log;\nevents {{}}\nhttp {{ access_log off; client_body_temp_path {project.Scratch}/body; proxy_temp_path {project.Scratch}/proxy;\n{server}}}\n");
        using var nginx = Process.Start(Nginx, ["-c", file, "-p", project.Scratch, "-e", $"{project.Scratch}/error.log"]);
        try
        {
            await project.Start();
            using (var client = new RealClient(Path.Combine(project.Scratch, "client")))
            {
                File.WriteAllText(Path.Combine(client.Folder, "ca-bundle.crt"), certificate.ExportCertificatePem());
                await client.Start();
                client.Attach(project.MasterUrl, "bob");
                await TestProject.Until(
                    () =>
                    {
                        client.Do("--project", project.MasterUrl, "update");
                        Thread.Sleep(1500);
                        return science.Zoo.Count == 3;
                    },
                    $"all is computed; nginx says: {File.ReadAllText($"{project.Scratch}/error.log")}");
            }

            // The limits are of the real caller, whom nginx names: what the caller says of itself counts for nothing.
            using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
            using var http = new HttpClient(handler);
            var refused = 0;
            for (var i = 0; i < 12; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"{project.MasterUrl}lookup_account.php?email_addr=nobody%40example.org&passwd_hash={new string('0', 32)}");
                request.Headers.Add("X-Forwarded-For", $"203.0.113.{i}");
                using var reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
                if (await TooMany(reply)) refused++;
            }

            Assert.InRange(refused, 4, 12);
            Assert.DoesNotContain(project.Log.Lines, line => line.Contains("203.0.113.", StringComparison.Ordinal));
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            nginx.WaitForExit();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_forwarded_address_counts_behind_a_proxy_alone(bool behind)
    {
        await using var project = await TestProject.Create(new LineScience(0), settings: settings => settings with { BehindProxy = behind, AccountCallsPerMinute = 2 });
        await project.Start();
        using var http = new HttpClient { BaseAddress = project.Folder.Settings.Master };
        async Task<bool> Refused(string from)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"lookup_account.php?email_addr=nobody%40example.org&passwd_hash={new string('0', 32)}");
            request.Headers.Add("X-Forwarded-For", from);
            using var reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return await TooMany(reply);
        }

        for (var i = 0; i < 2; i++) Assert.False(await Refused("198.51.100.1"));
        Assert.True(await Refused("203.0.113.9, 198.51.100.1"));
        Assert.Equal(!behind, await Refused("198.51.100.2"));
    }

    static async Task<bool> TooMany(HttpResponseMessage reply) =>
        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains("Too many calls", StringComparison.Ordinal);
}
