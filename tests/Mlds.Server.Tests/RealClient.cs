using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Mlds.Server.Tests;

/// <summary>Debian's unmodified BOINC client, with a data directory and a port of its own.</summary>
sealed partial class RealClient : IDisposable
{
    const string Password = "trial";

    readonly int _port = TestProject.FreePort();
    Process? _process;

    /// <param name="processors">Tasks that it runs at once.</param>
    public RealClient(string folder, int processors = 2)
    {
        if (!File.Exists("/usr/bin/boinc") || !File.Exists("/usr/bin/boinccmd")) Assert.Skip("Debian's boinc-client is not installed.");
        Folder = folder;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "gui_rpc_auth.cfg"), Password);
        File.WriteAllText(
            Path.Combine(folder, "cc_config.xml"),
            $"""
            <cc_config>
              <log_flags><task>1</task><file_xfer>1</file_xfer><sched_ops>1</sched_ops><http_xfer_debug>0</http_xfer_debug></log_flags>
              <options>
                <dont_contact_ref_site>1</dont_contact_ref_site>
                <no_info_fetch>1</no_info_fetch>
                <skip_cpu_benchmarks>1</skip_cpu_benchmarks>
                <suppress_net_info>1</suppress_net_info>
                <report_results_immediately>1</report_results_immediately>
                <ncpus>{processors}</ncpus>
                <no_priority_change>1</no_priority_change>
              </options>
            </cc_config>
            """);
        File.WriteAllText(
            Path.Combine(folder, "global_prefs_override.xml"),
            """
            <global_preferences>
              <run_on_batteries>1</run_on_batteries>
              <run_if_user_active>1</run_if_user_active>
              <suspend_cpu_usage>0</suspend_cpu_usage>
              <work_buf_min_days>0.001</work_buf_min_days>
              <work_buf_additional_days>0.001</work_buf_additional_days>
              <max_ncpus_pct>100</max_ncpus_pct>
              <disk_min_free_gb>0.01</disk_min_free_gb>
              <disk_max_used_pct>99</disk_max_used_pct>
            </global_preferences>
            """);
    }

    public string Folder { get; }

    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    string LogFile => Path.Combine(Folder, "client.log");

    public async Task Start()
    {
        _process = Process.Start(new ProcessStartInfo(
            "/bin/bash",
            ["-c", "exec /usr/bin/boinc --dir \"$0\" --gui_rpc_port \"$1\" >>\"$0/client.log\" 2>&1", Folder, _port.ToString(
                CultureInfo.InvariantCulture)])
        { WorkingDirectory = Folder })!;
        await TestProject.Until(() => Command("--get_host_info", quiet: true).Code == 0, "the client answers");
    }

    /// <summary>Makes an account and attaches with it; returns its key.</summary>
    public string Attach(string masterUrl, string name)
    {
        Do("--create_account", masterUrl, $"{name}@example.org", "password1", name);
        var key = Key().Match(Do("--lookup_account", masterUrl, $"{name}@example.org", "password1")).Value;
        Do("--project_attach", masterUrl, key);
        return key;
    }

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex Key();

    /// <summary>Makes it call the project again and again until a condition holds.</summary>
    public Task UpdateUntil(string masterUrl, Func<bool> holds, string what) => TestProject.Until(
        () =>
        {
            Do("--project", masterUrl, "update");
            Thread.Sleep(1500);
            return holds();
        },
        what);

    /// <summary>Asks it to end, as a volunteer would.</summary>
    public async Task Quit()
    {
        Command("--quit");
        await TestProject.Until(() => _process is null or { HasExited: true }, "the client ends");
        _process = null;
    }

    /// <summary>kill -9, its tasks go on without it until they see that it is gone.</summary>
    public void Kill()
    {
        if (_process is not { HasExited: false }) return;
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process = null;
    }

    /// <summary>Runs boinccmd with these arguments; returns what it printed.</summary>
    public string Do(params string[] arguments)
    {
        var (code, output) = Command(arguments);
        Assert.True(code == 0, $"boinccmd {string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }

    public (int Code, string Output) Command(string argument, bool quiet) => Command(argument);

    public (int Code, string Output) Command(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/boinccmd", ["--host", $"127.0.0.1:{_port}", "--passwd", Password, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        if (_process is not null && TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(Log);
        Kill();
    }
}
