using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

public sealed class ZooOrReleaseTests(Trained trained) : IClassFixture<Trained>, IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    static string Kind(string folder) =>
        ZooOrRelease.Read(folder, zoo => $"zoo {zoo.Population.Name}", release => $"release {release.Population}");

    [Fact]
    public void A_folder_is_read_as_what_it_is()
    {
        trained.Copy(release: false, _scratch.In("z"));
        trained.Copy(release: true, _scratch.In("r"));
        Assert.Equal(("zoo small", "release small"), (Kind(_scratch.In("z")), Kind(_scratch.In("r"))));
        Assert.Contains("is neither a zoo", Assert.Throws<ZooException>(() => Kind(_scratch.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_without_its_manifest_is_a_damaged_release()
    {
        trained.Copy(release: true, _scratch.In("r"));
        File.Delete(Path.Combine(_scratch.In("r"), "manifest.json"));
        Assert.True(ZooOrRelease.IsRelease(_scratch.In("r")));
        var refused = Assert.Throws<InvalidDataException>(() => Kind(_scratch.In("r")));
        Assert.Contains("it has no manifest.json", refused.Message, StringComparison.Ordinal);
    }
}
