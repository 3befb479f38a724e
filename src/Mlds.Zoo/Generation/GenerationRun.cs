using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Generation;

/// <param name="Networks">Networks per machine: seeds 0 … Networks − 1.</param>
/// <param name="Shard">Which part of them.</param>
/// <param name="Threads">Networks trained at once, 1 … 1024.</param>
/// <param name="CheckpointEvery">The most training time that a kill can cost each network.</param>
public sealed record GenerationOptions(int Networks, Shard Shard, int Threads, TimeSpan CheckpointEvery)
{
    /// <summary>
    /// Whether the checkpoint at every milestone is kept for good, so that any segment of the run can be trained again alone. Networks that
    /// are in the zoo without them are trained once more, which must give the same bits.
    /// </summary>
    public bool KeepMilestones { get; init; }

    /// <summary>
    /// The seeds of every machine that are wanted, instead of all below <see cref="Networks"/>; the zoo then doesn't note what it was asked
    /// for. Null for all.
    /// </summary>
    public ILookup<string, uint>? Wanted { get; init; }

    /// <summary>Called with every trained network, from any thread, before it is stored; what it throws ends the run.</summary>
    public Action<TrainedNetwork>? Check { get; init; }

    public GenerationOptions(int networks)
        : this(networks, Shard.All, Environment.ProcessorCount, TimeSpan.FromSeconds(5))
    {
    }
}

/// <summary>
/// Trains what a population asks for and its zoo lacks, over all cores, one network per thread. Every thread trains; the one that calls
/// <see cref="Run"/> writes. What ends in the zoo depends on the population alone: not on threads, order, kills or resumptions.
/// </summary>
public sealed class GenerationRun
{
    static readonly TimeSpan s_reportEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>How often the time left is worked out anew; in between it runs down.</summary>
    static readonly TimeSpan s_estimateEvery = TimeSpan.FromSeconds(1);

    /// <summary>A finished network, or how far an unfinished one is.</summary>
    /// <param name="Keep">Whether the checkpoint is one of a milestone, to be kept for good.</param>
    readonly record struct Write(TrainedNetwork? Network, Recipe Recipe, Checkpoint? Checkpoint, bool Keep = false);

    readonly ZooWriter _writer;
    readonly Population _population;
    readonly GenerationOptions _options;
    readonly Dictionary<string, (int Done, int Total)> _counts = [];
    readonly Dictionary<(string Machine, uint Seed), Checkpoint> _begun = [];
    readonly BlockingCollection<Write> _writes = [];
    readonly RecentSpeed _speed = new();
    readonly Stopwatch _clock = Stopwatch.StartNew();
    readonly GenerationQueue _queue;
    long _sampleTimesteps;
    int _trained;
    Exception? _fault;
    TimeLeft? _remaining;
    TimeSpan _estimated;

