using Mlds.Analysis.Results;

namespace Mlds.Analysis.Tests.Results;

public sealed class WorkFolderTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string Folder => _scratch.In("work");

    static LeftOut Found(int i) => new($"step {i}", "Because.");

    [Fact]
    public void A_step_is_done_once_and_again_when_its_file_is_damaged_or_half_written()
    {
        var done = 0;
        LeftOut Step()
        {
            done++;
            return Found(done);
        }

        using (var folder = WorkFolder.Open(Folder, "key"))
        {
            Assert.False(folder.Has("one"));
            Assert.Equal(Found(1), folder.Once("one", Step));
            Assert.Equal(Found(1), folder.Once("one", Step));
            File.WriteAllText(Path.Combine(Folder, "two.json.tmp"), "{");
            Assert.False(folder.Has("two"));
            Assert.Equal(Found(2), folder.Once("two", Step));
        }

        File.WriteAllText(Path.Combine(Folder, "one.json"), "{\"what\": ");
        using var later = WorkFolder.Open(Folder, "key");
        Assert.Equal(Found(2), later.Once("two", Step));
        Assert.Equal(Found(3), later.Once("one", Step));
        Assert.Equal(Found(3), later.Once("one", Step));
    }

    [Fact]
    public void Another_analysis_begins_anew_and_leaves_other_files_alone()
    {
        using (var folder = WorkFolder.Open(Folder, "key")) folder.Once("one", () => Found(1));
        File.WriteAllText(Path.Combine(Folder, "notes.txt"), "mine");
        using (var other = WorkFolder.Open(Folder, "another key")) Assert.False(other.Has("one"));
        WorkFolder.Remove(Folder);
        Assert.Equal("notes.txt", Path.GetFileName(Assert.Single(Directory.GetFiles(Folder))));
        File.Delete(Path.Combine(Folder, "notes.txt"));
        WorkFolder.Remove(Folder);
        Assert.False(Directory.Exists(Folder));
        WorkFolder.Remove(Folder);
    }

    [Fact]
    public void Two_analyses_do_not_share_a_folder()
    {
        using var folder = WorkFolder.Open(Folder, "key");
        var refused = Assert.Throws<IOException>(() => WorkFolder.Open(Folder, "key"));
        Assert.Contains("Another analysis", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_folder_nothing_is_kept()
    {
        using var none = WorkFolder.Open(null, "key");
        Assert.Equal(Found(1), none.Once("one", () => Found(1)));
        Assert.False(none.Has("one"));
        Assert.Null(none.ViewFile("raw"));
    }
}
