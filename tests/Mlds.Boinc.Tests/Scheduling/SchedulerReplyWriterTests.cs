using Mlds.Boinc.Scheduling;

namespace Mlds.Boinc.Tests.Scheduling;

public sealed class SchedulerReplyWriterTests
{
    static ReplyWorkUnit Unit(string name, params ReplyInput[] inputs) => new(name, "app", "", 1e9, 1e12, 1e8, 1e8, inputs);

    static ReplyInput Own(string name) => new(name, "bundle", 10, "00", $"http://127.0.0.1/download/00/{name}", null);

    [Fact]
    public void A_file_that_units_share_is_described_once_and_kept_by_the_client()
    {
        var shared = new ReplyInput(
            "images.idx", "images.idx", 1000, "11", "http://127.0.0.1/download/00/images.idx", "http://127.0.0.1/download/00/images.idx.gz",
            IsKept: true);
        var reply = new SchedulerReply { ProjectName = "p", MasterUrl = "http://127.0.0.1/", RequestDelay = 1 };
        reply.WorkUnits.AddRange([Unit("one", Own("one_0"), shared), Unit("two", Own("two_0"), shared)]);
        var text = SchedulerReplyWriter.Write(reply);
        int Count(string what) => text.Split(what).Length - 1;
        Assert.Equal((3, 1), (Count("<file_info>"), Count("<sticky/>")));
        Assert.Equal(2, Count("<file_ref>\n<file_name>images.idx</file_name>"));
        Assert.Contains(
            "<gzipped_url>http://127.0.0.1/download/00/images.idx.gz</gzipped_url>\n<sticky/>\n<md5_cksum>11</md5_cksum>", text,
            StringComparison.Ordinal);
        Assert.True(text.IndexOf("<sticky/>", StringComparison.Ordinal) < text.IndexOf("<workunit>", StringComparison.Ordinal));
    }
}
