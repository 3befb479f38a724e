using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;

namespace Mlds.Zoos.Releases;

/// <summary>
/// A release as one compressed file. The tape archive is written here: names in order, no owner, no times, the same mode for all, so that
/// the same release gives the same bytes; the programs xz or zstd compress it, with settings that don't depend on the machine.
/// </summary>
public static class ReleaseArchive
{
    public static IReadOnlyList<string> KnownKinds { get; } = ["tar.xz", "tar.zst"];

    /// <summary>The program of a kind and its arguments: the number of threads is fixed because xz divides its work by it.</summary>
    static (string Program, string[] Arguments, string Package) Compressor(string kind) => kind == "tar.xz"
        ? ("xz", ["-6", "-T2", "-c"], "xz-utils")
        : ("zstd", ["-q", "-10", "-T1", "-c"], "zstd");

    /// <summary>Whether the kind's program is there, found before anything is written.</summary>
    /// <exception cref="ZooException">It isn't.</exception>
    public static void CheckProgram(string kind)
    {
        using var process = Start(kind, ["--version"]);
        process.StandardInput.Close();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
    }

    /// <summary>Writes the files of <paramref name="folder"/> under <paramref name="root"/> into <paramref name="path"/>.</summary>
    /// <param name="report">Files done.</param>
    /// <exception cref="ZooException">The program failed.</exception>
    public static void Write(string folder, string root, string path, string kind, Action<int> report, CancellationToken cancellation)
    {
        using var process = Start(kind, Compressor(kind).Arguments);
        using var stop = cancellation.Register(process.Kill);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var copy = Task.Run(() => Drain(process, path), CancellationToken.None);
        try
        {
            using (var writer = new TarWriter(process.StandardInput.BaseStream, TarEntryFormat.Gnu))
                WriteEntries(writer, folder, root, report, cancellation);
            copy.GetAwaiter().GetResult();
        }
        catch (IOException exception)
        {
            cancellation.ThrowIfCancellationRequested();
            // A full disk stops the copy, the copy stops the program, and the program stops us: the first of them says why.
            process.Kill();
            var cause = copy.Exception?.InnerException as IOException ?? exception;
            throw new IOException($"{cause.Message} {errors.Result.Trim()}".Trim(), cause);
        }

        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new ZooException($"{Compressor(kind).Program} ended with exit code {process.ExitCode}: {errors.Result.Trim()}");
    }

    static void Drain(Process process, string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        process.StandardOutput.BaseStream.CopyTo(file);
        file.Flush(flushToDisk: true);
    }

    static void WriteEntries(TarWriter writer, string folder, string root, Action<int> report, CancellationToken cancellation)
    {
        var done = 0;
        foreach (var name in ReleaseFiles.Names(folder))
        {
            cancellation.ThrowIfCancellationRequested();
            using var content = new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            // Not the Pax form: the library writes the number of its process into it.
            writer.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, $"{root}/{name}")
            {
                DataStream = content,
                ModificationTime = DateTimeOffset.UnixEpoch,
                AccessTime = DateTimeOffset.UnixEpoch,
                ChangeTime = DateTimeOffset.UnixEpoch,
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            });
            report(++done);
        }
    }

    static Process Start(string kind, string[] arguments)
    {
        var (program, _, package) = Compressor(kind);
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception exception)
        {
            throw new ZooException(
                $"An archive {kind} needs the program {program} (Debian's package {package}), "
                + "which is not installed; nothing was released.",
                exception);
        }
    }
}
