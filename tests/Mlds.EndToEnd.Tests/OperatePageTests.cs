using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Mlds.EndToEnd.Tests;

/// <summary>
/// docs/operate.md: its ten minutes are the README's two terminals, which <see cref="ReadmeVolunteersTests"/> runs, and every other
/// <c>./mlds project</c> on the page is run here, on a project with an account, a host and work. There is no result to judge, so some
/// commands have nothing to do and say so; but none may be mistyped.
/// </summary>
public sealed class OperatePageTests
{
    static readonly string s_page = Repository.Read("docs/operate.md");

    [Fact]
    public void The_ten_minutes_are_the_readmes_two_terminals()
    {
        var section = Regex.Match(s_page, "## Ten minutes\n.*?(?=\n## )", RegexOptions.Singleline).Value;
        static string[] Lines(string text) =>
            [.. Regex.Matches(text, "```sh\n(.*?)```", RegexOptions.Singleline).SelectMany(block => block.Groups[1].Value.Split('\n'))
                .SelectMany(line => line.Split(" && ")).Select(line => Regex.Replace(line, " *#.*", "").Trim())
                .Where(line => line.Length > 0)];
        Assert.Equal(Lines(ReadmeVolunteersTests.Section), Lines(section));
    }

    [Fact]
    public void The_time_it_takes_is_the_committed_results()
    {
        var seconds = (int)JsonNode.Parse(Repository.Read("docs/results/first-project.json"))!["credited"]!;
        Assert.Contains($"it took {seconds / 60} min {seconds % 60} s on two cores", s_page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_of_the_page_runs()
    {
        using var scratch = new ScratchFolder();
        foreach (var name in new[] { "mlds", "populations", "src" }) File.CreateSymbolicLink(scratch.File(name), Repository.PathOf(name));
        var port = ReadmeVolunteersTests.FreePort();
        Command Run(string line) => Command.Run("bash", ["-c", line], scratch.Path, TimeSpan.FromMinutes(30));
        var made = Run(
            $"./mlds project init p --url http://127.0.0.1:{port}/mlds/ && ./mlds project work add "
            + "populations/quickstart.json --networks 2 -p p");
        Assert.True(made.ExitCode == 0, made.Everything);
        Serve(scratch, port);
        var program = Path.Combine(scratch.Path, "v/mlds/1.01/x86_64-pc-linux-gnu__fma/program_1.01");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        File.WriteAllText(program, "a program");

        string[] commands = [.. Regex.Matches(s_page, "`(\\./mlds project [^`]*)`").Select(match => match.Groups[1].Value).Distinct()];
        Assert.True(commands.Length >= 15, string.Join('\n', commands));
        var succeeded = 0;
        foreach (var command in commands.Where(command => !command.Contains(" init ", StringComparison.Ordinal)))
        {
            var line = command.Replace("block 17", "block 1", StringComparison.Ordinal)
                .Replace("eve@example.org", "ada@example.org", StringComparison.Ordinal)
                .Replace("--host 17", "--host 1", StringComparison.Ordinal).Replace("…", "a reason", StringComparison.Ordinal)
                .Replace("--key OLD", "--key p-signing-key/code_sign_private", StringComparison.Ordinal)
                .Replace("--key FILE", "--key p-signing-key/code_sign_private", StringComparison.Ordinal)
                .Replace("NAME", "quickstart_000000", StringComparison.Ordinal)
                .Replace("Host=/run/postgresql", "Host=" + scratch.File("no-such"), StringComparison.Ordinal);
            line = line.Replace("FOLDER", "p/apps/mlds", StringComparison.Ordinal)
                .Replace("artifacts/worker/app/", "v/", StringComparison.Ordinal);
            if (!line.Contains(" -p ", StringComparison.Ordinal) && !line.Contains(" sign ", StringComparison.Ordinal) && !line.Contains(
                " check ", StringComparison.Ordinal))
            {
                line += " -p p";
            }

            var run = Run(line);
            Assert.True(run.ExitCode is 0 or 1, $"{line}\n{run.Everything}");
            Assert.DoesNotContain("   at Mlds.", run.Everything, StringComparison.Ordinal);
            if (run.ExitCode == 0)
            {
                succeeded++;
            }
            else
            {
                Assert.True(
                    line.Contains("sign p/apps", StringComparison.Ordinal)
                        || line.Contains("app add p/", StringComparison.Ordinal)
                        || line.Contains("revalidate", StringComparison.Ordinal)
                        || line.Contains("cancel", StringComparison.Ordinal)
                        || line.Contains("host merge", StringComparison.Ordinal)
                        || line.Contains("move-database", StringComparison.Ordinal),
                    $"{line}\n{run.Everything}");
            }
        }

        Assert.True(succeeded >= 10, $"{succeeded} of {commands.Length} commands had something to do.");
    }

    /// <summary>Serves the project until it has an account, ada@example.org, and a host, 1.</summary>
    static void Serve(ScratchFolder scratch, int port)
    {
        using var server = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(scratch.File("mlds"), ["serve", "p"])
        {
            WorkingDirectory = scratch.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            while (server.StandardError.ReadLine() is { } line && !line.StartsWith("Serving", StringComparison.Ordinal))
            {
            }

            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/mlds/") };
            string Get(string path) => http.GetStringAsync(path, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
            var key = XElement.Parse(
                Get($"create_account.php?email_addr=ada%40example.org&passwd_hash={new string('a', 32)}&user_name=Ada"))
                .Element("authenticator")!.Value;
            using var call = new StringContent(
                $"<scheduler_request><authenticator>{key}</authenticator><hostid>0</hostid><rpc_seqno>0</rpc_seqno>"
                + "<host_info><host_cpid>1</host_cpid><p_ncpus>2</p_ncpus></host_info></scheduler_request>");
            using var reply = http.PostAsync("scheduler", call, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
            Assert.Contains(
                "<hostid>1</hostid>",
                reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult(), StringComparison.Ordinal);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
        }
    }
}
