using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Generation;

/// <summary>Networks of one machine that are to be trained.</summary>
/// <param name="Seeds">Ascending.</param>
/// <param name="Begun">Those of them that have a checkpoint, and the epochs it has.</param>
/// <param name="SampleTimesteps">Sequences × length of one epoch.</param>
/// <param name="EpochLimit">The recipe's.</param>
/// <param name="Ended">Networks of it trained before.</param>
public sealed record MachineWork(
    string Machine, IReadOnlyList<uint> Seeds, IReadOnlyDictionary<uint, int> Begun, long SampleTimesteps,
    int EpochLimit, IReadOnlyList<EndedRuns> Ended)
{
    /// <summary>What remains to be done of the networks asked for of machine number <paramref name="index"/>.</summary>
    /// <param name="zoo">The population's zoo, or null while there is none.</param>
    /// <param name="options">How many networks, which part of them, and whether their milestones are to be kept.</param>
    /// <param name="asked">How many networks belong to the part, whether the zoo has them or not.</param>
    public static MachineWork Of(Population population, int index, Zoo? zoo, GenerationOptions options, out int asked)
    {
        var name = population.MachineNames[index];
        var wanted = options.Wanted?[name].Order().ToList()
            ?? Enumerable.Range(0, options.Networks).Select(seed => (uint)seed).Where(seed => options.Shard.Has(index, seed)).ToList();
        asked = wanted.Count;
        var there = zoo?.Seeds(name) ?? [];
        if (options.KeepMilestones && zoo is not null) there.ExceptWith(zoo.SeedsNotKept(name));
        var missing = wanted.Where(seed => !there.Contains(seed)).ToList();
        var begun = zoo?.Begun(name) ?? new Dictionary<uint, int>();
        var task = population.Task(name);
        return new MachineWork(
            name,
            missing,
            missing.Where(begun.ContainsKey).ToDictionary(seed => seed, seed => begun[seed]),
            (long)task.TrainingCount * task.Steps,
            population.TrainingSpec(name).EpochLimit,
            zoo?.Ended(name) ?? []);
    }
}

/// <summary>Time until a population is trained.</summary>
/// <param name="Expected">As likely too long as too short; while <paramref name="IsAtLeast"/>, what it will take at the very least.</param>
/// <param name="Low">In one case in ten it takes less.</param>
/// <param name="High">In one case in ten it takes more.</param>
/// <param name="IsRough">True while a machine with a quarter or more of the remaining work has fewer than a dozen networks ended: too few
/// to have shown a rare long run.</param>
/// <param name="IsAtLeast">True until a network of every machine has ended: before that nobody knows how long the others take.</param>
public readonly record struct TimeLeft(TimeSpan Expected, TimeSpan Low, TimeSpan High, bool IsRough, bool IsAtLeast)
{
    /// <summary>Whether it is known to within a fifth: then one figure says enough, otherwise the range is needed.</summary>
    public bool IsSharp => !IsAtLeast && !IsRough && Low >= 0.8 * Expected && High <= 1.2 * Expected;
}

/// <summary>
/// Hands out networks to train: first those already begun, then a few of every machine, which shows what each costs, then those expected
/// to take longest, so that no long run is left for the end (docs/decisions/0004). The order never influences a result. Thread-safe.
/// </summary>
public sealed class GenerationQueue
{
    /// <summary>Networks of every machine that are trained before the long ones.</summary>
    public const int Sample = 4;

    const int Draws = 64;

    const int Dozen = 12;

    readonly Lock _lock = new();
    readonly List<MachineLine> _lines;
    readonly RunningMean _perTimestep = new();
    readonly RunningMean _perNetwork = new();
    readonly int _sample;

    /// <param name="work">Machines with networks to train.</param>
    /// <param name="sample">Networks of every machine to begin with.</param>
    public GenerationQueue(IEnumerable<MachineWork> work, int sample = Sample) =>
        (_lines, _sample) = ([.. work.Where(machine => machine.Seeds.Count > 0).Select(machine => new MachineLine(machine))], sample);

