namespace Mlds.Zoos.Tests;

public sealed class GenerationQueueTests
{
    static MachineWork Work(string machine, int networks, int limit, uint[]? begun = null) =>
        new(machine, [.. Enumerable.Range(0, networks).Select(seed => (uint)seed)], (begun ?? []).ToHashSet(), 1000, limit, 0, 0, 0);

    [Fact]
    public void Each_network_is_handed_out_once_however_many_threads_ask()
    {
        var queue = new GenerationQueue([Work("a", 500, 10), Work("b", 300, 20), Work("c", 200, 10)]);
        var taken = new System.Collections.Concurrent.ConcurrentBag<(string, uint)>();
        Parallel.For(0, 8, _ =>
        {
            while (queue.Next() is { } next)
            {
                taken.Add(next);
                queue.Finished(next.Machine, 5, 0.1);
            }
        });
        Assert.Equal(1000, taken.Count);
        Assert.Equal(1000, taken.Distinct().Count());
        Assert.Equal(TimeSpan.Zero, queue.Remaining(2));
    }

    [Fact]
    public void Those_begun_come_first_then_those_expected_to_take_longest()
    {
        var queue = new GenerationQueue([Work("short", 3, 10), Work("long", 3, 100, [2])]);
        Assert.Equal(("long", 2u), queue.Next());
        Assert.Equal(("long", 0u), queue.Next());

        // It turns out to be quick; the other is still expected to run to its limit.
        queue.Finished("long", 1, 1);
        Assert.Equal(("short", 0u), queue.Next());
        Assert.Null(queue.Remaining(1));
        queue.Finished("short", 10, 4);
        queue.Finished("long", 1, 3);
        Assert.Equal(TimeSpan.FromSeconds(((2 * 4) + (1 * 2)) / 2.0), queue.Remaining(2));
        Assert.Equal(("short", 1u), queue.Next());
    }
}
