using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Mlds.Training;

namespace Mlds.Zoos;

/// <param name="Networks">Networks a machine: seeds 0 … Networks − 1.</param>
/// <param name="Shard">Which part of them.</param>
/// <param name="Threads">Networks trained at once, 1 … 1024.</param>
/// <param name="CheckpointEvery">Longest time of work that a kill can lose, a network.</param>
public sealed record GenerationOptions(int Networks, Shard Shard, int Threads, TimeSpan CheckpointEvery)
{
    public GenerationOptions(int networks)
        : this(networks, Shard.All, Environment.ProcessorCount, TimeSpan.FromSeconds(5))
    {
    }
}

/// <summary>
/// Trains what a population asks for and its zoo lacks, over all cores, one network a thread. Every thread trains; the one that calls
/// <see cref="Run"/> writes. What ends in the zoo depends on the population alone: not on threads, order, kills or resumptions.
/// </summary>
public sealed class GenerationRun
{
    static readonly TimeSpan s_reportEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>A finished network, or how far an unfinished one is.</summary>
    readonly record struct Write(TrainedNetwork? Network, Recipe Recipe, Checkpoint? Checkpoint, double Seconds);

    readonly ZooWriter _writer;
    readonly Population _population;
    readonly GenerationOptions _options;
    readonly Dictionary<string, (int Done, int Total)> _counts = [];
    readonly Dictionary<(string Machine, uint Seed), Checkpoint> _begun = [];
    readonly BlockingCollection<Write> _writes = [];
    readonly Lock _planning = new();
    readonly Stopwatch _clock = Stopwatch.StartNew();
    readonly GenerationQueue _queue;
    long _sampleTimesteps;
    int _trained;
    Exception? _fault;

    /// <param name="writer">The population's zoo.</param>
    public GenerationRun(ZooWriter writer, Population population, GenerationOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Networks);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, 1024);
        (_writer, _population, _options) = (writer, population, options);
        var status = writer.Zoo.Status().Machines.ToDictionary(machine => machine.Name);
        _queue = new GenerationQueue(population.MachineNames.Select((name, index) => Plan(name, index, status[name])).Where(work => work.Seeds.Count > 0).ToList());
    }

    /// <summary>Trains until all is done. What was finished when it throws is stored.</summary>
    /// <param name="report">Called a few times a second, on the calling thread.</param>
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

    MachineWork Plan(string name, int index, MachineStatus status)
    {
        var wanted = Enumerable.Range(0, _options.Networks).Select(seed => (uint)seed).Where(seed => _options.Shard.Has(index, seed)).ToList();
        var there = _writer.Zoo.Seeds(name);
        var missing = wanted.Where(seed => !there.Contains(seed)).ToList();
        _counts[name] = (wanted.Count - missing.Count, wanted.Count);
        if (missing.Count == 0) return new MachineWork(name, [], new HashSet<uint>(), 0, 0, 0, 0, 0);
        var recipe = _population.Recipe(name, missing[0]);
        foreach (var seed in _writer.Zoo.SeedsBegun(name).Intersect(missing))
            if (_writer.Zoo.Checkpoint(_population.Recipe(name, seed).Id) is { } checkpoint) _begun[(name, seed)] = checkpoint;
        var begun = _begun.Keys.Where(key => key.Machine == name).Select(key => key.Seed).ToHashSet();
        return new MachineWork(name, missing, begun, (long)recipe.Data.Training * recipe.Data.Length, recipe.Training.EpochLimit, status.Networks, status.Epochs, status.CoreSeconds);
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
        Recipe recipe;
        TrainingData data;
        lock (_planning)
        {
            // The first network of a machine makes its data; all others share it.
            (recipe, data) = (_population.Recipe(machine, seed), _population.Data(machine));
        }

        var watch = Stopwatch.StartNew();
        using var run = new TrainingRun(recipe, data, _begun.GetValueOrDefault((machine, seed)));
        var saved = watch.Elapsed;
        while (run.Outcome is null)
        {
            if (stop.IsCancellationRequested || watch.Elapsed - saved >= _options.CheckpointEvery)
            {
                if (run.Epoch > 0) _writes.Add(new Write(null, recipe, run.Checkpoint(), 0), CancellationToken.None);
                if (stop.IsCancellationRequested) return;
                saved = watch.Elapsed;
            }

            run.NextEpoch();
            Interlocked.Add(ref _sampleTimesteps, (long)data.Training.Count * data.Training.Length);
        }

        _writes.Add(new Write(run.Finish(), recipe, null, watch.Elapsed.TotalSeconds), CancellationToken.None);
    }

    /// <summary>Stores what has come in, all of it in one transaction: one wait for the disk however many threads train.</summary>
    void StoreNext()
    {
        if (!_writes.TryTake(out var first, s_reportEvery)) return;
        var batch = new List<Write> { first };
        while (batch.Count < 256 && _writes.TryTake(out var next)) batch.Add(next);
        var networks = batch.Where(write => write.Network is not null).ToList();
        _writer.Store(
            [.. networks.Select(write => write.Network!)],
            [.. batch.Where(write => write.Checkpoint is not null && !networks.Exists(done => done.Recipe.Id == write.Recipe.Id)).Select(write => (write.Recipe, write.Checkpoint!))]);
        foreach (var write in networks)
        {
            var name = write.Recipe.MachineName;
            _counts[name] = (_counts[name].Done + 1, _counts[name].Total);
            _queue.Finished(name, write.Network!.Epochs, write.Seconds);
            _trained++;
        }
    }

    GenerationProgress Progress()
    {
        var seconds = Math.Max(_clock.Elapsed.TotalSeconds, 1e-3);
        return new GenerationProgress(
            [.. _population.MachineNames.Select(name => (name, _counts[name].Done, _counts[name].Total))],
            _trained,
            60 * _trained / seconds,
            Interlocked.Read(ref _sampleTimesteps) / seconds,
            _queue.Remaining(_options.Threads));
    }
}
