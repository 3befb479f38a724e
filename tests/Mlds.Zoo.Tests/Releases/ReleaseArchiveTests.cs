using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>Archives, opened by tar with xz and zstd.</summary>
public sealed class ReleaseArchiveTests : IDisposable
{
    readonly ExampleZoo _zoo = ExampleZoo.Drawn();

    public void Dispose() => _zoo.Dispose();

    WrittenRelease Write(string name, string kind) => _zoo.Write(name, new ReleaseOptions([2], ["npy"]) { Archive = kind });

    [Theory]
    [InlineData("tar.xz")]
    [InlineData("tar.zst")]
    public void Tar_unpacks_the_release_and_two_archives_of_one_zoo_are_the_same_bytes(string kind)
    {
        OtherPrograms.Run(kind == "tar.xz" ? "xz" : "zstd", _zoo.Folder, "--version");
        var written = Write("a", kind);
        Write("b", kind);
        Assert.Equal(File.ReadAllBytes(_zoo[$"a.{kind}"]), File.ReadAllBytes(_zoo[$"b.{kind}"]));
        Assert.Equal(new FileInfo(_zoo[$"a.{kind}"]).Length, written.Archive!.Bytes);
        OtherPrograms.Run("tar", _zoo.Folder, "-xf", $"a.{kind}");
        var root = $"mlds-small-{written.WeightsDigest[..8]}";
        Assert.Contains("weights.npy: OK", OtherPrograms.Run("sha256sum", _zoo[root], "-c", "SHA256SUMS"));
        OtherPrograms.Run("diff", _zoo.Folder, "-r", "a", root);
        // No owner, no time, and no number of a process, which two processes would not share.
        var listing = OtherPrograms.Run("tar", _zoo.Folder, "--utc", "-tvf", $"a.{kind}").TrimEnd().Split('\n');
        Assert.All(listing, line => Assert.Matches(@"^-rw-r--r-- 0/0 +\d+ 1970-01-01 00:00 mlds-small-", line));
        Assert.DoesNotContain("PaxHeaders", OtherPrograms.Run(
            "bash", _zoo.Folder, "-c",
            $"{(kind == "tar.xz" ? "xz" : "zstd")} -dc a.{kind} | tar --show-stored-names -tf - ; "
            + $"{(kind == "tar.xz" ? "xz" : "zstd")} -dc a.{kind} | strings | grep PaxHeaders || true"));
    }

    [Fact]
    public void An_archive_that_exists_is_left_alone_and_nothing_is_written()
    {
        File.WriteAllText(_zoo["r.tar.xz"], "mine");
        Assert.Contains("already there", Assert.Throws<ZooException>(() => Write("r", "tar.xz")).Message);
        Assert.Equal("mine", File.ReadAllText(_zoo["r.tar.xz"]));
        Assert.False(Path.Exists(_zoo["r"]));
    }
}
