using Mlds.Releases;
using Mlds.Training;

namespace Mlds.Zoos.Tests;

/// <summary>A small zoo of really trained networks with their milestones kept, and a release of it: made once, copied by every test.</summary>
public sealed class Trained : IDisposable
{
    public const int Networks = 4;

    readonly ScratchFolder _scratch = new();

    public Trained()
    {
        using var writer = ZooWriter.Open(_scratch["z"], ZooPopulation.Of(Population));
        new GenerationRun(writer, Population, new GenerationOptions(Networks, Shard.All, 2, TimeSpan.FromSeconds(5)) { KeepMilestones = true }).Run(_ => { }, default);
        ReleaseWriter.Write(writer.Zoo, _scratch["r"], new ReleaseOptions([2, 4], ["npy", "h5"]), delegate { }, default);
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
        var source = _scratch[release ? "r" : "z"];
        foreach (var path in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(source, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    /// <summary>Names of the files of the release, relative to it.</summary>
    public string[] ReleaseFiles =>
        [.. Directory.EnumerateFiles(_scratch["r"], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_scratch["r"], path)).Order(StringComparer.Ordinal)];
}
