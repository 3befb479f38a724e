using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Planning;

/// <param name="Pilots">Pilots of each machine: seeds 0 … Pilots − 1.</param>
/// <param name="Threads">Pilots trained at once.</param>
/// <param name="Time">How long they may train together; it ends with the epochs that are being trained then.</param>
public sealed record PilotOptions(int Pilots, int Threads, TimeSpan Time);

/// <summary>How far the pilots are.</summary>
/// <param name="Ended">Pilots that have ended, now or before.</param>
/// <param name="Wanted">All that are wanted.</param>
/// <param name="Seconds">Since the beginning.</param>
public readonly record struct PilotProgress(int Ended, int Wanted, double Seconds);

/// <summary>
/// Trains a few networks of every machine of a population before the rest: those that a verdict lacks, first the ones it has begun, then
/// seed by seed, so that every machine is tried before any is tried twice. The verdict depends on the population alone, not on threads,
/// time or interruptions, besides how far it has come.
/// </summary>
public sealed class PilotRun
{
    readonly Population _population;
    readonly PilotOptions _options;
    readonly Action<Verdict> _keep;
    readonly Lock _lock = new();
    readonly List<MachineVerdict> _machines;
    readonly Queue<(int Machine, uint Seed)> _waiting;

    /// <summary>Of each machine, the first seed that isn't wanted.</summary>
    readonly uint[] _next;
    readonly Stopwatch _clock = new();
    Exception? _fault;

    /// <param name="before">What is known already, or null; what isn't valid any longer is left out.</param>
    /// <param name="keep">Given the verdict whenever it has changed; called by one thread at a time.</param>
    /// <param name="prepared">Called after each machine's sequences were made and measured, with how many have been.</param>
    public PilotRun(
        Population population, Verdict? before, PilotOptions options, Action<Verdict> keep, Action<int>? prepared = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Pilots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        (_population, _options, _keep) = (population, options, keep);
        _machines = [];
        foreach (var name in population.MachineNames)
        {
            cancellation.ThrowIfCancellationRequested();
            // Measured anew, which takes moments: what a verdict says of difficulty and data is this program's word.
            var untried = MachineVerdict.Untried(population, name);
            var known = before?.Machines.FirstOrDefault(
                machine => machine.Name == name && machine.RecipeSha256 == untried.RecipeSha256);
            _machines.Add(known is null ? untried : untried with { Pilots = known.Pilots, Begun = known.Begun });
            prepared?.Invoke(_machines.Count);
        }

        var wanted = Enumerable.Range(0, options.Pilots)
            .SelectMany(seed => Enumerable.Range(0, _machines.Count).Select(machine => (Machine: machine, Seed: (uint)seed)))
            .Where(pilot => _machines[pilot.Machine].DataFault is null).ToList();
        Wanted = wanted.Count;
        _next = [.. _machines.Select(_ => (uint)options.Pilots)];
        _waiting = new(wanted.Where(pilot => !_machines[pilot.Machine].Pilots.Any(ended => ended.Seed == pilot.Seed))
            .OrderByDescending(pilot => _machines[pilot.Machine].Begun.Any(begun => begun.Seed == pilot.Seed)));
        for (var machine = 0; machine < _machines.Count; machine++) GiveAnotherChance(machine);
    }

    /// <summary>Pilots that are wanted, those of the verdict included.</summary>
    public int Wanted { get; private set; }

    /// <summary>The verdict as it is now.</summary>
    public Verdict Verdict
    {
        get
        {
            lock (_lock) return new Verdict(_population.Name, [.. _machines]);
        }
    }

    /// <summary>Seconds that training took.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>Trains until all pilots have ended or the time is over, at least an epoch of one.</summary>
    /// <param name="report">Called a few times per second, on the calling thread.</param>
    /// <exception cref="OperationCanceledException">Stopped; what was begun was kept.</exception>
    public Verdict Run(Action<PilotProgress> report, CancellationToken cancellation)
    {
        _keep(Verdict);
        _clock.Start();
        var threads = Enumerable.Range(0, Math.Min(_options.Threads, _waiting.Count))
            .Select(i => new Thread(() => TrainAll(cancellation)) { Name = $"pilot {i}", IsBackground = true }).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads)
            while (!thread.Join(TimeSpan.FromMilliseconds(250))) report(Progress());
        _clock.Stop();
        report(Progress());
        if (_fault is not null) ExceptionDispatchInfo.Throw(_fault);
        cancellation.ThrowIfCancellationRequested();
        return Verdict;
    }

    PilotProgress Progress()
    {
        lock (_lock)
        {
            var ended = _machines.Select((machine, i) => machine.DataFault is null
                ? machine.Pilots.Count(pilot => pilot.Seed < _next[i])
                : 0).Sum();
            return new PilotProgress(ended, Wanted, Seconds);
        }
    }

    void TrainAll(CancellationToken cancellation)
    {
        bool IsOver() => _fault is not null || cancellation.IsCancellationRequested || _clock.Elapsed >= _options.Time;
        try
        {
            do
            {
                (int Machine, uint Seed) next;
                lock (_lock)
                    if (!_waiting.TryDequeue(out next)) return;
                Train(next.Machine, next.Seed, IsOver);
            }
            while (!IsOver());
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _fault, exception, null);
        }
    }

    void Train(int machine, uint seed, Func<bool> isOver)
    {
        BegunPilot? begun;
        lock (_lock) begun = _machines[machine].Begun.FirstOrDefault(pilot => pilot.Seed == seed);
        var name = _population.MachineNames[machine];
        var recipe = _population.Recipe(name, seed);
        var watch = Stopwatch.StartNew();
        using var run = new TrainingRun(recipe, _population.Data(name, seed), begun?.State);
        while (run.Outcome is null)
        {
            run.NextEpoch();
            if (isOver()) break;
        }

        double All() => (begun?.Seconds ?? 0) + watch.Elapsed.TotalSeconds;
        if (run.Outcome is null) Keep(machine, was => was.With(new BegunPilot(seed, run.Checkpoint(), All())));
        else Keep(machine, was => was.With(Pilot.Of(run.Finish(), All())));
    }

    /// <summary>
    /// One more seed for a machine that its pilots nearly learned: with hard machines the seed decides, so a few failures say little.
    /// Due when all before it have ended, so that threads make no difference.
    /// </summary>
    void GiveAnotherChance(int machine)
    {
        var known = _machines[machine];
        bool HasEnded(uint seed) => known.Pilots.Any(pilot => pilot.Seed == seed);
        bool IsDue() => known is { DataFault: null, IsNear: true } && _next[machine] < MachineVerdict.Chances
            && Enumerable.Range(0, (int)_next[machine]).All(seed => HasEnded((uint)seed));
        while (IsDue())
        {
            var seed = _next[machine]++;
            Wanted++;
            if (HasEnded(seed)) continue;
            _waiting.Enqueue((machine, seed));
            return;
        }
    }

    void Keep(int machine, Func<MachineVerdict, MachineVerdict> change)
    {
        lock (_lock)
        {
            _machines[machine] = change(_machines[machine]);
            GiveAnotherChance(machine);
            _keep(new Verdict(_population.Name, [.. _machines]));
        }
    }
}
