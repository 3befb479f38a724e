using Mlds.Server.Contract;
using Mlds.Server.Daemons;
using Mlds.Server.Database;
using Mlds.Server.Operating;
using Mlds.Server.Project;
using Mlds.Zoos;

namespace Mlds.Server.Science.Recalls;

/// <param name="Population">Only this population; null: every one.</param>
/// <param name="Host">Only what this host had a part in; 0: everything.</param>
/// <param name="Threads">Networks trained at once, at least 1.</param>
public sealed record RecallOptions(string? Population, long Host, int Threads);

/// <summary>Is told the population, how many have been looked at, and how many there are.</summary>
public delegate void RecallProgress(string population, int done, int total);

/// <summary>
/// Trains again what was taken over, from its recipe, and compares every bit. What differs is withdrawn, from the zoo or as a checkpoint to
/// go on from; its network is issued again, and the host is caught if it is certain whose it was. Each finding is stored at once, so a
/// recall that was killed goes on where it was, and what was once found right isn't trained again.
/// </summary>
public sealed class Recall
{
    readonly ResultExaminer _examiner = new();
    readonly ProjectDatabase _database;
    readonly string _folder;
    readonly Action<Session, long, string> _caught;
    readonly TimeProvider _time;

    /// <param name="folder">The project's folder.</param>
    /// <param name="caught">What happens to a caught host, in the transaction that stores that it was caught.</param>
    internal Recall(ProjectDatabase database, string folder, Action<Session, long, string> caught, TimeProvider time) =>
        (_database, _folder, _caught, _time) = (database, folder, caught, time);

    /// <summary>Looks at a project, whether it is being served meanwhile or not.</summary>
    /// <returns>What was found, one report per population.</returns>
    /// <exception cref="ProjectException">There is no such population or host.</exception>
    public static IReadOnlyList<RecallReport> Of(
        ProjectFolder project, ProjectDatabase database, RecallOptions options, RecallProgress progress, CancellationToken cancellation)
    {
        var (time, signals) = (TimeProvider.System, new Signals());
        void Caught(Session session, long host, string reason) =>
            HostVoiding.Void(session, project.Settings, signals, time.UnixSeconds(), host, reason);
        return new Recall(database, project.Path, Caught, time).Run(options, progress, cancellation);
    }

    internal IReadOnlyList<RecallReport> Run(RecallOptions options, RecallProgress progress, CancellationToken cancellation)
    {
        var populations = _database.Read(PlannedPopulation.All).Where(
            population => options.Population is null || population.Name == options.Population).ToList();
        if (populations.Count == 0)
        {
            throw new ProjectException(options.Population is { } name
                ? $"The project has no population '{name}'; `mlds project work add` adds one." : "The project has no population yet.");
        }

        if (options.Host != 0)
        {
            var present = _database.Read(session => HostMerge.Present(session, options.Host))
                ?? throw new ProjectException($"There is no host {options.Host}; `mlds project hosts` lists them.");
            options = options with { Host = present };
        }

        return populations.ConvertAll(population => Run(population, options, progress, cancellation));
    }

    RecallReport Run(PlannedPopulation population, RecallOptions options, RecallProgress progress, CancellationToken cancellation)
    {
        var id = _database.Write(session => Begin(session, population, options.Host)).GetAwaiter().GetResult();
        var withdrawal = new Withdrawal(_database, _folder, population, id, _caught, Now);
        withdrawal.Run(cancellation); // a killed one's
        var (trained, known) = (0, 0);
        bool again;
        do
        {
            var (now, before) = Look(population, id, options, progress, cancellation);
            (trained, known) = (trained + now, Math.Max(known, before));
            // Where a network has moved on meanwhile, its new state is looked at too.
            again = withdrawal.Run(cancellation);
        }
        while (again);
        var missing = options.Host == 0 ? withdrawal.Reissue(Missing(population)) : 0;
        var report = withdrawal.Finish(options.Host, trained, known, missing);
        report.WriteRecord(_folder);
        return report;
    }

    /// <summary>A recall that was begun and not finished goes on.</summary>
    long Begin(Session session, PlannedPopulation population, long host) =>
        session.Number("SELECT id FROM science_recall WHERE population_id = $1 AND host_id = $2 AND finished = 0", population.Id, host)
        ?? session.Number("INSERT INTO science_recall (population_id, host_id, started) VALUES ($1, $2, $3) RETURNING id", population.Id,
            host, Now())!.Value;

    /// <returns>How many were trained again, and how many were already known to be right.</returns>
    (int Trained, int Known) Look(
        PlannedPopulation population, long id, RecallOptions options, RecallProgress progress, CancellationToken cancellation)
    {
        using var zoo = Zoo.Open(Path.Combine(_folder, population.Zoo));
        var suspects = new Suspects(_database, population, options.Host).Find(zoo);
        var files = population.FileFolders(_folder);
        int done = 0, trained = 0, known = 0;
        progress(population.Name, 0, suspects.Count);
        Parallel.ForEach(
            suspects, new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation }, read =>
        {
            if (read() is { } suspect)
            {
                if (IsKnown(suspect, id))
                {
                    Interlocked.Increment(ref known);
                }
                else
                {
                    var asked = suspect.Asked with { Recipe = suspect.Asked.Recipe.WithFilesIn(files) };
                    Record(suspect, id, _examiner.Replay(asked, suspect.Part, cancellation));
                    Interlocked.Increment(ref trained);
                }
            }

            lock (suspects) progress(population.Name, ++done, suspects.Count);
        });
        return (trained, known);
    }

    /// <summary>Whether these very bits were looked at before. False ones that have come back are to be withdrawn again.</summary>
    bool IsKnown(Suspect suspect, long id)
    {
        var found = (RecheckState?)_database.Read(session => session.Number(
            "SELECT found FROM science_recheck WHERE network_id = $1 AND record_sha256 = $2", suspect.NetworkId, suspect.RecordSha256));
        if (found is RecheckState.False or RecheckState.Withdrawn)
        {
            _database.Write(session => session.Execute(
                $"UPDATE science_recheck SET found = {RecheckState.False:d}, recall_id = $3, origin = $4, hosts = $5 "
                + "WHERE network_id = $1 AND record_sha256 = "
                + "$2",
                suspect.NetworkId, suspect.RecordSha256, id, suspect.Origin, string.Join(' ', suspect.Hosts))).GetAwaiter().GetResult();
        }

        return found is not null;
    }

    void Record(Suspect suspect, long id, string? fault) => _database.Write(session => session.Execute(
        "INSERT INTO science_recheck (recall_id, network_id, record_sha256, found, ended, recipe_id, weights_sha256, epochs, origin, "
        + "hosts, fault, time) "
        + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (network_id, record_sha256) DO NOTHING",
        id, suspect.NetworkId, suspect.RecordSha256, (long)(fault is null ? RecheckState.Right : RecheckState.False),
        suspect.Part.Outcome is null ? 0L : 1L, suspect.Asked.Recipe.Id, suspect.WeightsSha256,
        (long)suspect.Part.State.Epoch, suspect.Origin, string.Join(' ', suspect.Hosts), fault ?? "", Now())).GetAwaiter().GetResult();

    List<long> Missing(PlannedPopulation population)
    {
        var suspects = new Suspects(_database, population, 0);
        using var zoo = Zoo.Open(Path.Combine(_folder, population.Zoo));
        return suspects.Missing(zoo);
    }

    long Now() => _time.UnixSeconds();
}
