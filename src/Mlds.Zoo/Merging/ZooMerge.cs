using Mlds.Training;

namespace Mlds.Zoos.Merging;

/// <summary>What a merge did.</summary>
/// <param name="Added">Networks the target got.</param>
/// <param name="WereThere">Networks of the sources that it had, or that an earlier source had, with the same bits.</param>
/// <param name="Checkpoints">Unfinished runs whose checkpoint it took because it was further than its own.</param>
/// <param name="Kept">Kept checkpoints it got.</param>
public readonly record struct MergeResult(int Added, int WereThere, int Checkpoints, int Kept);

/// <summary>
/// Brings zoos of one population together, such as the shards of a cluster. Stopped in any way, the same merge goes on: what is there is
/// left as it is. Sources are only read.
/// </summary>
public static class ZooMerge
{
    /// <summary>Networks per transaction.</summary>
    const int Batch = 256;

    /// <param name="sources">Zoos of one population.</param>
    /// <param name="into">The zoo that gets everything; made where it isn't there.</param>
    /// <param name="report">Networks looked at, and networks in all sources.</param>
    /// <param name="shards">n: all n parts of <c>generate --shard i/n</c> must be among the zoos, none of them unfinished; null takes what
    /// is there.</param>
    /// <exception cref="ZooException">Zoos of several populations, a damaged one, or a network with other bits in two zoos: both and their
    /// origins are named, and nothing of any source is stored.</exception>
    public static MergeResult Run(IReadOnlyList<string> sources, string into, Action<int, int> report, CancellationToken cancellation,
        int? shards = null)
    {
        var zoos = new List<Zoo>();
        try
        {
            foreach (var source in sources) zoos.Add(Open(source, into));
            foreach (var zoo in zoos) CheckSame(zoos[0], zoo);
            CheckTogether(zoos, into, shards);
            using var writer = ZooWriter.Open(
                into, zoos[0].Population with { Files = [.. zoos.SelectMany(zoo => ZooFiles.In(zoo.Folder)).Distinct()] });
            foreach (var part in zoos.SelectMany(zoo => zoo.Parts)) writer.Ask(part);
            return Merge(zoos, writer, report, cancellation);
        }
        finally
        {
            foreach (var zoo in zoos) zoo.Dispose();
        }
    }

    static Zoo Open(string source, string into)
    {
        if (Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(into)))
            throw new ZooException($"'{source}' can't be merged into itself; name it only as --into, it keeps what it has.");
        return Zoo.Open(source);
    }

    static void CheckSame(Zoo first, Zoo other)
    {
        if (first.Population.Sha256 == other.Population.Sha256) return;
        var what = first.Population.Name == other.Population.Name
            ? $"two versions of the population '{first.Population.Name}'"
            : $"the populations '{first.Population.Name}' and '{other.Population.Name}'";
        throw new ZooException(
            $"The zoos '{first.Folder}' and '{other.Folder}' are of {what}; "
            + "only zoos of one population can be merged. Nothing was changed.");
    }

    /// <summary>Before anything is written.</summary>
    static void CheckTogether(List<Zoo> zoos, string into, int? shards)
    {
        using var target = Zoo.Exists(into) ? Zoo.Open(into) : null;
        List<Zoo> all = target is null ? zoos : [target, .. zoos];
        if (target is not null) CheckSame(zoos[0], target);
        foreach (var zoo in all) zoo.CheckPopulationText();
        if (shards is { } count) PartsCheck.Check(all, count);
        CheckConflicts(all);
    }

    /// <summary>Checks that zoos that hold the same network hold the same bits.</summary>
    static void CheckConflicts(List<Zoo> all)
    {
        var seen = new Dictionary<string, (string Sha256, int Zoo)>();
        foreach (var (i, zoo) in all.Index())
        {
            foreach (var network in zoo.Networks())
            {
                if (seen.TryAdd(network.RecipeId, (network.WeightsSha256, i)) || seen[network.RecipeId].Sha256 == network.WeightsSha256)
                    continue;
                var other = all[seen[network.RecipeId].Zoo];
                throw new ZooException(
                    $"Network {network.RecipeId} ({network.Machine}, seed {network.Seed}) has other weights in '{other.Folder}' "
                    + $"({other.Find(network.RecipeId).Single().Provenance.Origin}) than in '{zoo.Folder}' ({network.Provenance.Origin}); "
                    + "one of them computed wrongly: 'mlds train' tells which. Nothing was changed.");
            }
        }
    }

    static MergeResult Merge(List<Zoo> zoos, ZooWriter writer, Action<int, int> report, CancellationToken cancellation)
    {
        var (added, there, checkpoints, kept, done) = (0, 0, 0, 0, 0);
        var total = zoos.Sum(zoo => zoo.Status().Networks);
        report(0, total);
        foreach (var zoo in zoos)
        {
            foreach (var batch in zoo.Networks().Chunk(Batch))
            {
                cancellation.ThrowIfCancellationRequested();
                List<StoredNetwork> missing = [.. batch.Where(network => writer.Zoo.Find(network.RecipeId) is [])];
                List<Checkpoint> states = [.. batch.SelectMany(network => Missing(zoo, network.RecipeId, writer.Zoo))];
                if (missing.Count + states.Count > 0) writer.Import([.. missing.Select(network => zoo.Row(network))], [], states);
                (added, there, kept, done) =
                    (added + missing.Count, there + batch.Length - missing.Count, kept + states.Count, done + batch.Length);
                report(done, total);
            }

            foreach (var (machine, seed, id) in zoo.Unfinished().ToList())
            {
                cancellation.ThrowIfCancellationRequested();
                if (writer.Zoo.Find(id) is not []
                    || zoo.Checkpoint(id) is not { } checkpoint
                    || writer.Zoo.Checkpoint(id)?.Epoch >= checkpoint.Epoch)
                {
                    continue;
                }

                writer.Import([], [(machine, seed, checkpoint)], []);
                checkpoints++;
            }

            foreach (var id in zoo.UnfinishedKept().ToList())
            {
                cancellation.ThrowIfCancellationRequested();
                List<Checkpoint> states = [.. Missing(zoo, id, writer.Zoo)];
                if (states.Count > 0) writer.Import([], [], states);
                kept += states.Count;
            }
        }

        return new MergeResult(added, there, checkpoints, kept);
    }

    /// <summary>
    /// Kept checkpoints of a recipe that the target lacks or, as a safeguard, has with other bits, which storing refuses.
    /// </summary>
    static IEnumerable<Checkpoint> Missing(Zoo zoo, string recipeId, Zoo target)
    {
        foreach (var epoch in zoo.KeptEpochs(recipeId))
        {
            var state = zoo.ReadableKept(recipeId, epoch)
                ?? throw new ZooException(
                    $"The checkpoint kept of {recipeId} at epoch {epoch} in the zoo '{zoo.Folder}' is damaged; "
                    + "restore that zoo from a copy, or generate its shard again.");
            if (target.ReadableKept(recipeId, epoch) is { } there && there.HasSameBits(state)) continue;
            yield return state;
        }
    }
}
