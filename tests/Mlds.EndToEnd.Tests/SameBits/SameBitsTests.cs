using System.Collections.Concurrent;
using System.Diagnostics;

namespace Mlds.EndToEnd.Tests.SameBits;

/// <summary>
/// The same recipes by every way there is to train them: the weights are the same to the bit. What ran, with its SHA-256, is printed,
/// compared with docs/same-bits.md, and with MLDS_WRITE_BITS=1 written there.
/// </summary>
public sealed class SameBitsTests
{
    [Fact]
    public void Every_way_of_training_gives_the_same_bits()
    {
        using var folder = new ScratchFolder();
        WorkerBuild[] builds =
            [WorkerBuild.NativeArm, WorkerBuild.NativeV4, WorkerBuild.NativeV3, WorkerBuild.Trimmed, WorkerBuild.Windows];
        Parallel.ForEach(
            builds.Where(build => build.WhyNot() is null), new ParallelOptions { MaxDegreeOfParallelism = 2 }, build => build.Publish());

        var ways = new BitsPaths(folder).All();
        var networks = TrainedBy(ways);
        var page = new BitsPage(Repository.PathOf("docs", "same-bits.md"));
        IReadOnlyList<Trained>? first = null;
        foreach (var (way, trained) in ways.Zip(networks))
        {
            if (trained is null)
            {
                page.NotRun(way, way.WhyNot()!);
                continue;
            }

            first ??= trained;
            Assert.Equal(first, trained);
            page.Ran(way, trained);
        }

        page.Recipes(first!);
        if (Environment.GetEnvironmentVariable("MLDS_WRITE_BITS") == "1") page.Write();
        else page.Check();
    }

    /// <summary>
    /// Goes two ways at a time, those of one build one after the other, those under the emulator, which take longest, first.
    /// </summary>
    /// <returns>The networks of each way; null for one that can't be gone here.</returns>
    static IReadOnlyList<Trained>?[] TrainedBy(IReadOnlyList<BitsPath> ways)
    {
        Console.WriteLine("The same recipes by every way:");
        var networks = new IReadOnlyList<Trained>?[ways.Count];
        var builds = ways.Index().GroupBy(way => way.Item.Build).OrderBy(build => build.Key == WorkerBuild.NativeArm ? 0 : 1);
        Parallel.ForEach(
            Partitioner.Create(builds, EnumerablePartitionerOptions.NoBuffering), new ParallelOptions { MaxDegreeOfParallelism = 2 },
            build =>
            {
                foreach (var (index, way) in build) networks[index] = Train(way);
            });
        return networks;
    }

    static IReadOnlyList<Trained>? Train(BitsPath way)
    {
        if (way.WhyNot() is { } reason)
        {
            Console.WriteLine($"  {way.Name}: not run, {reason}");
            return null;
        }

        var watch = Stopwatch.StartNew();
        var networks = way.Train();
        Console.WriteLine(FormattableString.Invariant(
            $"  {Trained.Digest(networks)}  {way.Name} ({way.Kernels}), {watch.Elapsed.TotalSeconds:0.0} s"));
        return networks;
    }
}
