using Mlds.Training;
using Mlds.Zoos.Merging;
using Mlds.Zoos.Releases;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests;

/// <summary>Disks that are full or can't be written to: small memory disks that only root can make.</summary>
public sealed class DiskTests : IDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly string _disk;
    bool _isMounted;

    public DiskTests()
    {
        _disk = _scratch.In("disk");
        Directory.CreateDirectory(_disk);
    }

    public void Dispose()
    {
        if (_isMounted) Run("umount", "-l", _disk);
        _scratch.Dispose();
    }

    static bool Run(string program, params string[] arguments) =>
        Command.Run(program, arguments, "/", TimeSpan.FromMinutes(10)).ExitCode == 0;

    void Mount()
    {
        _isMounted = OperatingSystem.IsLinux() && Environment.UserName == "root" && Run(
            "mount", "-t", "tmpfs", "-o", "size=2m", "mlds-test", _disk);
        if (!_isMounted) Assert.Skip("Mounting a small disk needs root on Linux.");
    }

    [Fact]
    public void A_full_disk_gets_a_sentence_and_what_was_stored_stays()
    {
        Mount();
        var folder = Path.Combine(_disk, "z");
        var stored = new List<string>();
        using (var writer = ZooWriter.Open(folder, Example.Of(Example.Ds1Shape)))
        {
            var error = Assert.Throws<ZooException>(() =>
            {
                for (var seed = 0u; seed < 1000; seed++)
                {
                    var network = Example.Network(Example.Ds1Shape, "ParityMachine", seed);
                    writer.Add([network]);
                    stored.Add(network.WeightsSha256);
                }
            });
            Assert.Contains("The disk is full", error.Message);
        }

        Assert.InRange(stored.Count, 10, 200);
        using var zoo = Zoo.Open(folder);
        Assert.Equal(stored, zoo.Networks().Select(network => network.WeightsSha256));
        Assert.Equal(stored.Count, zoo.ReadWeights("ParityMachine").Networks.Count);
    }

    [Theory]
    [InlineData("npy")]
    [InlineData("h5")]
    [InlineData("safetensors")]
    public void A_release_that_fills_the_disk_gets_a_sentence_and_leaves_nothing(string format)
    {
        Mount();
        using (var writer = ZooWriter.Open(_scratch.In("z"), Example.Of(Example.Ds1Shape)))
        {
            foreach (var machine in Example.Ds1Shape.MachineNames)
                writer.Add([.. Enumerable.Range(0, 50).Select(seed => Example.Network(Example.Ds1Shape, machine, (uint)seed))]);
        }

        using var zoo = Zoo.Open(_scratch.In("z"));
        var error = Assert.Throws<ZooException>(() => ReleaseWriter.Write(
            zoo, Path.Combine(_disk, "r"), new ReleaseOptions([50], [format]), (_, _, _) => { }, TestContext.Current.CancellationToken));
        Assert.Contains("nothing of it is left", error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_disk));
    }

    [Fact]
    public void A_table_that_does_not_fit_the_disk_gets_a_sentence_too()
    {
        Mount();
        using (var writer = ZooWriter.Open(_scratch.In("z"), Example.Of(Example.Small)))
        {
            foreach (var machine in Example.Small.MachineNames)
                writer.Add([.. Enumerable.Range(0, 500).Select(seed => Example.Network(Example.Small, machine, (uint)seed, epochs: 300))]);
        }

        using var zoo = Zoo.Open(_scratch.In("z"));
        Assert.Throws<ZooException>(() => ReleaseWriter.Write(
            zoo, Path.Combine(_disk, "r"), new ReleaseOptions([500], ["npy"]), (_, _, _) => { }, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFileSystemEntries(_disk));
    }

    [Theory]
    [InlineData("tar.xz")]
    [InlineData("tar.zst")]
    public void An_archive_that_fills_the_disk_takes_its_release_along(string kind)
    {
        Mount();
        using (var writer = ZooWriter.Open(_scratch.In("z"), Example.Of(Example.Ds1Shape)))
        {
            foreach (var machine in Example.Ds1Shape.MachineNames)
                writer.Add([.. Enumerable.Range(0, 22).Select(seed => Example.Network(Example.Ds1Shape, machine, (uint)seed))]);
        }

        using var zoo = Zoo.Open(_scratch.In("z"));
        var options = new ReleaseOptions([22], ["npy"]);
        ReleaseWriter.Write(zoo, Path.Combine(_disk, "r"), options, (_, _, _) => { }, TestContext.Current.CancellationToken);
        Directory.Delete(Path.Combine(_disk, "r"), recursive: true);
        var error = Assert.Throws<ZooException>(() => ReleaseWriter.Write(
            zoo, Path.Combine(_disk, "r"), options with { Archive = kind }, (_, _, _) => { }, TestContext.Current.CancellationToken));
        Assert.Contains("No space left on device", error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_disk));
    }

    [Fact]
    public void A_release_to_a_disk_that_can_not_be_written_to_gets_a_sentence()
    {
        Mount();
        using (var writer = ZooWriter.Open(_scratch.In("z"), Example.Of(Example.Small)))
            writer.Add([.. Example.Small.MachineNames.Select(machine => Example.Network(Example.Small, machine, 1))]);
        using var zoo = Zoo.Open(_scratch.In("z"));
        Assert.True(Run("mount", "-o", "remount,ro", _disk));
        var error = Assert.Throws<ZooException>(() => ReleaseWriter.Write(
            zoo, Path.Combine(_disk, "r"), new ReleaseOptions([1], ["npy"]), (_, _, _) => { }, TestContext.Current.CancellationToken));
        Assert.Contains("nothing of it is left: Read-only file system", error.Message);
    }

    [Fact]
    public void A_zoo_on_a_disk_that_can_not_be_written_to_can_be_read()
    {
        Mount();
        var folder = Path.Combine(_disk, "z");
        var network = Example.Network(Example.Small, "ParityMachine", 1, Outcome.NotConverged);
        using (var writer = ZooWriter.Open(folder, Example.Of(Example.Small))) writer.Add([network]);
        Assert.True(Run("mount", "-o", "remount,ro", _disk));
        using (var zoo = Zoo.Open(folder)) Assert.Equal(network.Weights, zoo.ReadWeights(zoo.Networks().Single()));
        var report = Verifier.Run(folder, new(), _ => { }, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(report.Doubts, doubt => doubt.Check is "files" or "weights");
        Assert.Equal(1, ZooMerge.Run([folder], _scratch.In("merged"), (_, _) => { }, TestContext.Current.CancellationToken).Added);
        var error = Assert.Throws<ZooException>(() => ZooWriter.Open(folder, Example.Of(Example.Small)));
        Assert.Contains("can't be written to", error.Message);
        Assert.Contains(
            "can't be made",
            Assert.Throws<ZooException>(() => ZooWriter.Open(Path.Combine(_disk, "new"), Example.Of(Example.Small))).Message);
    }
}
