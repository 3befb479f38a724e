using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests;

/// <summary>
/// A small zoo of really trained networks with their milestones kept, and a release of it: made once, copied by every test.
/// </summary>
public sealed class Trained : IDisposable
{
    public const int Networks = 4;

    readonly ScratchFolder _scratch = new();

    public Trained()
    {
        using var writer = ZooWriter.Open(_scratch.In("z"), ZooPopulation.Of(Population));
        foreach (var machine in Population.MachineNames)
            for (var seed = 0u; seed < Networks; seed++) Train(writer, machine, seed);
        ReleaseWriter.Write(writer.Zoo, _scratch.In("r"), new ReleaseOptions([2, 4], ["npy", "h5"]), delegate { }, default);
    }

    /// <summary>
    /// Where they were trained, the time it took included: always the same, so that the files have the same bytes and what tests do to them
    /// can be repeated.
    /// </summary>
    internal static Provenance Provenance { get; } = new("0.1.0", "a processor", "avx2", "a-host", 1.5);

    static void Train(ZooWriter writer, string machine, uint seed)
    {
        using var run = new TrainingRun(Population.Recipe(machine, seed), Population.Data(machine));
        var kept = new List<Checkpoint>();
        while (run.Outcome is null)
        {
            run.NextEpoch();
            if (run.IsAtMilestone) kept.Add(run.Checkpoint() with { CoreSeconds = 0.5 });
        }

        writer.Store([run.Finish() with { Provenance = Provenance }], [], kept);
    }

    /// <summary>Machines that all converge, after enough epochs for some milestones.</summary>
    internal static Population Population { get; } = Population.Parse(
        Example.Small.CanonicalJson
            .Replace("0.02", "0.005", StringComparison.Ordinal)
            .Replace("\"epoch_limit\":30", "\"epoch_limit\":300", StringComparison.Ordinal)
            .Replace("\"milestone_every\":10", "\"milestone_every\":4", StringComparison.Ordinal)
            .Replace("ParityMachine", "SingleInvertMachine", StringComparison.Ordinal),
        "trained");

    public void Dispose() => _scratch.Dispose();

    /// <summary>Copies the zoo, or the release, to <paramref name="folder"/>.</summary>
    public void Copy(bool release, string folder)
    {
        var source = _scratch.In(release ? "r" : "z");
        foreach (var path in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(source, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    /// <summary>Names of the files of the release, relative to it.</summary>
    public string[] ReleaseFiles =>
        [.. Directory.EnumerateFiles(_scratch.In("r"), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_scratch.In("r"), path)).Order(StringComparer.Ordinal)];
}
