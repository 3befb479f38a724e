using System.Globalization;
using Mlds.Worker.Frame;

namespace Mlds.Worker.Boinc;

/// <summary>
/// What the BOINC client tells an application in <c>init_data.xml</c>, of which this program needs little. The file also holds the
/// volunteer's account key: the key is never written anywhere.
/// </summary>
/// <param name="EarlierCpuTime">Processor seconds of earlier runs of this task (<c>wu_cpu_time</c>).</param>
/// <param name="CheckpointPeriod">Seconds that the volunteer wants to pass between two writes to the disk.</param>
/// <param name="ClientProcess">The client's process, or 0.</param>
/// <param name="MemoryBound">Bytes; 0 for none.</param>
/// <param name="DiskBound">Bytes; 0 for none.</param>
/// <param name="SharedMemoryName">Name of the shared memory on Windows; elsewhere it is a file.</param>
sealed record InitData(
    double EarlierCpuTime, double CheckpointPeriod, int ClientProcess, double MemoryBound, double DiskBound, string SharedMemoryName)
{
    public const string FileName = "init_data.xml";

    const int MostBytes = 1 << 20;

    /// <exception cref="FailureException">Larger than any client writes.</exception>
    public static InitData Read(string path)
    {
        if (new FileInfo(path).Length > MostBytes)
            throw new FailureException($"'{path}' is larger than {MostBytes} bytes, which no BOINC client writes.");
        var text = File.ReadAllText(path);
        return new InitData(
            Number(text, "wu_cpu_time"),
            Number(text, "checkpoint_period") is > 0 and <= 86_400 and var period ? period : 60,
            (int)Number(text, "client_pid"),
            Number(text, "rsc_memory_bound"),
            Number(text, "rsc_disk_bound"),
            Value(text, "comm_obj_name") ?? "");
    }

    static double Number(string text, string tag) =>
        double.TryParse(Value(text, tag), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and < 1e15 ? number : 0;

    /// <summary>The file has one element per line and no attributes: it is made for readers as simple as this one.</summary>
    static string? Value(string text, string tag)
    {
        var begin = text.IndexOf($"<{tag}>", StringComparison.Ordinal);
        if (begin < 0) return null;
        begin += tag.Length + 2;
        var end = text.IndexOf($"</{tag}>", begin, StringComparison.Ordinal);
        return end < 0 ? null : text[begin..end].Trim();
    }
}