    /// <summary>The machines, for a plan. Not to be read while threads train.</summary>
    internal IReadOnlyList<MachineLine> Lines => _lines;

    /// <summary>The next network to train, or null when all are handed out.</summary>
    public (string Machine, uint Seed)? Next()
    {
        lock (_lock)
        {
            var line = _lines.Where(line => line.Waiting > 0)
                .OrderByDescending(line => line.WaitingBegun > 0)
                .ThenBy(line => Math.Min(line.Seen, _sample))
                .ThenByDescending(line => line.ExpectedCost)
                .FirstOrDefault();
            return line is null ? null : (line.Work.Machine, line.Take());
        }
    }

    /// <summary>Records that a network that was handed out has done another epoch.</summary>
    /// <param name="epoch">Epochs it has now.</param>
    /// <param name="seconds">What the epoch took its thread.</param>
    /// <param name="coreSeconds">For how much of that a core was at work.</param>
    public void Did(string machine, uint seed, int epoch, double seconds, double coreSeconds)
    {
        lock (_lock)
        {
            var line = Line(machine);
            line.Running[seed] = (epoch, line.Running[seed].Seconds + seconds);
            line.PerEpoch.Add(seconds);
            line.CoreSeconds.Add(coreSeconds);
            _perTimestep.Add(seconds / line.Work.SampleTimesteps);
        }
    }

    /// <summary>Takes into account what a network that was trained elsewhere took.</summary>
    /// <param name="epochs">At least 1.</param>
    /// <param name="seconds">Wall time of all of them together.</param>
    /// <param name="coreSeconds">For how much of that a core was at work.</param>
    internal void Measured(string machine, int epochs, double seconds, double coreSeconds)
    {
        lock (_lock)
        {
            var line = Line(machine);
            line.PerEpoch.Add(seconds / epochs);
            line.CoreSeconds.Add(coreSeconds / epochs);
            _perTimestep.Add(seconds / epochs / line.Work.SampleTimesteps);
        }
    }

    /// <summary>Records that a network that was handed out has ended.</summary>
    /// <param name="seconds">What it took its thread since it was taken, all its epochs included.</param>
    public void Ended(string machine, uint seed, int epochs, Outcome outcome, double seconds)
    {
        lock (_lock)
        {
            var line = Line(machine);
            line.Running.Remove(seed, out var running);
            line.End(new EndedRuns(epochs, outcome, 1));
            _perNetwork.Add(Math.Max(0, seconds - running.Seconds));
        }
    }

    /// <summary>Expected time until all are trained, or null before the first epoch of this run has ended.</summary>
    public TimeLeft? Remaining(int threads)
    {
        lock (_lock)
        {
            var open = _lines.Where(line => line.Waiting > 0 || line.Running.Count > 0)
                .OrderByDescending(line => line.ExpectedCost).ToList();
            if (open.Count == 0) return new TimeLeft(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, false, false);
            if (_perTimestep.Count == 0) return null;
            var random = new Random(1);
            var times = new double[Draws];
            for (var i = 0; i < Draws; i++) times[i] = DrawRemaining(open, threads, random);
            Array.Sort(times);
            return new TimeLeft(
                TimeSpan.FromSeconds(times[Draws / 2]),
                TimeSpan.FromSeconds(times[Draws / 10]),
                TimeSpan.FromSeconds(times[Draws - 1 - (Draws / 10)]),
                open.Exists(line => line.Lengths.Ended < Dozen && 4 * line.ExpectedWork >= open.Sum(other => other.ExpectedWork)),
                open.Exists(line => line.Lengths.Ended == 0));
        }
    }

    /// <summary>Seconds that an epoch of the machine takes a thread.</summary>
    internal double SecondsPerEpoch(MachineLine line) =>
        line.PerEpoch.Count > 0 ? line.PerEpoch.Mean : line.Work.SampleTimesteps * _perTimestep.Mean;

