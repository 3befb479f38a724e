namespace Mlds.Zoos.Generation;

/// <summary>Networks of one machine that wait for a thread.</summary>
/// <param name="SecondsPerEpoch">Of one thread, while all threads work.</param>
/// <param name="SecondsPerNetwork">What a network takes besides its epochs.</param>
readonly record struct WaitingNetworks(SurvivalCurve Curve, int Count, double SecondsPerEpoch, double SecondsPerNetwork);

/// <summary>
/// How long threads need for networks that are taken in a given order, each by whichever thread is free first.
/// </summary>
static class Makespan
{
    /// <summary>
    /// How many networks per thread are simulated one by one: the last, where it matters which thread takes which. Those before are spread
    /// evenly.
    /// </summary>
    const int OneByOneAThread = 8;

    /// <param name="busy">For each thread, seconds until it is free.</param>
    /// <param name="waiting">In the order they are taken.</param>
    /// <returns>Seconds until all is done, and until the first thread finds nothing more to do.</returns>
    public static (double All, double FirstIdle) Draw(ReadOnlySpan<double> busy, IReadOnlyList<WaitingNetworks> waiting, Random random)
    {
        double[] free = [.. busy];
        var evenly = Math.Max(0, waiting.Sum(networks => (long)networks.Count) - 64 - ((long)OneByOneAThread * free.Length));
        var work = 0.0;
        var threads = default(PriorityQueue<int, double>);
        foreach (var networks in waiting)
        {
            var together = (int)Math.Min(networks.Count, evenly);
            evenly -= together;
            if (together > 0) work += Sum(networks, together, random);
            if (together == networks.Count) continue;
            threads ??= Filled(free, work);
            for (var i = together; i < networks.Count; i++)
            {
                threads.TryDequeue(out var thread, out var at);
                free[thread] = at + networks.SecondsPerNetwork + (networks.SecondsPerEpoch * networks.Curve.Draw(1 - random.NextDouble()));
                threads.Enqueue(thread, free[thread]);
            }
        }

        return (free.Max(), free.Min());
    }

    /// <summary>What many networks take together: nearly normal.</summary>
    static double Sum(WaitingNetworks networks, int count, Random random)
    {
        var epochs = (count * networks.Curve.Mean) + (Math.Sqrt(count * networks.Curve.Variance) * RunLengths.Normal(random));
        return (count * networks.SecondsPerNetwork) + (networks.SecondsPerEpoch * Math.Max(count, epochs));
    }

    /// <summary>Gives <paramref name="work"/> to the threads that are free first, up to a common level.</summary>
    static PriorityQueue<int, double> Filled(double[] free, double work)
    {
        double[] order = [.. free.Order()];
        var (level, sum) = (order[0], 0.0);
        for (var threads = 1; threads <= order.Length; threads++)
        {
            sum += order[threads - 1];
            level = (work + sum) / threads;
            if (threads < order.Length && level <= order[threads]) break;
        }

        for (var i = 0; i < free.Length; i++) free[i] = Math.Max(free[i], level);
        return new PriorityQueue<int, double>(free.Select((time, thread) => (thread, time)));
    }
}
