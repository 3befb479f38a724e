using System.Xml.Linq;

namespace Mlds.Server.Tests;

/// <summary>Which program a machine gets, or why it gets none, by what its client says of it.</summary>
public abstract class MachineKindsTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    const string Linux = "x86_64-pc-linux-gnu";
    const string Mac = "x86_64-apple-darwin";

    /// <summary>What an Intel Mac's machdep.cpu.features lists: AVX2 isn't among it.</summary>
    const string MacFeatures =
        "FPU VME DE PSE TSC MSR PAE MCE CX8 APIC SEP MTRR PGE MCA CMOV PAT PSE36 CLFSH DS ACPI MMX FXSR SSE SSE2 SS HTT TM PBE SSE3 "
        + "PCLMULQDQ DTES64 MON DSCPL VMX EST TM2 SSSE3 FMA CX16 TPR PDCM SSE4.1 SSE4.2 x2APIC MOVBE POPCNT AES PCID XSAVE OSXSAVE "
        + "SEGLIM64 TSCTMR AVX1.0 RDRAND F16C";

    static readonly TimeSpan s_year = TimeSpan.FromDays(365);

    const string ArmFeatures = "vfp32 neon divide 64lsatomic fmac v8 crypto crc32 atomic";

    static string Messages(XElement reply) => string.Join('\n', reply.Elements("message").Select(message => message.Value));

    async Task<TestProject> WithPrograms(params string[] further)
    {
        var project = await Begin(new LineScience(20), start: false, app: false);
        foreach (var name in new[] { Linux + "__fma", Linux + "__avx512", "windows_x86_64__fma", Mac + "__fma", "arm64-apple-darwin",
            "aarch64-unknown-linux-gnu" }.Concat(further))
        {
            var parts = name.Split("__");
            await project.AddApp("1.01", parts.ElementAtOrDefault(1) ?? "", platform: parts[0]);
        }

        await project.Start();
        await project.HasUnsent(20);
        return project;
    }

    /// <summary>A machine's first call for work. Platforms with commas between, its own first.</summary>
    static async Task<XElement> Asks(Caller caller, string platforms, string features, string model = "")
    {
        var all = platforms.Split(',');
        (caller.HostId, caller.Seqno, caller.Cpid, caller.Platform, caller.Features) = (0, 0, Guid.NewGuid().ToString("N"), all[0],
            features);
        caller.Tasks.Clear();
        caller.Extra = string.Concat(all.Skip(1).Select(platform => $"<alt_platform><name>{platform}</name></alt_platform>"))
            + $"<host_info><p_model>{model}</p_model></host_info>";
        return await caller.Call(1, 1);
    }

    [Fact]
    public async Task A_machine_gets_the_program_for_its_own_kind()
    {
        await using var project = await WithPrograms("windows_arm64");
        using var ada = await Caller.Register(project, "Ada");
        await project.Earned(5000); // as many computers as there are kinds
        foreach (var (platforms, features, expected) in new[]
        {
            (Mac, MacFeatures, Mac + "__fma"),
            ("windows_arm64,windows_intelx86,windows_x86_64", ArmFeatures, "windows_arm64"),
            ("windows_arm64,windows_intelx86,windows_x86_64", ArmFeatures + " fma avx2", "windows_arm64"), // never what it emulates
            ("arm64-apple-darwin," + Mac, "arm64 neon " + MacFeatures, "arm64-apple-darwin"),
            ("windows_x86_64,windows_intelx86", "fma avx2 rdrandsyscall", "windows_x86_64__fma"),
            ("windows_intelx86,windows_x86_64", "fma avx2", "windows_x86_64__fma"), // a 32-bit client on a 64-bit system
            (Linux + ",i686-pc-linux-gnu", "fma avx2", Linux + "__fma"),
            (Linux + ",i686-pc-linux-gnu", "fma avx2 avx512f avx512bw avx512dq avx512vl", Linux + "__avx512"),
            ("aarch64-unknown-linux-gnu", "", "aarch64-unknown-linux-gnu"),
        })
        {
            var reply = await Asks(ada, platforms, features);
            Assert.True(reply.Element("app_version") is not null, $"{platforms}: {Messages(reply)}");
            var plan = reply.Element("app_version")!.Element("plan_class")?.Value ?? "";
            Assert.Equal(expected, reply.Element("app_version")!.Element("platform")!.Value + (plan.Length > 0 ? "__" + plan : ""));
        }
    }

    [Fact]
    public async Task A_machine_without_a_program_hears_the_true_reason()
    {
        await using var project = await WithPrograms();
        using var ada = await Caller.Register(project, "Ada");
        await project.Earned(5000); // as many computers as there are kinds
        foreach (var (platforms, features, model, expected) in new[]
        {
            ("windows_arm64,windows_intelx86,windows_x86_64", ArmFeatures, "",
                "This project has no program for Windows on Arm (windows_arm64)."),
            ("i686-pc-linux-gnu", "sse2", "",
            "This project has no 32-bit programs (i686-pc-linux-gnu): it needs a 64-bit system, and BOINC's client for it."),
            ("windows_intelx86", "fma avx2", "", "This project has no 32-bit programs (windows_intelx86)"),
            ("arm-unknown-linux-gnueabihf", "neon", "", "This project has no 32-bit programs (arm-unknown-linux-gnueabihf)"),
            (Linux + ",i686-pc-linux-gnu", "sse2", "",
            "This computer's processor lacks what the project's programs need: fused multiply-add (FMA3), AVX2."),
            (Linux, "fma avx", "", "This computer's processor lacks what the project's programs need: AVX2."),
            (Mac, "SSE4.2 AVX1.0", "", "This computer's processor lacks what the project's programs need: fused multiply-add (FMA3)."),
            (Mac, "SSE4.2", "Apple M1", "BOINC on this Mac is the one for Intel's processors: install the one for Apple's."),
            ("windows_x86_64", "", "", "This computer's client doesn't say what its processor can do"),
            ("x86_64-pc-freebsd", "fma avx2", "", "This project has no program for computers of type x86_64-pc-freebsd."),
        })
        {
            var reply = await Asks(ada, platforms, features, model);
            Assert.Empty(reply.Elements("result"));
            Assert.Contains(expected, Messages(reply), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_clock_that_was_set_back_keeps_no_machine_waiting()
    {
        await using var project = await Begin(new LineScience(3));
        await project.HasUnsent(3);
        project.Clock.TurnAhead(s_year);
        using var ada = await Caller.Register(project, "Ada");
        await project.Earned(5000); // as many computers as there are kinds
        using var bob = await Caller.Register(project, "Bob");
        await ada.Call(1, 1);
        var failed = ada.Tasks.Keys.Single();
        await bob.Call(1, 1); // and is never heard of again
        await TestProject.Until(
            () => project.Number("SELECT count(*) FROM workunit WHERE transition_time <= $1", project.Clock.Now) == 0,
            "all units were looked at by the clock that is ahead");
        await ada.Call(results: Caller.Report(failed, 7, 3), others: []);
        project.Clock.TurnAhead(-s_year);

        // The times of its last call and of its failure lie in the future: neither keeps work from it.
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE server_state = 2") == 2,
            "the failed task is made again");
        var reply = await ada.Call(1e9, 3);
        Assert.Equal(2, reply.Elements("result").Count());
        Assert.Contains(failed[..^1] + "1", ada.Tasks.Keys);

        // A task that nobody will return is late at the right time, not in a year.
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        await TestProject.Until(
            () => project.Number("SELECT count(*) FROM result WHERE server_state = 4 AND deadline > $1", now + 2 * 86400) == 0
                && project.Number("SELECT count(*) FROM workunit WHERE transition_time > $1", now + 11 * 86400) == 0,
            "deadlines are near again");
    }

    [Fact]
    public async Task A_task_sent_just_before_the_clock_was_set_back_is_late_at_the_right_time_too()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        await project.HasUnsent(1);
        await ada.Call(1, 1);

        // As a clock that is a year ahead would have sent it, if no unit was looked at before it was set back.
        var now = project.Clock.Now;
        await project.Database.Write(session =>
        {
            session.Execute("UPDATE result SET sent = sent + $1, deadline = deadline + $1", (long)s_year.TotalSeconds);
            session.Execute("UPDATE workunit SET transition_time = 0");
        });
        await TestProject.Until(
            () => project.Number("SELECT count(*) FROM result WHERE sent > $1 OR deadline > $1", now + 2 * 86400) == 0,
            "the deadline is near again");
    }

    [Fact]
    public async Task A_program_added_after_the_clock_was_set_back_is_found()
    {
        await using var project = await Begin(new LineScience(0));
        project.Clock.TurnAhead(s_year);
        project.Clock.Pass(TimeSpan.FromSeconds(6));
        using var ada = await Caller.Register(project, "Ada");
        await project.Earned(5000); // as many computers as there are kinds
        await ada.Call();
        project.Clock.TurnAhead(-s_year);
        await project.AddApp("1.02", platform: "windows_arm64");
        project.Clock.Pass(TimeSpan.FromSeconds(6));
        Assert.Contains("windows_arm64", await ada.Http.GetStringAsync("get_project_config.php", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }
}

public sealed class SqliteMachineKindsTests(PostgresServer postgres) : MachineKindsTests<Sqlite>(postgres);

public sealed class PostgresMachineKindsTests(PostgresServer postgres) : MachineKindsTests<Postgres>(postgres);
