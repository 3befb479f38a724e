using System.Diagnostics;
using Mlds.Bundles;
using Mlds.Recipes;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Training;

namespace Mlds.Server.Science;

/// <summary>
/// Trains on the server what no volunteer could return, the longest waiting first and a slice at a time: progress is stored with every
/// slice, so a kill loses no more than one. A network that ended goes into the zoo before the row says so; putting it there again changes
/// nothing.
/// </summary>
sealed class TrainingHere(string folder, ResultExaminer examiner, OpenZoo zoo)
{
    /// <summary>Time after which a network that couldn't be continued is tried again.</summary>
    static readonly TimeSpan s_retry = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Networks that couldn't be continued, and when each failed (<see cref="Stopwatch.GetTimestamp"/>), so that the others don't wait
    /// behind them.
    /// </summary>
    readonly Dictionary<long, long> _failed = [];

    /// <summary>Trains one network further, by at least one epoch; false when none waits.</summary>
    /// <exception cref="Exception">It can't be read, trained or stored. What it took is noted, and the next call goes on with
    /// another.</exception>
    public bool Slice(ProjectDatabase database, TimeSpan longest, Action<Session, ComputedHere> note, CancellationToken cancellation)
    {
        if (database.Read(Next) is not { } id) return false;
        var spent = 0.0;
        WaitingNetwork network;
        TrainingRun run;
        try
        {
            network = database.Read(session => Read(session, id));
            run = Train(database, network, longest, ref spent, cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _failed[id] = Stopwatch.GetTimestamp();
            if (spent > 0) database.Write(session => note(session, new(spent, Ended: false))).Wait(cancellation);
            throw;
        }

        using (run)
        {
            var ended = run.Outcome is not null;
            var checkpoint = ended ? null : run.Checkpoint().ToBytes();
            database.Write(session =>
            {
                if (IsAsItWas(session, network)) Store(session, network, run.Epoch, checkpoint);
                note(session, new(spent, ended));
            }).Wait(cancellation);
        }

        return true;
    }

    /// <param name="spent">Core seconds spent, even when it fails.</param>
    TrainingRun Train(ProjectDatabase database, WaitingNetwork network, TimeSpan longest, ref double spent, CancellationToken cancellation)
    {
        var run = examiner.Begin(new BundleNetwork(network.Recipe, network.From));
        var before = run.CoreSeconds;
        try
        {
            var watch = Stopwatch.StartNew();
            while (run.Outcome is null && (run.Epoch == (network.From?.Epoch ?? 0) || watch.Elapsed < longest))
            {
                cancellation.ThrowIfCancellationRequested();
                run.NextEpoch();
                spent = run.CoreSeconds - before;
            }

            if (run.Outcome is null) return run;
            zoo.Add(
                Path.Combine(folder, network.Population.Zoo), database.Read(session => network.Population.Parse(session, folder)),
                () => database.Read(session => IsAsItWas(session, network)) ? [ResultExaminer.Finish(run)] : [], cancellation);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Whether it still waits at the point where this slice began: a recall may have dropped the checkpoint.</summary>
    static bool IsAsItWas(Session session, WaitingNetwork network) =>
        session.Number($"SELECT count(*) FROM science_network WHERE id = $1 AND state = {NetworkState.ForServer:d}", network.Id) == 1
        && (session.Bytes("SELECT checkpoint FROM science_network WHERE id = $1", network.Id) ?? [])
            .AsSpan().SequenceEqual(network.Begun ?? []);

    static void Store(Session session, WaitingNetwork network, int epoch, byte[]? checkpoint)
    {
        if (checkpoint is not null)
        {
            session.Execute($"UPDATE science_network SET checkpoint = $2 WHERE id = $1 AND state = {NetworkState.ForServer:d}",
                network.Id, checkpoint);
            return;
        }

        if (session.Execute($"UPDATE science_network SET state = {NetworkState.InZoo:d}, checkpoint = NULL WHERE id = $1 "
            + $"AND state = {NetworkState.ForServer:d}", network.Id) == 1)
        {
            session.Execute(
                "UPDATE science_machine SET ended = ended + 1, ended_epochs = ended_epochs + $2 WHERE id = $1",
                network.Machine, (long)epoch);
        }
    }

    long? Next(Session session)
    {
        var waiting = session.Rows($"SELECT id FROM science_network WHERE state = {NetworkState.ForServer:d} ORDER BY id LIMIT $1",
            row => row.Long(0), _failed.Count + 1L);
        return waiting.Find(id => !_failed.TryGetValue(id, out var failed) || Stopwatch.GetElapsedTime(failed) > s_retry) is > 0
            and var next ? next : null;
    }

    WaitingNetwork Read(Session session, long id)
    {
        var (machine, seed, from, recipe, population) = session.Row(
            $"SELECT n.machine_id, n.seed, n.checkpoint, {ScienceSchema.Recipe}, m.population_id FROM science_network n "
            + "JOIN science_machine m ON m.id = n.machine_id WHERE n.id = $1",
            row => (row.Long(0), (uint)row.Long(1), row.IsDBNull(2) ? null : row.GetFieldValue<byte[]>(2), row.Text(3), row.Long(4)), id);
        var planned = PlannedPopulation.ById(session, population);
        return new(
            id, machine, Recipe.Parse(recipe).WithFilesIn(planned.FileFolders(folder)) with { Seed = seed },
            from is null ? null : Checkpoint.FromBytes(from), from, planned);
    }

    sealed record WaitingNetwork(long Id, long Machine, Recipe Recipe, Checkpoint? From, byte[]? Begun, PlannedPopulation Population);
}
