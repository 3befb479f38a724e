using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Mlds.Server.Operating;
using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>Debian's unmodified client, from attaching to credit and through what happens to volunteers' computers in between.</summary>
public sealed partial class RealClientTests
{
    [GeneratedRegex(@"fraction done: ([0-9.]+)")]
    private static partial Regex Fraction();

    static double Progress(RealClient client) =>
        Fraction().Match(client.Do("--get_tasks")) is { Success: true } match ? double.Parse(
            match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    /// <summary>
    /// One client, one long life: progress, suspension, quitting, an upload that was begun, credit, abort, lost work, detaching, a copied
    /// folder.
    /// </summary>
    [Fact]
    public async Task A_client_lives_through_all_that_happens_to_one()
    {
        var science = new LineScience(3)
        {
            Line = number => $"line {number}\nsleep {(number == 0 ? 60 : 3000)}\nbytes {(number == 0 ? 100_000 : 0)}\n",
            FpopsEstimate = 1e12,
        };
        await using var project = await TestProject.Create(science);
        await project.Start();

        // One processor for each task: with fewer, a task that is resumed would wait for those that began meanwhile.
        using var client = new RealClient(Path.Combine(project.Scratch, "client"), processors: 3);
        try
        {
            await client.Start();
            var key = client.Attach(project.MasterUrl, "ada");
            await TestProject.Until(() => Progress(client) > 0.1, "the first task makes progress");

            client.Do("--task", project.MasterUrl, "unit_0_0", "suspend");
            await TestProject.Until(
                () => client.Do("--get_tasks").Contains("suspended via GUI: yes", StringComparison.Ordinal), "it is suspended");
            var stopped = await StandsStill(client);
            client.Do("--task", project.MasterUrl, "unit_0_0", "resume");
            await TestProject.Until(() => Progress(client) > stopped, "it goes on");

            stopped = Progress(client);
            await client.Quit();
            PlaceBeginningOfUpload(project);
            await client.Start();
            await TestProject.Until(() => Progress(client) > 0 || science.Zoo.Count > 0, "it is started again");
            Assert.True(
                Progress(client) >= stopped || science.Zoo.Count > 0, "The task began anew instead of going on from its checkpoint.");
            await TestProject.Until(() => science.Zoo.ContainsKey("unit_0"), "the first task is assimilated", 120);
            Assert.StartsWith("LINE 0\nxxxx", science.Zoo["unit_0"], StringComparison.Ordinal);
            Assert.Equal(100_007, science.Zoo["unit_0"].Length);
            Assert.InRange(await UploadedBytes(project), 1, 99_999); // the first half was there
            await client.UpdateUntil(
                project.MasterUrl, () => client.Do("--get_project_status").Contains("user_total_credit: 10.0", StringComparison.Ordinal),
                "the client shows its credit");

            await TestProject.Until(
                () => project.Number("SELECT count(*) FROM result WHERE server_state = 4 AND name LIKE 'unit_1%'") == 1,
                "the second task is sent");
            Assert.Equal(1, await Cancellation.WorkUnit(project.Database, "unit_1"));
            await client.UpdateUntil(
                project.MasterUrl, () => project.Number("SELECT exit_status FROM result WHERE name = 'unit_1_0'") == 202,
                "the cancelled task is reported as aborted");

            await TestProject.Until(
                () => client.Do("--get_tasks").Contains("unit_2_0", StringComparison.Ordinal), "the third task is there");
            var before = client.Log.Length;
            client.Do("--project", project.MasterUrl, "reset");
            client.Do("--project", project.MasterUrl, "update");
            await TestProject.Until(
                () => client.Log[before..].Contains("Resent lost task unit_2_0", StringComparison.Ordinal), "the lost task is sent again");

            client.Do("--project", project.MasterUrl, "detach");
            client.Do("--project_attach", project.MasterUrl, key);
            await TestProject.Until(
                () => project.Number("SELECT count(*) FROM result WHERE outcome = 7") == 1, "what it had is given to others");
            Assert.Equal(1, project.Number("SELECT count(*) FROM host"));
            await TestProject.Until(() => client.Do("--get_tasks").Contains("unit_2_1", StringComparison.Ordinal), "it has a task again");

            await CopyTheFolder(client, project);
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine(client.Log + string.Join('\n', project.Log.Lines.TakeLast(50)));
        }
    }

    /// <summary>Waits until a task makes no progress for two seconds, in which a running one would make a good deal; returns its
    /// progress.</summary>
    static async Task<double> StandsStill(RealClient client)
    {
        var (before, now) = (-1.0, Progress(client));
        await TestProject.Until(
            () =>
            {
                Thread.Sleep(2000);
                (before, now) = (now, Progress(client));
                return before == now;
            },
            "it stands still");
        Assert.InRange(now, 0, 0.999);
        return now;
    }

    /// <summary>As an account manager attaches a computer.</summary>
    [Fact]
    public async Task A_client_attaches_by_a_weak_key_and_computes_for_the_account()
    {
        var science = new LineScience(1) { Line = number => $"line {number}\n" };
        await using var project = await TestProject.Create(science);
        await project.Start();
        using var client = new RealClient(Path.Combine(project.Scratch, "client"));
        await client.Start();
        client.Do("--create_account", project.MasterUrl, "tom@example.org", "password1", "Tom & Jerry");
        var key = Key().Match(client.Do("--lookup_account", project.MasterUrl, "tom@example.org", "password1")).Value;
        using var http = new HttpClient();
        var info = await http.GetStringAsync(
            $"{project.MasterUrl}am_get_info.php?account_key={key}", TestContext.Current.CancellationToken);
        var weak = Between().Match(info).Groups[1].Value;
        client.Do("--project_attach", project.MasterUrl, weak);
        bool IsCredited() => client.Do("--get_project_status").Contains("user_total_credit: 10.0", StringComparison.Ordinal);
        await client.UpdateUntil(project.MasterUrl, IsCredited, "the work counts for the account");
        var status = client.Do("--get_project_status");
        Assert.Contains("user_name: Tom & Jerry", status, StringComparison.Ordinal);
        Assert.Contains("Your account", status, StringComparison.Ordinal);
        Assert.DoesNotContain(weak, string.Join('\n', project.Log.Lines), StringComparison.Ordinal);
    }

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex Key();

    [GeneratedRegex("<weak_auth>(.*)</weak_auth>")]
    private static partial Regex Between();

    static async Task<long> UploadedBytes(TestProject project)
    {
        using var http = new HttpClient();
        var line = (await http.GetStringAsync(project.MasterUrl + "metrics", TestContext.Current.CancellationToken))
            .Split('\n').Single(line => line.StartsWith("mlds_uploaded_bytes_total ", StringComparison.Ordinal));
        return (long)double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Half of the output is here already, as after a broken connection: the client asks, and sends the other half.</summary>
    static void PlaceBeginningOfUpload(TestProject project)
    {
        var random = project.Number("SELECT random FROM result WHERE name = 'unit_0_0'");
        var file = project.Folder.Upload($"unit_0_0_r{random}_0") + ".part";
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, ("LINE 0\n" + new string('x', 100_000))[..50_000]);
    }

    /// <summary>Somebody copies a client's folder and starts both: the second to call becomes a host of its own.</summary>
    static async Task CopyTheFolder(RealClient client, TestProject project)
    {
        await client.Quit();
        var copy = Path.Combine(project.Scratch, "copy");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.EnumerateFiles(client.Folder)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        var calls = project.Number("SELECT rpc_seqno FROM host WHERE id = 1");
        await client.Start();
        await client.UpdateUntil(
            project.MasterUrl, () => project.Number("SELECT rpc_seqno FROM host WHERE id = 1") > calls + 2,
            "the original calls several times");
        await client.Quit();
        using var other = new RealClient(copy);
        await other.Start();
        await other.UpdateUntil(
            project.MasterUrl, () => project.Number("SELECT count(*) FROM host") == 2, "the copy becomes a host of its own");
    }

    /// <summary>
    /// The whole change of a key, with Debian's client: one that was attached before and one that attaches after, over https with a
    /// certificate of our own.
    /// </summary>
    [Fact]
    public async Task Over_https_clients_of_before_and_after_a_change_of_the_key_compute_with_the_new_version()
    {
        var science = new LineScience(12) { Line = number => $"line {number}\n" };
        await using var project = await TestProject.Create(science, settings: settings => settings with
        {
            LowWater = 4,
            MaxInProgressPerProcessor = 1,
            MasterUrl = settings.MasterUrl.Replace("http:", "https:", StringComparison.Ordinal),
            CertificateFile = "server.pem",
            CertificateKeyFile = "server.key",
            SameHostRetryDelay = 0,
        });
        using var key = RSA.Create(2048);
        using var certificate = CertificateFor(key);
        File.WriteAllText(project.Folder.In("server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(project.Folder.In("server.key"), key.ExportPkcs8PrivateKeyPem());
        await project.Start();
        using var old = new RealClient(Path.Combine(project.Scratch, "old"), processors: 1);
        using var young = new RealClient(Path.Combine(project.Scratch, "young"), processors: 1);
        foreach (var client in new[] { old, young })
            File.WriteAllText(Path.Combine(client.Folder, "ca-bundle.crt"), certificate.ExportCertificatePem());
        try
        {
            await old.Start();
            old.Attach(project.MasterUrl, "ada");
            await old.UpdateUntil(project.MasterUrl, () => science.Zoo.Count > 0, "something is computed with the first key");
            old.Do("--project", project.MasterUrl, "nomorework");
            await old.UpdateUntil(
                project.MasterUrl, () => project.Number("SELECT count(*) FROM result WHERE server_state = 4") == 0,
                "all it had is reported");

            // docs/operate.md: where the key is, on the server, and the restart.
            var folder = Path.Combine(project.Scratch, "next-key");
            NewKey.Create(folder, project.SigningKey);
            var (next, signature) = NewKey.Read(folder);
            KeySuccession.Append(project.Folder, next, signature);
            await project.Restart();
            await young.Start();
            young.Attach(project.MasterUrl, "bob");
            await young.UpdateUntil(
                project.MasterUrl, () => project.Number("SELECT count(*) FROM host WHERE rpc_seqno > 1") == 2, "the new client has called");
            Assert.Equal(0, project.Number("SELECT count(*) FROM result WHERE server_state = 4"));

            await project.AddApp("1.01", key: Boinc.Signing.PrivateKey.Parse(File.ReadAllText(Path.Combine(folder, "code_sign_private"))));
            old.Do("--project", project.MasterUrl, "allowmorework");
            var computed = "SELECT count(DISTINCT r.host_id) FROM result r JOIN app_version v ON v.id = r.app_version_id "
                + "WHERE v.version = 101 AND r.validate_state = 1";
            await TestProject.Until(
                () =>
                {
                    foreach (var client in new[] { old, young }) client.Do("--project", project.MasterUrl, "update");
                    Thread.Sleep(1500);
                    return project.Number(computed) == 2;
                },
                "both compute with the new version");
            Assert.Equal(0, project.Number("SELECT count(*) FROM result WHERE outcome = 3"));
            Assert.DoesNotContain("signature verification", young.Log + old.Log, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine(old.Log + young.Log + string.Join('\n', project.Log.Lines.TakeLast(50)));
        }
    }

    internal static X509Certificate2 CertificateFor(RSA key)
    {
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }
}
