using System.Diagnostics;

namespace Mlds.Tests;

/// <summary>What a user names by its path may be a file, a stream, or what never ends.</summary>
public sealed class InputTextTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mlds-input-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string At(string name) => Path.Combine(_folder, name);

    string Fifo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no mkfifo here.");
        Process.Start("mkfifo", [At("fifo")]).WaitForExit();
        return At("fifo");
    }

    /// <summary>Opened without .NET's own lock, which other programs don't know.</summary>
    static FileStream Writing(string fifo) => new(fifo, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

    [Fact]
    public void A_file_is_read_with_or_without_a_byte_order_mark()
    {
        File.WriteAllText(At("plain"), "Größe");
        File.WriteAllText(At("marked"), "Größe", new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(("Größe", "Größe"),
            (InputText.Read(At("plain"), TestContext.Current.CancellationToken),
            InputText.Read(At("marked"), TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_stream_is_read_to_its_end()
    {
        var fifo = Fifo();
        var reading = Task.Run(() => InputText.Read(fifo, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await using (var writer = new StreamWriter(Writing(fifo)))
        {
            await writer.WriteAsync("{\"a\":");
            await writer.FlushAsync(TestContext.Current.CancellationToken);
            await writer.WriteAsync("1}");
        }

        Assert.Equal("{\"a\":1}", await reading);
    }

    [Fact]
    public async Task A_stream_that_nobody_writes_to_can_be_left_waiting()
    {
        var fifo = Fifo();
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(() => InputText.Read(fifo, stop.Token), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        // Lets go of the thread that waits for the other end.
        Writing(fifo).Dispose();
    }

    [Fact]
    public void A_device_without_an_end_is_refused()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "There is no /dev/zero here.");
        Assert.Equal("'/dev/zero' has more than 64 MB; such a file has a few kB. Give another.",
            Assert.Throws<FormatException>(() => InputText.Read("/dev/zero", TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void Kinds_are_told_without_opening_anything()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Links, FIFOs and devices as Linux has them.");
        File.WriteAllText(At("file"), "x");
        File.CreateSymbolicLink(At("to-file"), "file");
        File.CreateSymbolicLink(At("to-nothing"), "nothing");
        File.CreateSymbolicLink(At("circle"), "circle");
        (string Path, FileKind Kind)[] expected =
        [
            (At("file"), FileKind.File), (At("to-file"), FileKind.File), (_folder, FileKind.Folder), (At("to-nothing"), FileKind.Nothing),
                (At("absent"), FileKind.Nothing),
            (At("file/below"), FileKind.Nothing), (At("circle"), FileKind.Circle), (Fifo(), FileKind.Fifo), ("/dev/zero", FileKind.Device),
        ];
        Assert.All(expected, one => Assert.Equal(one.Kind, FileKinds.Of(one.Path)));
        Assert.True(FileKinds.IsFile(At("to-file")));
        Assert.False(FileKinds.IsFile(At("to-nothing")));
        Assert.Equal("'/dev/zero' is a device, not a file; it wasn't opened.",
            Assert.Throws<InvalidDataException>(() => FileKinds.IsFile("/dev/zero")).Message);
    }

    [Fact]
    public void Standard_error_on_a_full_disk_loses_its_text_and_ends_nothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        // Never disposed: that would write once more what was not taken.
        var full =
            new StreamWriter(new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0)) { AutoFlush = true };
        Assert.Throws<IOException>(() => full.WriteLine("lost"));
        var steady = new SteadyWriter(full);
        steady.WriteLine("lost");
        steady.Write('x');
        steady.Write("lost {0}", 1);
        steady.Flush();
    }
}