    /// <param name="writer">The population's zoo.</param>
    public GenerationRun(ZooWriter writer, Population population, GenerationOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Networks);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, 1024);
        (_writer, _population, _options) = (writer, population, options);
        if (options.Wanted is null) _writer.Ask(new ZooPart(options.Shard, options.Networks));
        _queue = new GenerationQueue([.. population.MachineNames.Select(Plan)]);
    }

    /// <summary>Trains until all is done. What was finished when it throws is stored.</summary>
    /// <param name="report">Called a few times per second, on the calling thread.</param>
    /// <exception cref="OperationCanceledException">Stopped; unfinished networks left checkpoints.</exception>
    /// <exception cref="ZooException">The zoo could not be written to.</exception>
    public GenerationProgress Run(Action<GenerationProgress> report, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var threads = Enumerable.Range(0, _options.Threads)
            .Select(i => new Thread(() => TrainAll(stop)) { Name = $"training {i}", IsBackground = true })
            .ToList();
        foreach (var thread in threads) thread.Start();
        try
        {
            while (threads.Exists(thread => thread.IsAlive) || _writes.Count > 0)
            {
                StoreNext();
                report(Progress());
            }
        }
        catch
        {
            stop.Cancel();
            foreach (var thread in threads) thread.Join();
            throw;
        }

        if (_fault is not null) ExceptionDispatchInfo.Throw(_fault);
        cancellation.ThrowIfCancellationRequested();
        return Progress();
    }

    MachineWork Plan(string name, int index)
    {
        var work = MachineWork.Of(_population, index, _writer.Zoo, _options, out var asked);
        _counts[name] = (asked - work.Seeds.Count, asked);
        foreach (var seed in _options.KeepMilestones ? work.Seeds : work.Begun.Keys)
            if (Begun(_population.Recipe(name, seed).Id) is { Epoch: > 0 } checkpoint) _begun[(name, seed)] = checkpoint;
        return work with
        {
            Begun = work.Seeds.Where(seed => _begun.ContainsKey((name, seed)))
                .ToDictionary(seed => seed, seed => _begun[(name, seed)].Epoch),
        };
    }

    /// <summary>The furthest state to go on from. Where milestones are to be kept, one with no unkept milestone before it.</summary>
    Checkpoint? Begun(string recipeId)
    {
        var checkpoint = _writer.Zoo.Checkpoint(recipeId);
        if (!_options.KeepMilestones) return checkpoint;
        var kept = _writer.Zoo.KeptEpochs(recipeId);
        bool HasAllBefore(Checkpoint state) => state.Milestones.All(milestone => kept.Contains(milestone.Epoch));
        if (checkpoint is not null && HasAllBefore(checkpoint)) return checkpoint;
        return kept.Reverse().Select(epoch => _writer.Zoo.ReadableKept(recipeId, epoch))
            .FirstOrDefault(state => state is not null && HasAllBefore(state));
    }

    /// <summary>What a training thread does: take a network, train it, hand it over, until there is none left or it is to stop.</summary>
    void TrainAll(CancellationTokenSource stop)
    {
        try
        {
            while (!stop.IsCancellationRequested && _queue.Next() is { } next) Train(next.Machine, next.Seed, stop.Token);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _fault, exception, null);
            stop.Cancel();
        }
    }

    void Train(string machine, uint seed, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        // The first network of a machine makes its data; all others share it, unless it is varied.
        var (recipe, data) = (_population.Recipe(machine, seed), _population.Data(machine, seed));
        using var run = new TrainingRun(recipe, data, _begun.GetValueOrDefault((machine, seed)));
        var saved = watch.Elapsed;
        while (run.Outcome is null)
        {
            if (stop.IsCancellationRequested || watch.Elapsed - saved >= _options.CheckpointEvery)
            {
                if (run.Epoch > 0) _writes.Add(new Write(null, recipe, run.Checkpoint()), CancellationToken.None);
                if (stop.IsCancellationRequested) return;
                saved = watch.Elapsed;
            }

            var (began, cores) = (watch.Elapsed, run.CoreSeconds);
            run.NextEpoch();
            _queue.Did(machine, seed, run.Epoch, (watch.Elapsed - began).TotalSeconds, run.CoreSeconds - cores);
            Interlocked.Add(ref _sampleTimesteps, (long)recipe.Task.TrainingCount * recipe.Task.Steps);
            if (_options.KeepMilestones && run.IsAtMilestone)
                _writes.Add(new Write(null, recipe, run.Checkpoint(), Keep: true), CancellationToken.None);
        }

        var network = run.Finish();
        _options.Check?.Invoke(network);
        _queue.Ended(machine, seed, network.Epochs, network.Outcome, watch.Elapsed.TotalSeconds);
        _writes.Add(new Write(network, recipe, null), CancellationToken.None);
    }

    /// <summary>
    /// Stores what has come in, all of it in one transaction, so that there is one wait for the disk however many threads train.
    /// </summary>
    void StoreNext()
    {
        if (!_writes.TryTake(out var first, s_reportEvery)) return;
        var batch = new List<Write> { first };
        while (batch.Count < 256 && _writes.TryTake(out var next)) batch.Add(next);
        var networks = batch.Where(write => write.Network is not null).ToList();
        _writer.Store(
            [.. networks.Select(write => write.Network!)],
            [.. batch.Where(write => write is { Checkpoint: not null, Keep: false }
                && !networks.Exists(done => done.Recipe.Id == write.Recipe.Id)).Select(write => (write.Recipe, write.Checkpoint!))],
            [.. batch.Where(write => write.Keep).Select(write => write.Checkpoint!)]);
        foreach (var write in networks)
        {
            var name = write.Recipe.MachineName;
            _counts[name] = (_counts[name].Done + 1, _counts[name].Total);
            _trained++;
        }
    }

    GenerationProgress Progress()
    {
        var now = _clock.Elapsed;
        var (networksPerMinute, sampleTimestepsPerSecond) = _speed.Read(now, _trained, Interlocked.Read(ref _sampleTimesteps));
        return new GenerationProgress(
            [.. _population.MachineNames.Select(name => (name, _counts[name].Done, _counts[name].Total))],
            _trained, networksPerMinute, sampleTimestepsPerSecond, Remaining(now));
    }

    TimeLeft? Remaining(TimeSpan now)
    {
        if (_remaining is null || now - _estimated >= s_estimateEvery)
        {
            _remaining = _queue.Remaining(_options.Threads);
            _estimated = now;
        }

        TimeSpan Later(TimeSpan time) => time > now - _estimated ? time - (now - _estimated) : TimeSpan.Zero;
        return _remaining is { } left
            ? left with { Expected = Later(left.Expected), Low = Later(left.Low), High = Later(left.High) }
            : null;
    }
}
