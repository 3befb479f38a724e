using Mlds.Training;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Verification;

/// <summary>A release as <see cref="Verifier"/> reads it.</summary>
sealed class VerifiableRelease : IVerifiable
{
    readonly Release _release;
    readonly VerificationOptions _options;
    readonly ReleaseTable _table;
    readonly Dictionary<string, int> _rows;

    /// <exception cref="InvalidDataException">Its manifest, recipes or table can't be read at all.</exception>
    public VerifiableRelease(string folder, VerificationOptions options)
    {
        _options = options;
        _release = Release.Open(folder);
        _table = new ReleaseTable(Path.Combine(folder, NetworksTable.FileName), _release.Factors.Declared);
        _rows = [];
        for (var row = 0; row < Networks.Count; row++) _rows.TryAdd(Networks[row].RecipeId, row);
    }

    public string Kind => "release";

    public string Population => _release.Population;

    public IReadOnlyList<StoredNetwork> Networks => _release.Networks;

    public IReadOnlyList<int> KeptEpochs(StoredNetwork network) => [];

    public void Dispose()
    {
    }

    public void CheckWhole(VerificationLog log, CancellationToken cancellation)
    {
        new ReleaseChecks(_release, _table, log).Check();
        new TrajectoryChecks(_release, _table, log).Check(cancellation);
        // The first of several files with the weights is checked network by network; the others need only say the same.
        foreach (var file in ReleaseWeights.Files(_release.Folder).Skip(1))
        {
            log.Try(Checks.Weights, file, () =>
            {
                foreach (var (row, weights) in ReleaseWeights.Rows(_release.Folder, file, _release.Layout, Networks.Count).Index())
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (WeightsHash.Of(weights) != Networks[row].WeightsSha256)
                        log.Doubt(Checks.Weights, Networks[row], $"its weights in {file} have another SHA-256 than the record");
                }
            });
        }
    }

    public IEnumerable<StoredRun> Runs(VerificationLog log)
    {
        var file = ReleaseWeights.Files(_release.Folder) is [var first, ..] ? first : null;
        if (!_release.HasWeights)
        {
            log.Note(
                Checks.Weights,
                "the release has none, by intent: hashes and losses are checked against each other; --retrain N trains some again, "
                + "`mlds regenerate` all");
        }
        else if (file is null)
        {
            log.Doubt(Checks.Weights, "weights.npy", "no file of the release has weights");
        }

        using var rows = file is null ? null : ReleaseWeights.Rows(_release.Folder, file, _release.Layout, Networks.Count).GetEnumerator();
        var isReadable = rows is not null;
        for (var row = 0; row < Networks.Count; row++)
        {
            var weights = default(float[]);
            isReadable = isReadable && log.Try(
                Checks.Weights,
                file!,
                () => weights = rows!.MoveNext() ? rows.Current : throw new InvalidDataException($"it ends at row {row}"));
            yield return Read(row, weights, log);
        }
    }

    public StoredRun? Run(StoredNetwork network, VerificationLog log) =>
        _rows.TryGetValue(network.RecipeId, out var row) ? Read(row, null, log) : null;

    StoredRun Read(int row, float[]? weights, VerificationLog log)
    {
        var network = Networks[row];
        var run = new StoredRun(network, null, weights, _release.History(row), null, []);
        log.Try(Checks.Recipes, network, () =>
        {
            run = run with { Recipe = _options.WithFiles(_release.RecipeOf(network.Machine, network.Seed)) };
        });
        log.Try(Checks.Milestones, network, () => run = run with { Milestones = _table.Milestones(row, network.RecipeId, run.History!) });
        return run;
    }
}
