using System.Collections.Concurrent;
using System.Diagnostics;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Verification;

/// <summary>How far a verification is.</summary>
/// <param name="Step">What is being done.</param>
public readonly record struct VerificationProgress(string Step, int Done, int Total);

/// <summary>
/// Proves a zoo or a release, or names what is wrong with it: checksums, shapes, finiteness, losses evaluated again, milestone chains,
/// duplicates (disguised ones too), subsets, splits, and networks or segments trained again bit for bit. It only reads.
/// </summary>
public static class Verifier
{
    /// <param name="folder">A zoo's or a release's.</param>
    /// <param name="report">Called now and then, from any thread.</param>
    /// <exception cref="ZooException">The folder is neither, or <c>Segments</c> are asked for where no checkpoints are kept. Damage is a
    /// doubt in the report, not an exception.</exception>
    public static VerificationReport Run(
        string folder, VerificationOptions options, Action<VerificationProgress> report, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var isRelease = ZooOrRelease.IsRelease(folder);
        if (isRelease && options.Segments > 0) throw new ZooException(NoSegments(folder, isRelease));
        var log = new VerificationLog();
        log.Begin(Checks.Files, isRelease
            ? "every file has its SHA-256 in SHA256SUMS, and none is missing or added"
            : "zoo.db is what its writer sealed, SQLite's own checks pass, checkpoints of unfinished runs are whole");
        var isOpened = isRelease
            ? Sha256Sums.Check(folder, log, options.Threads, (done, total) =>
                report(new VerificationProgress("Checking files", done, total)), cancellation)
            : VerifiableZoo.CheckSeal(folder, log, cancellation);
        IVerifiable? source = null;
        log.Begin(Checks.Opened, isRelease ? "manifest, recipes and table of networks can be read" : "the database can be read");
        if (!isOpened) log.Note(Checks.Opened, "not tried: what isn't a file isn't opened, nor is what lies behind it");
        else log.Count(Checks.Opened);
        if (isOpened)
        {
            log.Try(Checks.Opened, isRelease ? "the release" : ZooDatabase.FileName, () => source = isRelease
                ? new VerifiableRelease(folder, options) : new VerifiableZoo(folder, options));
        }

        using (source)
        {
            if (source is not null && options.Segments > 0 && source is not VerifiableZoo { HasKept: true })
                throw new ZooException(NoSegments(folder, isRelease));
            return source is null
                ? new VerificationReport(
                    isRelease ? "release" : "zoo",
                    folder, null, null, 0, log.Results(), log.Doubts(), [], [], options, watch.Elapsed.TotalSeconds)
                : Run(source, folder, log, options, report, watch, cancellation);
        }
    }

    static string NoSegments(string folder, bool isRelease) => isRelease
        ? $"The release '{folder}' has no checkpoints to train segments from, which need the optimiser's state too; "
            + "verify --segments takes a zoo, --retrain takes both."
        : $"The zoo '{folder}' keeps no checkpoints, so it has no segments to train again; "
            + "'mlds generate … --keep-milestones' makes it keep them.";

    static VerificationReport Run(
        IVerifiable source, string folder, VerificationLog log, VerificationOptions options, Action<VerificationProgress> report,
        Stopwatch watch, CancellationToken cancellation)
    {
        var hasKept = source is VerifiableZoo { HasKept: true };
        NetworkChecks.Announce(log, hasKept);
        source.CheckWhole(log, cancellation);
        Duplicates.Announce(log);
        var (checks, duplicates, done, total) = (new NetworkChecks(log), new Duplicates(log), 0, source.Networks.Count);
        report(new VerificationProgress("Checking networks", 0, total));
        // Whoever asks the stream for the next network holds its lock, so that the source is read by one thread at a time.
        Parallel.ForEach(
            Partitioner.Create(source.Runs(log), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation },
            run =>
            {
                log.Try(Checks.Records, run.Network, () => checks.Check(run));
                duplicates.Add(run);
                report(new VerificationProgress("Checking networks", Interlocked.Increment(ref done), total));
            });
        duplicates.Find(source.Networks);
        var retraining = new Retraining(source, checks, log, options);
        var networks = options.Retrain > 0 ? retraining.Networks(
            n => report(new VerificationProgress("Training again", n, Math.Min(options.Retrain, total))), cancellation) : [];
        var segments = options.Segments > 0 ? retraining.Segments(
            n => report(new VerificationProgress("Training segments again", n, options.Segments)), cancellation) : [];
        return new VerificationReport(source.Kind, folder, source.Population, WeightsDigest.Of(source.Networks), total, log.Results(),
            log.Doubts(), networks, segments, options, watch.Elapsed.TotalSeconds)
        {
            Asked = (source as VerifiableZoo)?.Asked,
        };
    }
}
