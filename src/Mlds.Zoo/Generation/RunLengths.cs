using Mlds.Training;

namespace Mlds.Zoos.Generation;

/// <summary>What is known of how long one machine's networks take: those that ended, by epochs and outcome.</summary>
sealed class RunLengths
{
    /// <summary>
    /// Spread of run lengths, as a standard deviation of the logarithm: about what the machines of docs/results/recipes-*.json have. A few
    /// networks that ended show less, and the rare long runs they don't show are what makes estimates too short.
    /// </summary>
    const double UsualSpread = 0.5;

    readonly int _limit;
    readonly SortedDictionary<int, RunGroup> _groups = [];

    /// <param name="limit">The recipe's epoch limit.</param>
    public RunLengths(int limit, IEnumerable<EndedRuns> ended)
    {
        _limit = limit;
        foreach (var runs in ended) Add(runs);
    }

    /// <summary>Networks that ended.</summary>
    public int Ended { get; private set; }

    public void Add(EndedRuns runs)
    {
        var group = _groups.GetValueOrDefault(runs.Epochs, new RunGroup(runs.Epochs, 0, 0, 0, 0));
        _groups[runs.Epochs] = runs.Outcome switch
        {
            Outcome.Converged => group with { Converged = group.Converged + runs.Count },
            Outcome.Diverged => group with { Diverged = group.Diverged + runs.Count },
            _ => group with { NotConverged = group.NotConverged + runs.Count },
        };
        Ended += runs.Count;
    }

    /// <param name="running">Epochs done by each network that still trains; those with no epoch tell nothing.</param>
    public SurvivalCurve Curve(IEnumerable<int> running) => SurvivalCurve.Of(Groups(running), _limit);

    /// <summary>
    /// A curve that could as well be the true one: the networks weighted at random (the Bayesian bootstrap; Rubin 1981).
    /// </summary>
    /// <param name="scale">What to multiply epochs by: a random factor for what the networks seen can't show; the more there are, the
    /// nearer to 1.</param>
    public SurvivalCurve Resampled(IEnumerable<int> running, Random random, out double scale)
    {
        scale = Ended > 0 ? Math.Exp(UsualSpread * (1 + (3.0 / Math.Max(4, Ended))) * Normal(random) / Math.Sqrt(Ended)) : 1;
        var groups = Groups(running).ConvertAll(group => new RunGroup(
            group.Epochs, Weight(group.Converged, random), Weight(group.NotConverged, random),
            Weight(group.Diverged, random), Weight(group.Running, random)));
        // A network that outlives all that were seen to end is of a slow kind: it ends at an unknown fraction of the usual rate.
        return SurvivalCurve.Of(groups, _limit, 1 - random.NextDouble());
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>A gamma variable of this shape: the weight of so many networks (Marsaglia and Tsang 2000).</summary>
    public static double Weight(double count, Random random)
    {
        if (count <= 0) return 0;
        if (count < 1) return Weight(count + 1, random) * Math.Pow(1 - random.NextDouble(), 1 / count);
        var d = count - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(random);
            var v = Math.Pow(1 + (c * x), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v))) return d * v;
        }
    }

    List<RunGroup> Groups(IEnumerable<int> running)
    {
        var groups = new SortedDictionary<int, RunGroup>(_groups);
        foreach (var epochs in running.Where(epochs => epochs > 0))
        {
            var group = groups.GetValueOrDefault(epochs, new RunGroup(epochs, 0, 0, 0, 0));
            groups[epochs] = group with { Running = group.Running + 1 };
        }

        return [.. groups.Values];
    }
}
