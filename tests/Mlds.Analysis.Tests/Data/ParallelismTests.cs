using Mlds.Analysis.Data;

namespace Mlds.Analysis.Tests.Data;

public sealed class ParallelismTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Loops_within_loops_take_no_more_threads_than_they_may_and_leave_nothing_out(int degree)
    {
        Parallelism.Degree = degree;
        Assert.Equal(degree, Parallelism.Degree);
        int working = 0, most = 0, done = 0;
        Parallel.For(0, 6, Parallelism.Options, _ => Parallel.For(0, 6, Parallelism.Options, _ =>
            Parallel.For(0, 6, Parallelism.Until(TestContext.Current.CancellationToken), _ =>
            {
                var now = Interlocked.Increment(ref working);
                for (var seen = most; now > seen; seen = most) Interlocked.CompareExchange(ref most, now, seen);
                Thread.SpinWait(20_000);
                Interlocked.Increment(ref done);
                Interlocked.Decrement(ref working);
            })));
        Assert.Equal(216, done);
        Assert.InRange(most, 1, degree);
    }

    [Fact]
    public void The_degree_holds_where_it_was_set_and_is_the_machines_elsewhere()
    {
        var inside = 0;
        var thread = new Thread(() =>
        {
            Parallelism.Degree = 3;
            Parallel.For(0, 1, Parallelism.Options, _ => inside = Parallelism.Degree);
        });
        thread.Start();
        thread.Join();
        Assert.Equal(3, inside);
        Assert.Equal(Environment.ProcessorCount, Parallelism.Degree);
        Assert.Throws<ArgumentOutOfRangeException>(() => Parallelism.Degree = 0);
    }
}
