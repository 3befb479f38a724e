using System.Diagnostics;
using Mlds.Bundles;
using Mlds.Server.Database;
using Mlds.Training;

namespace Mlds.Server.Science;

/// <summary>
/// Trains on the server what no volunteer could return, the longest waiting first and a slice at a time: how far it came is stored with every slice, so a kill loses that much at most. A network that
/// ended goes into the zoo before the row says so; the same network put there again changes nothing.
/// </summary>
sealed class TrainingHere(string folder, ResultExaminer examiner, OpenZoo zoo)
{
    /// <summary>Goes on with one network, by an epoch at least; false when none waits.</summary>
    public bool Slice(ProjectDatabase database, TimeSpan longest, Action<Session, ComputedHere> note, CancellationToken cancellation)
    {
        if (database.Read(Next) is not { } next) return false;
        using var run = examiner.Begin(new BundleNetwork(next.Recipe, next.From));
        var (before, watch) = (run.CoreSeconds, Stopwatch.StartNew());
        while (run.Outcome is null && (run.Epoch == (next.From?.Epoch ?? 0) || watch.Elapsed < longest))
        {
            cancellation.ThrowIfCancellationRequested();
            run.NextEpoch();
        }

        var ended = run.Outcome is not null;
        if (ended)
        {
            zoo.Add(
                Path.Combine(folder, next.Population.Zoo), Population.Parse(next.Population.Json, next.Population.Name),
                () => database.Read(session => IsAsItWas(session, next)) ? [ResultExaminer.Finish(run)] : [], cancellation);
        }
        var checkpoint = ended ? null : run.Checkpoint().ToBytes();
        var done = new ComputedHere(run.CoreSeconds - before, ended);
        database.Write(session =>
        {
            if (IsAsItWas(session, next)) Store(session, next, run.Epoch, checkpoint);
            note(session, done);
        }).Wait(cancellation);
        return true;
    }

    /// <summary>Whether it still waits, from where this slice began: a recall may have dropped what it began with.</summary>
    static bool IsAsItWas(Session session, WaitingNetwork network) =>
        session.Number("SELECT count(*) FROM science_network WHERE id = $1 AND state = 4", network.Id) == 1
        && (session.Bytes("SELECT checkpoint FROM science_network WHERE id = $1", network.Id) ?? []).AsSpan().SequenceEqual(network.Begun ?? []);

    static void Store(Session session, WaitingNetwork network, int epoch, byte[]? checkpoint)
    {
        if (checkpoint is not null)
        {
            session.Execute("UPDATE science_network SET checkpoint = $2 WHERE id = $1 AND state = 4", network.Id, checkpoint);
            return;
        }

        if (session.Execute("UPDATE science_network SET state = 2, checkpoint = NULL WHERE id = $1 AND state = 4", network.Id) == 1)
            session.Execute("UPDATE science_machine SET ended = ended + 1, ended_epochs = ended_epochs + $2 WHERE id = $1", network.Machine, (long)epoch);
    }

    static WaitingNetwork? Next(Session session)
    {
        var row = session.Row(
            "SELECT n.id, n.machine_id, n.seed, n.checkpoint, m.recipe, m.population_id FROM science_network n JOIN science_machine m ON m.id = n.machine_id WHERE n.state = 4 ORDER BY n.id LIMIT 1",
            row => ((long, long, uint, byte[]?, string, long)?)(
                row.Long(0), row.Long(1), (uint)row.Long(2), row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3), row.Text(4), row.Long(5)));
        if (row is not var (id, machine, seed, from, recipe, population)) return null;
        return new(
            id, machine, Recipe.Parse(recipe) with { Seed = seed }, from is null ? null : Checkpoint.FromBytes(from), from, PlannedPopulation.ById(session, population));
    }

    sealed record WaitingNetwork(long Id, long Machine, Recipe Recipe, Checkpoint? From, byte[]? Begun, PlannedPopulation Population);
}
