using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Mlds.Boinc.Signing;
using Mlds.Server;
using Mlds.Server.Operating;
using Mlds.Server.Project;

namespace Mlds.LoadTest;

/// <summary>Makes and serves the project of the load test.</summary>
static class LoadServer
{
    public const int Accounts = 200;
    const int LowWater = 20_000;

    /// <summary>The key of one of the test's accounts, made from its number so that the storm knows it.</summary>
    public static string Key(int account) => Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes($"load account {account}")));

    public static async Task<int> Init(string folder, string url, string database)
    {
        var science = new LoadScience();
        var settings = new ProjectSettings
        {
            Name = "Load",
            MasterUrl = url,
            Database = database,
            RequestDelay = 1,
            LowWater = LowWater,
            DailyQuota = 100_000,
            MaxInProgressPerProcessor = 1000,
        };
        var project = await ProjectCreation.Create(folder, settings, science.Schema);
        var leaf = Path.Combine(folder, "apps", "load", "1.00", "x86_64-pc-linux-gnu");
        Directory.CreateDirectory(leaf);
        File.WriteAllBytes(Path.Combine(leaf, "load_1.00_x86_64-pc-linux-gnu"), new byte[1 << 20]);
        var version = AppVersionFolder.Find(leaf)[0];
        version.Sign(PrivateKey.Parse(File.ReadAllText(ProjectCreation.SigningKeyFile(folder)))!);
        await using var opened = project.OpenDatabase(science.Schema);
        await AppAdding.Add(project, opened, version, "Load");
        await opened.Write(session =>
        {
            for (var i = 0; i < Accounts; i++)
            {
                session.Execute(
                    // Accounts that have proved themselves, as most of those that call a project have.
                    "INSERT INTO account (created, email, name, key_hash, sealed_key, cross_project_id, email_hash, external_cpid, earned) "
                    + "VALUES (0, $1, $2, $3, $4, '', '', '', 5000)",
                    $"load{i}@example.org", $"load {i}",
                    Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key(i)))), Array.Empty<byte>());
            }
        });
        return 0;
    }

    /// <summary>Whether there is enough work for two tasks per host.</summary>
    public static int IsReady(string folder)
    {
        using var http = new HttpClient { BaseAddress = ProjectFolder.Open(folder).Settings.Master };
        var status = http.GetStringAsync("server_status?xml=1").GetAwaiter().GetResult();
        return status.Contains($"<results_ready_to_send>{LowWater}<", StringComparison.Ordinal) ? 0 : 1;
    }

    public static async Task<int> Serve(string folder)
    {
        var project = ProjectFolder.Open(folder);
        await using var server = ProjectServer.Build(
            project, new LoadScience(), new() { Log = logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning) });
        await server.StartAsync();
        File.WriteAllText(Path.Combine(folder, "pid"), Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Console.WriteLine("serving");
        var stop = new TaskCompletionSource();
        using var term =
            System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                stop.TrySetResult();
            });
        await stop.Task;
        await server.StopAsync();
        return 0;
    }
}
