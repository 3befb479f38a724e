using Mlds.Cli.Frame;

namespace Mlds.Cli.Tests.Frame;

public sealed class LineProgressTests
{
    sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Now;
    }

    [Fact]
    public void Plain_progress_is_at_most_one_line_every_five_seconds_and_one_at_the_end()
    {
        var clock = new Clock();
        var error = new StringWriter();
        var item = new LineProgress(error, clock).Begin("Training", 1000);
        for (var done = 1; done <= 1000; done++)
        {
            clock.Now += 20;
            item.Report(done);
        }

        item.Report(1000);
        var lines = error.ToString().TrimEnd().Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.Equal("[20 s] Training 1000/1000", lines[^1]);
    }

    [Fact]
    public void Many_threads_may_report()
    {
        var error = new StringWriter();
        var view = new LineProgress(error, TimeProvider.System);
        Parallel.For(0, 8, thread =>
        {
            var item = view.Begin($"piece {thread}", 100);
            for (var done = 1; done <= 100; done++) item.Report(done);
        });
        for (var thread = 0; thread < 8; thread++) Assert.Contains($"piece {thread} 100/100", error.ToString());
    }
}
