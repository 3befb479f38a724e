using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Text;
using Mlds.Bundles;

namespace Mlds.Worker.Tests;

/// <summary>
/// What a BOINC client does for a task: a slot with links to the project's folder, the shared memory, and the program started in it. Tests
/// with the real client are the server's (tests/Mlds.Server.Tests); this one can tell what was said at which moment.
/// </summary>
sealed class FakeClient : IDisposable
{
    const int Channel = 1024;

    readonly string _folder = Directory.CreateTempSubdirectory("mlds-slot-").FullName;
    readonly MemoryMappedFile _file;
    readonly MemoryMappedViewAccessor _memory;

    public FakeClient(Bundle bundle, string initData = "")
    {
        Directory.CreateDirectory(Slot);
        Directory.CreateDirectory(Path.Combine(_folder, "projects"));
        File.WriteAllBytes(Path.Combine(_folder, "projects", "unit_0"), bundle.Bytes.ToArray());
        File.WriteAllText(Path.Combine(Slot, "bundle"), "<soft_link>../projects/unit_0</soft_link>\n");
        File.WriteAllText(Path.Combine(Slot, "result"), "<soft_link>../projects/unit_0_result</soft_link>\n");
        WriteInitData(initData);
        var memory = Path.Combine(Slot, "boinc_mmap_file");
        File.WriteAllBytes(memory, new byte[8 * Channel]);
        _file = MemoryMappedFile.CreateFromFile(memory, FileMode.Open, null, 0, MemoryMappedFileAccess.ReadWrite);
        _memory = _file.CreateViewAccessor(0, 8 * Channel);
    }

    public string Slot => Path.Combine(_folder, "slots");

    public string Result => Path.Combine(_folder, "projects", "unit_0_result");

    public bool Finished => File.Exists(Path.Combine(Slot, "boinc_finish_called"));

    /// <summary>The last thing the program said, or null; taken out of its channel.</summary>
    public Status? Hear()
    {
        if (_memory.ReadByte(5 * Channel) == 0) return null;
        var bytes = new byte[Channel - 1];
        _memory.ReadArray((5 * Channel) + 1, bytes, 0, bytes.Length);
        _memory.Write(5 * Channel, (byte)0);
        var text = Encoding.ASCII.GetString(bytes, 0, Array.IndexOf(bytes, (byte)0));
        double Value(string tag) =>
            double.Parse(text.Split($"<{tag}>")[1].Split($"</{tag}>")[0], NumberStyles.Float, CultureInfo.InvariantCulture);
        return new Status(Value("current_cpu_time"), Value("checkpoint_cpu_time"), Value("fraction_done"));
    }

    /// <summary>The next thing it says.</summary>
    public Status HearNext(Process process)
    {
        for (var wait = 0; wait < 6000 && !process.HasExited; wait++)
        {
            if (Hear() is { } status) return status;
            Thread.Sleep(50);
        }

        throw new InvalidOperationException($"The program said nothing; it ended: {process.HasExited}.");
    }

    /// <summary>Listens until the program reports progress, or has ended.</summary>
    public void HearOfProgressOrEnd(Process process)
    {
        while (!process.HasExited && Hear() is not { Fraction: > 0 }) Thread.Sleep(20);
    }

    public void Say(string message)
    {
        var bytes = Encoding.ASCII.GetBytes(message);
        _memory.WriteArray(1, bytes, 0, bytes.Length);
        _memory.Write(1 + bytes.Length, (byte)0);
        _memory.Write(0, (byte)1);
    }

    public void WriteInitData(string more) => File.WriteAllText(
        Path.Combine(Slot, "init_data.xml"),
        "<app_init_data>\n<wu_cpu_time>100.5</wu_cpu_time>\n<checkpoint_period>1</checkpoint_period>\n"
        + $"<client_pid>{Environment.ProcessId}</client_pid>\n<authenticator>0123456789abcdef0123456789abcdef</authenticator>\n"
        + $"{more}\n</app_init_data>\n");

    /// <summary>Starts the program of the tree in the slot, as a client would: with an empty command line.</summary>
    public Process Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "mlds-worker.dll")])
        {
            WorkingDirectory = Slot,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    public static (int Code, string Log) End(Process process)
    {
        var log = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, log);
    }

    public void Dispose()
    {
        _memory.Dispose();
        _file.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>What an application tells its client once a second.</summary>
readonly record struct Status(double Cpu, double CheckpointCpu, double Fraction);
