using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Site;

namespace Mlds.Cli;

/// <summary><c>mlds browse</c>: a zoo or a release in the browser of one's own machine.</summary>
static class BrowseVerb
{
    static readonly Argument<string> s_folder = new("ZOO-or-RELEASE") { Description = "The folder of a zoo or a release." };
    static readonly Option<int> s_port = new("--port")
    {
        Description = "The port to listen at, on this machine alone; one that is free when not given.",
        HelpName = "N",
    };
    static readonly Option<string?> s_data = DataFolder.Option();
    static readonly Option<bool> s_noOpen = new("--no-open") { Description = "Doesn't open the address in a browser." };

    public static Command Create() =>
        new Verb(
            "browse", "Shows the networks of a zoo or a release in the browser, until it is interrupted.", "mlds browse out/release",
            "mlds browse z --port 8080 --no-open")
        {
            s_folder, s_port, s_data, s_noOpen,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        if (run.Has(s_port)) Limits.Check("--port", run.Get(s_port), 1, 65535);
        Serve(run, run.Get(s_folder), run.Get(s_port), DataFolder.Get(run, s_data)).GetAwaiter().GetResult();
        return ExitCode.Success;
    }

    static async Task Serve(VerbRun run, string folder, int port, string? data)
    {
        await using var site = BrowserSite.Build(folder, port, data);
        try
        {
            await site.StartAsync(run.Cancellation);
        }
        catch (IOException problem)
        {
            throw new FailureException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Port {port} can't be listened at: {problem.Message.TrimEnd('.')}. Give another --port, or none for a free one."),
                problem);
        }

        var address = site.Urls.First() + "/";
        run.Error.WriteLine($"Showing '{folder}' at {address}; Ctrl-C stops it.");
        run.PrintJson(() => new JsonObject { ["address"] = address, ["pid"] = Environment.ProcessId });
        if (!run.Get(s_noOpen) && !run.Json) Open(address);
        try
        {
            await Task.Delay(Timeout.Infinite, run.Cancellation);
        }
        catch (OperationCanceledException)
        {
            await site.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>Where there is a screen. Where it doesn't work, the address is there to be typed.</summary>
    static void Open(string address)
    {
        var hasScreen = !OperatingSystem.IsLinux()
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DISPLAY"))
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WAYLAND_DISPLAY"));
        if (!hasScreen) return;
        try
        {
            using var opened = Process.Start(new ProcessStartInfo(address) { UseShellExecute = true });
        }
        catch (Exception none) when (none is Win32Exception or PlatformNotSupportedException or FileNotFoundException)
        {
        }
    }
}