    /// <summary>Seconds that a network takes besides its epochs.</summary>
    internal double SecondsPerNetwork => _perNetwork.Mean;

    double DrawRemaining(List<MachineLine> open, int threads, Random random)
    {
        var busy = new List<double>();
        var waiting = new List<WaitingNetworks>();
        foreach (var line in open)
        {
            var perEpoch = SecondsPerEpoch(line);
            var scale = 1.0;
            var curve = line.Lengths.Ended > 0
                ? line.Lengths.Resampled(line.EpochsDone, random, out scale)
                : SurvivalCurve.Constant(Math.Max(1, line.EpochsDone.Max()));
            foreach (var (epochs, _) in line.Running.Values)
                busy.Add(_perNetwork.Mean + (perEpoch * (curve.Draw(1 - random.NextDouble(), epochs) - epochs)));
            waiting.Add(new WaitingNetworks(curve, line.Waiting, scale * perEpoch, _perNetwork.Mean));
        }

        // Threads that have not taken a network yet, or just stored one, are free at once.
        while (busy.Count < threads) busy.Add(0);
        return Makespan.Draw(busy.ToArray(), waiting, random).All;
    }

    MachineLine Line(string machine) => _lines.Single(line => line.Work.Machine == machine);
}

/// <summary>The networks of one machine as they wait, run and end.</summary>
sealed class MachineLine
{
    readonly Queue<uint> _seeds;
    double? _expectedEpochs;

    public MachineLine(MachineWork work)
    {
        Work = work;
        _seeds = new Queue<uint>(work.Seeds.Order().OrderByDescending(work.Begun.ContainsKey));
        Lengths = new RunLengths(work.EpochLimit, work.Ended);
        Seen = Lengths.Ended;
        WaitingBegun = work.Begun.Count;
    }

    public MachineWork Work { get; }

    public RunLengths Lengths { get; }

    /// <summary>Those that train: epochs they have, and seconds spent on them by this run.</summary>
    public Dictionary<uint, (int Epochs, double Seconds)> Running { get; } = [];

    public int Waiting => _seeds.Count;

    public int WaitingBegun { get; private set; }

    /// <summary>Networks that trained before or were taken.</summary>
    public int Seen { get; private set; }

    public RunningMean PerEpoch { get; } = new();

    public RunningMean CoreSeconds { get; } = new();

    /// <summary>Epochs done by unfinished networks, whether a thread has them or a checkpoint; a 0 when there is none.</summary>
    public IEnumerable<int> EpochsDone =>
        Running.Values.Select(running => running.Epochs)
            .Concat(_seeds.Take(WaitingBegun).Select(seed => Work.Begun[seed])).DefaultIfEmpty(0);

    /// <summary>Sample-timesteps of a network: by the networks seen, or by the epoch limit while none has ended.</summary>
    public double ExpectedCost =>
        Work.SampleTimesteps * (Lengths.Ended > 0 ? _expectedEpochs ??= Lengths.Curve(EpochsDone).Mean : Work.EpochLimit);

    /// <summary>Sample-timesteps of all its networks that wait or train, those done by the latter included.</summary>
    public double ExpectedWork => (Waiting + Running.Count) * ExpectedCost;

    public uint Take()
    {
        var seed = _seeds.Dequeue();
        if (WaitingBegun > 0) WaitingBegun--;
        Seen++;
        Running[seed] = (Work.Begun.GetValueOrDefault(seed), 0);
        return seed;
    }

    public void End(EndedRuns run)
    {
        Lengths.Add(run);
        _expectedEpochs = null;
    }
}

/// <summary>
/// The mean of a quantity, over all values while they are few, later mostly over the last few hundred: what it is now.
/// </summary>
sealed class RunningMean
{
    const int Memory = 256;

    public long Count { get; private set; }

    /// <summary>0 while there is nothing.</summary>
    public double Mean { get; private set; }

    public void Add(double value) => Mean += (value - Mean) / Math.Min(++Count, Memory);
}
