using System.IO.Compression;
using Mlds.Server.Contract;
using Mlds.Server.Downloads;
using Mlds.Server.Operating;
using Mlds.Server.Project;

namespace Mlds.Server.Tests.Project;

/// <summary>Files that many work units share.</summary>
public sealed class SharedFilesTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    async Task<(ProjectFolder Project, SharedFile File)> Prepare(byte[] content)
    {
        var settings = new ProjectSettings { Name = "Files", MasterUrl = "http://127.0.0.1:1/mlds/" };
        var project = await ProjectCreation.Create(_scratch.In("p"), settings, []);
        File.WriteAllBytes(_scratch.In("source"), content);
        var sha256 = NpzFile.Sha256(_scratch.In("source"));
        return (project, new SharedFile($"{sha256}.idx", sha256, _scratch.In("source")));
    }

    [Fact]
    public async Task A_file_is_copied_once_and_given_out_zipped_too_where_that_is_shorter()
    {
        var (project, file) = await Prepare(new byte[100_000]);
        var given = SharedFiles.Give(project, file);
        Assert.Equal((file.Name, file.Name, 100_000L, true), (given.Name, given.LogicalName, given.Bytes, given.IsShared));
        Assert.True(SharedFiles.IsZipped(project, file.Name));
        using (var zip = new GZipStream(File.OpenRead($"{project.Download(file.Name)}.gz"), CompressionMode.Decompress))
        using (var unzipped = new MemoryStream())
        {
            zip.CopyTo(unzipped);
            Assert.Equal(new byte[100_000], unzipped.ToArray());
        }

        // The next unit needs no source.
        File.Delete(file.Path);
        Assert.Equal(given, SharedFiles.Give(project, file));
        Assert.Equal([given], StoredInput.Parse($"{given}"));
        Assert.Empty(Directory.GetFiles(project.In("download"), "*.new", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_zipping_does_not_shorten_is_not_zipped()
    {
        var random = new byte[10_000];
        new Random(1).NextBytes(random);
        var (project, file) = await Prepare(random);
        SharedFiles.Give(project, file);
        Assert.False(SharedFiles.IsZipped(project, file.Name));
    }

    [Fact]
    public async Task A_file_that_is_not_of_its_hash_is_not_given_out()
    {
        var (project, file) = await Prepare(new byte[1000]);
        File.WriteAllBytes(file.Path, new byte[1001]);
        var error = Assert.Throws<IOException>(() => SharedFiles.Give(project, file));
        Assert.Contains($"not {file.Sha256}", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(project.Download(file.Name)));
        Assert.Empty(Directory.GetFiles(project.In("download"), "*", SearchOption.AllDirectories));
    }
}
