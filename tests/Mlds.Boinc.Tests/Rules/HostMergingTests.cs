using Mlds.Boinc.Rules;

namespace Mlds.Boinc.Tests.Rules;

/// <summary>Which two hosts may be one machine: BOINC's rules (html/inc/host.inc).</summary>
public sealed class HostMergingTests
{
    static readonly HostFacts s_old = new(1, 7, 1000, 2000, false, 8, "GenuineIntel", "Some CPU @ 3.00GHz [Family 6 Model 23 Stepping 6]",
        "Linux Debian");
    static readonly HostFacts s_new = s_old with { Id = 2, Created = 3000, LastCall = 4000 };

    [Fact]
    public void A_machine_that_was_attached_anew_is_the_same() => Assert.Null(HostMerging.WhyNot(s_old, s_new));

    [Fact]
    public void Machines_that_computed_at_the_same_time_are_two_unless_one_has_nothing_yet()
    {
        Assert.Contains("two machines", HostMerging.WhyNot(s_old with { LastCall = 3500 }, s_new), StringComparison.Ordinal);
        Assert.Null(HostMerging.WhyNot(s_old with { LastCall = 3500 }, s_new with { IsNew = true }));
        Assert.Null(HostMerging.WhyNot(s_old with { LastCall = 3500, IsNew = true }, s_new));
    }

    [Fact]
    public void Another_accounts_host_another_processor_and_another_system_are_refused()
    {
        Assert.Contains("different accounts", HostMerging.WhyNot(s_old, s_new with { Account = 8 }), StringComparison.Ordinal);
        Assert.Contains("processors", HostMerging.WhyNot(s_old, s_new with { Processors = 4 }), StringComparison.Ordinal);
        Assert.Contains("processors", HostMerging.WhyNot(s_old, s_new with { Vendor = "AuthenticAMD" }), StringComparison.Ordinal);
        Assert.Contains("processors", HostMerging.WhyNot(s_old, s_new with { Model = "Some CPU @ 3.00GHz [Family 6 Model 23 Stepping 7]" }),
            StringComparison.Ordinal);
        Assert.Contains("processors", HostMerging.WhyNot(s_old, s_new with { Model = "Some CPU @ 3.20GHz [Family 6 Model 23 Stepping 6]" }),
            StringComparison.Ordinal);
        Assert.Contains("operating systems", HostMerging.WhyNot(s_old, s_new with { OsName = "Microsoft Windows 11" }),
            StringComparison.Ordinal);
        Assert.Contains("same host", HostMerging.WhyNot(s_old, s_old), StringComparison.Ordinal);
        Assert.Contains("merge 1 into 2", HostMerging.WhyNot(s_new, s_old), StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_a_newer_client_writes_otherwise_is_the_same()
    {
        var newer = s_new with { Model = "Some CPU @ 3.00GHz [x86 Family 6 Model 23 Stepping 6]", OsName = "Linux Debian GNU/Linux 13" };
        Assert.Null(HostMerging.WhyNot(s_old, newer));
    }
}
