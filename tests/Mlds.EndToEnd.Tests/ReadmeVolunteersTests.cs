using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mlds.EndToEnd.Tests;

/// <summary>
/// The README's two terminals for volunteers: the first block is run as it stands, its last command until the test ends; the second with
/// Debian's unmodified client, whose port and password are put after <c>boinccmd</c>. It ends when the client's first task is in progress:
/// what becomes of tasks is tested in Mlds.Server.Tests.
/// </summary>
public sealed class ReadmeVolunteersTests
{
    const string Heading = "## On volunteers' computers";

    /// <summary>The section's text.</summary>
    internal static string Section { get; } = Regex.Match(
        Repository.Read("README.md"), $"{Heading}\n.*?(?=\n## )", RegexOptions.Singleline).Value;

    [Fact(Explicit = true)]
    public void An_unmodified_client_gets_its_first_task_from_the_project_of_the_readme()
    {
        if (!File.Exists("/usr/bin/boinc") || !File.Exists("/usr/bin/boinccmd")) Assert.Skip("Debian's boinc-client is not installed.");
        if (!IsFree(8080)) Assert.Skip("Something else listens on port 8080.");
        string[] blocks = [.. Regex.Matches(Section, "```sh\n(.*?)```", RegexOptions.Singleline)
            .Select(block => block.Groups[1].Value.Trim())];
        Assert.Equal(2, blocks.Length);
        using var scratch = new ScratchFolder();
        foreach (var name in new[] { "mlds", "populations", "src" }) File.CreateSymbolicLink(scratch.File(name), Repository.PathOf(name));
        using var server = Start("bash", ["-c", $"set -e\n{blocks[0]}"], scratch.Path);
        Directory.CreateDirectory(scratch.File("client"));
        File.WriteAllText(scratch.File("client/gui_rpc_auth.cfg"), "trial");
        var port = FreePort();
        using var client = Start("/usr/bin/boinc", ["--dir", scratch.File("client"), "--gui_rpc_port", $"{port}"], scratch.File("client"));
        try
        {
            Until(TimeSpan.FromMinutes(60), server, () => !IsFree(8080));
            var key = "";
            foreach (var line in blocks[1].Split('\n'))
            {
                var command = line.Replace("boinccmd ", $"boinccmd --host 127.0.0.1:{port} --passwd trial ", StringComparison.Ordinal)
                    .Replace("ACCOUNT_KEY", key, StringComparison.Ordinal);
                var run = Command.Run("bash", ["-c", command], scratch.Path, TimeSpan.FromMinutes(30));
                Assert.True(run.ExitCode == 0, $"{line}\n{run.Everything}");
                key = Regex.Match(run.Output, "[0-9a-f]{32}").Value;
            }

            Until(TimeSpan.FromMinutes(60), server, () => InProgress(scratch.Path) > 0);
        }
        finally
        {
            client.Kill(entireProcessTree: true);
            server.Kill(entireProcessTree: true);
            client.WaitForExit();
            server.WaitForExit();
        }
    }

    static int InProgress(string folder)
    {
        var status = Command.Run(Repository.PathOf("mlds"), ["project", "status", "-p", "p", "--json"], folder, TimeSpan.FromMinutes(20));
        return status.ExitCode == 0 ? (int)JsonNode.Parse(status.Output)!["in_progress"]! : 0;
    }

    static Process Start(string program, string[] arguments, string folder)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    static void Until(TimeSpan limit, Process server, Func<bool> isSo)
    {
        for (var watch = Stopwatch.StartNew(); !isSo(); Thread.Sleep(500))
        {
            Assert.False(server.HasExited, "The first terminal's commands ended early.");
            Assert.True(watch.Elapsed < limit, $"It took longer than {limit}.");
        }
    }

    static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
