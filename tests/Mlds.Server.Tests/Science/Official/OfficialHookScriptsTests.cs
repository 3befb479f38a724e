using System.Diagnostics;
using Mlds.Server.Database;
using Mlds.Server.Science;
using Mlds.Server.Science.Official;

namespace Mlds.Server.Tests.Science.Official;

/// <summary>
/// The hooks' scripts, started as script_validator and script_assimilator start them: <c>system("../bin/SCRIPT ARGUMENTS")</c> in a
/// folder beside
/// <c>bin</c>. The daemons take exit code 0 for yes, 3 for later, and anything else for no.
/// </summary>
public sealed class OfficialHookScriptsTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public OfficialHookScriptsTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Official servers run on Unix.");
        Directory.CreateDirectory(_scratch.In("project/log_host"));
        File.WriteAllText(_scratch.In("project/config.xml"), Config("1"));
        OfficialProject.Furnish(_scratch.In("project"), Work);
    }

    OfficialWorkFolder Work => OfficialWorkFolder.OpenOrCreate(_scratch.In("work"));

    public void Dispose() => _scratch.Dispose();

    static string Config(string value) =>
        $"<boinc><config><one_result_per_user_per_wu>{value}</one_result_per_user_per_wu></config></boinc>";

    /// <summary>The exit code that the daemon gets.</summary>
    /// <param name="program">What is started in place of this program, or null for this one.</param>
    int System(string command, string? program = null)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { WorkingDirectory = _scratch.In("project/log_host") };
        start.RedirectStandardError = true;
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment.Remove("DOTNET_ROOT");
        if (program is not null) start.Environment["MLDS"] = program;
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    string Script(string name, string text)
    {
        var path = _scratch.In(name);
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    [Theory]
    [InlineData("exit 0")]
    [InlineData("exit 1")]
    [InlineData("exit 2")]
    [InlineData("exit 91")]
    [InlineData("exit 150")]
    [InlineData("echo later; exit 3")]
    [InlineData("echo yes; exit 1")]
    [InlineData("echo no; exit 0")]
    [InlineData("echo yes; exit 134")]
    [InlineData("echo no; kill -9 $$")]
    [InlineData("echo ye; exit 0")]
    [InlineData("kill -TERM $PPID; sleep 1; echo no; exit 1")]
    [InlineData("kill -HUP $PPID; echo no; exit 1")]
    public void Whatever_else_happens_than_the_programs_own_word_is_no_verdict(string program)
    {
        var path = Script("program", program);
        Assert.All(OfficialHookScripts.Hooks, hook => Assert.Equal(3, System($"../bin/mlds_{hook} /upload/1a/small_000001_0_r1_0", path)));
    }

    [Fact]
    public void The_programs_own_word_is_the_verdict()
    {
        Assert.Equal(0, System("../bin/mlds_init x", Script("program", "echo yes; exit 0")));
        Assert.Equal(1, System("../bin/mlds_init x", Script("program", "echo no; exit 1")));
    }

    [Fact]
    public void A_program_that_is_missing_or_broken_condemns_nobody()
    {
        File.WriteAllText(_scratch.In("broken.dll"), "no assembly");
        Assert.All(
            [
                _scratch.In("nothing"), _scratch.In("broken.dll"), _scratch.Path,
                $"dotnet {_scratch.In("broken.dll")}", $"dotnet {_scratch.In("gone.dll")}",
            ],
            program => Assert.Equal(3, System("../bin/mlds_init /upload/1a/small_000001_0_r1_0", program)));
    }

    [Fact]
    public void A_machine_that_cannot_start_another_process_condemns_nobody()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/prlimit") && File.Exists("/usr/bin/setpriv"), "util-linux has what makes it so.");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_scratch.Path, File.GetUnixFileMode(_scratch.Path) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        // The limit doesn't hold for root. A shell that can't fork ends with 2, in the middle of a script.
        var user = Environment.UserName == "root" ? "setpriv --reuid=65534 --clear-groups " : "";
        File.WriteAllText(_scratch.In("plain"), "said=$(/bin/true)\nexit 0\n");
        Assert.Equal(2, System($"exec {user}prlimit --nproc=0 sh {_scratch.In("plain")}"));
        Assert.Equal(3, System($"exec {user}prlimit --nproc=0 sh ../bin/mlds_init x"));
    }

    [Fact]
    public void Real_results_go_through_from_the_daemons_call_to_the_zoo()
    {
        var folder = Work.Of(Small.Population);
        var unit = OfficialCutting.Cut(folder, new WorkOptions(1, EpochLimit: 40, Quorum: 2))[0].Name;
        string Upload(int number, Volunteer host)
        {
            var path = _scratch.In($"{unit}_{number}_r{number}_0");
            File.WriteAllBytes(path, host.Compute(folder.Bundle(unit)!).ToBytes());
            return path;
        }

        var (one, other) = (Upload(0, new Volunteer(1)), Upload(1, new Volunteer(2)));
        var forged = Upload(2, new Volunteer(3, (network, _) => Forgers.Planted(network, 7)));
        Assert.Equal(0, System($"../bin/mlds_init {one}"));
        Assert.Equal(0, System($"../bin/mlds_compare {one} {other}"));
        Assert.Equal(1, System($"../bin/mlds_compare {one} {forged}"));
        Assert.Equal(3, System("../bin/mlds_init"));
        Assert.Equal(3, System($"../bin/mlds_assimilate 17 {_scratch.In("nobodys-1a2b3_000001_0_r1_0")}"));

        // Its folder can't be written to, the work folder is missing, the server's settings are wrong: none of that is the result's fault.
        File.WriteAllText(_scratch.In("project/config.xml"), Config("0"));
        Assert.Equal(3, System($"../bin/mlds_init {forged}"));
        File.Delete(_scratch.In("project/config.xml"));
        Assert.Equal(3, System($"../bin/mlds_init {one}"));
        File.WriteAllText(_scratch.In("project/config.xml"), Config("1"));
        Directory.Move(_scratch.In("work"), _scratch.In("away"));
        Assert.Equal(3, System($"../bin/mlds_init {one}"));
        Assert.Equal(3, System($"../bin/mlds_assimilate 17 {one}"));
        Directory.Move(_scratch.In("away"), _scratch.In("work"));
        Assert.Equal(0, System($"../bin/mlds_assimilate 17 {one}"));
        Assert.True(folder.IsDone(unit));
    }

    [Fact]
    public void A_second_work_folder_cannot_take_the_hooks_of_the_first()
    {
        var before = File.ReadAllText(_scratch.In("project/bin/mlds_init"));
        var other = OfficialWorkFolder.OpenOrCreate(_scratch.In("other"));
        var refusal = Assert.Throws<ProjectException>(() => OfficialProject.Furnish(_scratch.In("project"), other));
        Assert.Contains(Work.Path, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_scratch.In("project/bin/mlds_init")));

        // Scripts as earlier versions wrote them are recognised too; one whose folder is gone is replaced.
        File.WriteAllText(_scratch.In("project/bin/mlds_init"), $"#!/bin/sh\nexec dotnet x.dll hook init --state '{Work.Path}' \"$@\"\n");
        Assert.Throws<ProjectException>(() => OfficialProject.Furnish(_scratch.In("project"), other));
        Directory.Delete(Work.Path, recursive: true);
        OfficialProject.Furnish(_scratch.In("project"), other);
        Assert.Contains(other.Path, File.ReadAllText(_scratch.In("project/bin/mlds_init")), StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_with_blanks_and_quotes_are_no_trouble()
    {
        var work = OfficialWorkFolder.OpenOrCreate(_scratch.In("Tom's work"));
        Directory.CreateDirectory(_scratch.In("site/log_host"));
        OfficialProject.Furnish(_scratch.In("site"), work);
        OfficialProject.Furnish(_scratch.In("site"), work);
        var start = new ProcessStartInfo("/bin/sh", ["-c", "../bin/mlds_init x"]) { WorkingDirectory = _scratch.In("site/log_host") };
        start.Environment["MLDS"] = Script("echoing", "echo \"$*\" >&2; exit 5");
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        Assert.Equal($"hook init --state {work.Path} --project-dir ../bin/.. x", process.StandardError.ReadToEnd().Trim());
    }
}
