using Mlds.Boinc.Scheduling;
using Mlds.Boinc.States;
using Mlds.Boinc.Tags;

namespace Mlds.Boinc.Tests.Scheduling;

public sealed class SchedulerRequestReaderTests
{
    static SchedulerRequest Read(string name) => SchedulerRequestReader.Read(Exchange.Read(name).Body);

    public static TheoryData<string> SchedulerCalls =>
        [.. Exchange.Names.Where(name => Exchange.Read(name).Body.Contains("<scheduler_request>", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(SchedulerCalls))]
    public void Every_recorded_call_is_read(string name)
    {
        var request = Read(name);
        Assert.Equal((7, 20, 5), (request.ClientMajor, request.ClientMinor, request.ClientRelease));
        Assert.Equal("x86_64-pc-linux-gnu", request.Platforms[0]);
        Assert.Equal(2, request.Host.Processors);
        Assert.Equal(32, request.Host.Cpid.Length);
        Assert.Contains("avx512f", request.Host.Features, StringComparison.Ordinal);
        Assert.True(request.HasOtherResults);
        Assert.All(request.Results, result => Assert.True(FileName.IsValid(result.Name)));
    }

    [Fact]
    public void A_first_call_is_read_in_full()
    {
        var request = Read("02-scheduler-first-rpc-new-host-one-task.txt");
        Assert.Equal("ACCOUNT_KEY", request.Authenticator);
        Assert.Equal((0, 0, 1.0, 0.0), (request.HostId, request.RpcSeqno, request.WorkSeconds, request.CpuInstances));
        Assert.Equal("", request.CodeSignKey);
        Assert.Equal(("AuthenticAMD", 1e9, 25276026880.0), (request.Host.Vendor, request.Host.Fpops, request.Host.MemoryBytes));
        Assert.Empty(request.OtherResults);
    }

    [Fact]
    public void A_success_is_read_with_its_file()
    {
        var result = Assert.Single(Read("07-scheduler-report-ack-credit.txt").Results);
        Assert.True(result.Succeeded);
        Assert.Equal(("wu_alpha_0", 6.025573, 4.007854), (result.Name, result.ElapsedTime, result.CpuTime));
        Assert.Equal([new("wu_alpha_0_r0", 46, "80559efd61be5ea4018f6885bde67540")], result.Files);
        Assert.Contains("nnapp start, argc=4", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_in_hand_are_not_taken_for_reports()
    {
        var request = Read("05-scheduler-no-work.txt");
        Assert.Empty(request.Results);
        Assert.Equal(["wu_alpha_0"], request.OtherResults);
        Assert.Equal(1, request.HostId);
    }

    [Fact]
    public void Failures_are_told_apart()
    {
        Assert.Equal((ClientState.FilesDownloading, ExitStatus.DownloadError), One("08-report-bad-code-signature.txt", 0));
        Assert.Equal((ClientState.Aborted, ExitStatus.AbortedByProject), One("12-report-aborted-by-project.txt", 0));
        Assert.Equal((ClientState.ComputeError, 0), One("14-report-exit-code-7-and-output-too-big.txt", 0));
        Assert.Equal((ClientState.ComputeError, 7), One("14-report-exit-code-7-and-output-too-big.txt", 1));
    }

    static (ClientState State, int Exit) One(string name, int index)
    {
        var result = Read(name).Results[index];
        Assert.False(result.Succeeded);
        return (result.State, result.ExitStatus);
    }

    [Fact]
    public void A_trickle_is_seen() => Assert.Equal([new("wu_trickle_0", 1795374248)], Read("10-scheduler-with-trickle-up.txt").Trickles);

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("<scheduler_request><hostid>1</hostid>")]
    [InlineData("<other/>")]
    public void What_is_no_whole_request_is_refused(string text) => Assert.Throws<TagException>(() => SchedulerRequestReader.Read(text));

    [Fact]
    public void Of_a_hundred_thousand_results_a_thousand_are_taken()
    {
        var text = "<scheduler_request>" + string.Concat(Enumerable.Repeat("<result></result>", 100_000))
            + "<other_results></other_results></scheduler_request>";
        var request = SchedulerRequestReader.Read(text);
        Assert.Equal((SchedulerRequestReader.MaxResults, true, false), (request.Results.Count, request.IsCut, request.HasOtherResults));
    }

    [Fact]
    public void Platforms_are_taken_as_many_as_a_client_can_have()
    {
        var request = SchedulerRequestReader.Read(
            "<scheduler_request>" + string.Concat(Enumerable.Repeat("<platform_name/>", 100_001)) + "</scheduler_request>");
        Assert.Equal(SchedulerRequestReader.MaxPlatforms, request.Platforms.Count);
    }

    [Theory]
    [InlineData("<result><name>a</name></result><result><name>b</name></result><result><name>c</name></resu", 2)]
    [InlineData("<result><name>a</name></result><result><name>b</name><stderr_out><![CDATA[and so", 1)]
    [InlineData("<result><name>a</name></result><other_results><other_result><name>x</name></other_result>", 1)]
    public void Of_the_beginning_of_a_request_whole_results_are_taken_and_nothing_is_known_of_what_is_in_hand(string text, int results)
    {
        var request = SchedulerRequestReader.Read("<scheduler_request>" + text, cut: true);
        Assert.Equal(
            (results, true, false, 0), (request.Results.Count, request.IsCut, request.HasOtherResults, request.OtherResults.Count));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<host_info><p_ncpus>4</p_n")]
    [InlineData("<result><name>a</name>")]
    public void A_beginning_without_a_whole_result_says_too_little(string text) =>
        Assert.Throws<TagException>(() => SchedulerRequestReader.Read("<scheduler_request>" + text, cut: true));

    [Fact]
    public void A_list_of_tasks_that_is_too_long_to_be_read_calls_none_lost()
    {
        var others = string.Concat(
            Enumerable.Repeat("<other_result><name>a</name></other_result>", SchedulerRequestReader.MaxOtherResults + 1));
        var request = SchedulerRequestReader.Read($"<scheduler_request><other_results>{others}</other_results></scheduler_request>");
        Assert.Equal((false, false), (request.HasOtherResults, request.IsCut));
    }

    [Theory]
    [InlineData("<scheduler_request>\n<authenticator>key</authenticator>\n<hostid>1</hos", "key")]
    [InlineData("<scheduler_request><hostid>1</hostid>", "")]
    [InlineData("<other><authenticator>key</authenticator>", "")]
    public void The_key_is_found_in_the_head(string text, string key) => Assert.Equal(key, SchedulerRequestReader.Authenticator(text));

    /// <summary>A task's own output can't pass itself off as a report.</summary>
    [Fact]
    public void A_tasks_stderr_stays_a_tasks_stderr()
    {
        var request = SchedulerRequestReader.Read(
            "<scheduler_request><result><name>a</name><stderr_out><![CDATA[</stderr_out></result><result>"
            + "<name>b</name></result>]]></stderr_out></result></scheduler_request>");
        Assert.Equal("a", Assert.Single(request.Results).Name);
    }
}
