using System.Diagnostics;
using Mlds.Zoos.Releases;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests.Verification;

/// <summary>What others leave in a release's folder, what hubs make of it, and what would keep a reader waiting for ever.</summary>
public sealed class ReleaseTreeTests(Trained trained) : IClassFixture<Trained>, IDisposable
{
    readonly ScratchFolder _scratch = new();

    string Folder => _scratch.In("r");

    public void Dispose() => _scratch.Dispose();

    string At(string name) => Path.Combine(Folder, name);

    VerificationReport Verify(string folder) =>
        Task.Run(() => Verifier.Run(folder, new VerificationOptions(Threads: 2), _ => { }, TestContext.Current.CancellationToken))
            .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken).GetAwaiter().GetResult();

    static IEnumerable<string> Notes(VerificationReport report, string check) => report.Checks.Single(one => one.Name == check).Notes;

    static void MakeFifo(string path) => Process.Start("mkfifo", [path]).WaitForExit();

    [Fact]
    public void What_a_hub_git_or_a_desktop_leaves_is_mentioned_and_no_doubt()
    {
        trained.Copy(release: true, Folder);
        foreach (var folder in new[] { ".cache/huggingface/download", ".git/objects" }) Directory.CreateDirectory(At(folder));
        foreach (var file in new[] { ".gitattributes", ".cache/huggingface/download/weights.npy.metadata", ".git/objects/ab",
            ".DS_Store" })
        {
            File.WriteAllText(At(file), "x");
        }

        var report = Verify(Folder);

        Assert.Empty(report.Doubts);
        var note = Assert.Single(Notes(report, "files"));
        foreach (var name in new[] { ".cache/", ".git/", ".gitattributes", ".DS_Store" })
        {
            Assert.Contains(name, note,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_hubs_cache_of_links_to_files_is_sound_and_the_links_are_mentioned()
    {
        trained.Copy(release: true, Folder);
        Directory.CreateDirectory(_scratch.In("blobs"));
        foreach (var name in new[] { "weights.npy", "manifest.json" })
        {
            File.Move(At(name), Path.Combine(_scratch.In("blobs"), name));
            File.CreateSymbolicLink(At(name), $"../blobs/{name}");
        }

        var report = Verify(Folder);
        Assert.Empty(report.Doubts);
        Assert.Contains("2 files are links, such as manifest.json to ../blobs/manifest.json", Assert.Single(Notes(report, "files")),
            StringComparison.Ordinal);

        File.AppendAllText(Path.Combine(_scratch.In("blobs"), "weights.npy"), "x");
        Assert.Contains(Verify(Folder).Doubts, doubt => doubt is { Check: "files", Subject: "weights.npy" });
    }

    [Fact]
    public void A_file_that_is_no_dot_file_stays_a_doubt()
    {
        trained.Copy(release: true, Folder);
        File.WriteAllText(At("extra.txt"), "x");
        Assert.Equal("extra.txt", Assert.Single(Verify(Folder).Doubts).Subject);
    }

    [Theory]
    [InlineData("a link to the folder itself", "is a link to a folder, '.'")]
    [InlineData("a circle", "is a link that leads in a circle")]
    [InlineData("a device", "is a link to a device, '/dev/zero'")]
    [InlineData("nothing", "is a link to nothing")]
    [InlineData("a FIFO", "is a FIFO")]
    public void What_is_no_file_is_a_doubt_and_is_never_opened(string what, string says)
    {
        trained.Copy(release: true, Folder);
        // In place of a file that the checks would open, and beside them.
        foreach (var name in new[] { "layout.csv", "manifest.json", "stray" })
        {
            File.Delete(At(name));
            if (what == "a FIFO")
            {
                MakeFifo(At(name));
            }
            else
            {
                File.CreateSymbolicLink(At(name),
                    what switch { "a circle" => name, "a device" => "/dev/zero", "nothing" => "nowhere", _ => "." });
            }
        }

        var report = Verify(Folder);

        foreach (var name in new[] { "layout.csv", "manifest.json", "stray" })
            Assert.Contains(report.Doubts, doubt => doubt.Check == "files" && doubt.Subject == name && doubt.Message == says);
        Assert.Equal(3, report.Doubts.Count);
        Assert.Contains("isn't opened", Assert.Single(Notes(report, "opened")), StringComparison.Ordinal);
        if (what is "a circle" or "nothing") return;
        Assert.ThrowsAny<Exception>(() => Release.Open(Folder));
    }

    [Theory]
    [InlineData("zoo.db")]
    [InlineData("zoo.db-wal")]
    [InlineData("zoo.seal")]
    public void A_zoo_with_a_FIFO_for_a_file_is_a_doubt_and_keeps_nobody_waiting(string name)
    {
        trained.Copy(release: false, Folder);
        File.Delete(At(name));
        MakeFifo(At(name));
        Assert.Contains(Verify(Folder).Doubts, doubt => doubt.Check == "files"
            && doubt.Message.Contains("a FIFO, not a file", StringComparison.Ordinal));
        if (name == "zoo.seal") return;
        Assert.Contains("a FIFO", Assert.Throws<ZooException>(() => Zoo.Open(Folder)).Message, StringComparison.Ordinal);
        Assert.Contains("a FIFO", Assert.Throws<ZooException>(() => ZooWriter.Open(Folder, ZooPopulation.Of(Trained.Population))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("_")]
    public void Of_a_copy_without_folders_the_missing_folder_is_named_once(string between)
    {
        trained.Copy(release: true, Folder);
        var folders = Directory.GetDirectories(Folder).Select(folder => Path.GetFileName(folder)!).ToList();
        foreach (var folder in folders)
        {
            foreach (var file in Directory.GetFiles(At(folder)))
            {
                File.Move(file,
                    At(between.Length == 0 ? Path.GetFileName(file) : $"{folder}{between}{Path.GetFileName(file)}"));
            }

            Directory.Delete(At(folder));
        }

        var doubts = Verify(Folder).Doubts;

        Assert.NotEmpty(folders);
        Assert.Equal(folders.Select(folder => folder + "/").Order(StringComparer.Ordinal), doubts.Select(doubt => doubt.Subject));
        Assert.All(doubts, doubt => Assert.Contains("this folder is missing", doubt.Message, StringComparison.Ordinal));
        Assert.Equal(folders.Order(StringComparer.Ordinal),
            Release.Open(Folder).MissingFolders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_signal_ends_the_hashing_of_a_large_file()
    {
        trained.Copy(release: true, Folder);
        using (var file = File.OpenWrite(At("weights.npy"))) file.SetLength(1L << 38);
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Verifier.Run(Folder, new VerificationOptions(Threads: 2), progress =>
        {
            if (progress.Done > 0) stop.Cancel();
        }, stop.Token));
    }
}
