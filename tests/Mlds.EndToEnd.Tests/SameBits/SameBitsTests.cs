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

        var page = new BitsPage(Repository.PathOf("docs", "same-bits.md"));
        IReadOnlyList<Trained>? first = null;
        Console.WriteLine("The same recipes by every way:");
        foreach (var path in new BitsPaths(folder).All())
        {
            var started = System.Diagnostics.Stopwatch.StartNew();
            if (path.WhyNot() is { } reason)
            {
                Console.WriteLine($"  {path.Name}: not run, {reason}");
                page.NotRun(path, reason);
                continue;
            }

            var networks = path.Train();
            Console.WriteLine(FormattableString.Invariant(
                $"  {Trained.Digest(networks)}  {path.Name} ({path.Kernels}), {started.Elapsed.TotalSeconds:0.0} s"));
            first ??= networks;
            Assert.Equal(first, networks);
            page.Ran(path, networks);
        }

        page.Recipes(first!);
        if (Environment.GetEnvironmentVariable("MLDS_WRITE_BITS") == "1") page.Write();
        else page.Check();
    }
}
