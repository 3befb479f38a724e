using System.Buffers.Text;
using System.Diagnostics;

namespace Mlds.Training;

/// <summary>
/// Seconds that a core was at work for the calling thread: what a run costs, whatever else the machine is doing. Where the system doesn't
/// tell (anything but Linux), the wall clock stands in.
/// </summary>
static class CoreClock
{
    /// <summary>First number: nanoseconds this thread has spent on a core (Linux, Documentation/scheduler/sched-stats).</summary>
    const string LinuxFile = "/proc/thread-self/schedstat";

    static readonly bool s_isKept = File.Exists(LinuxFile);

    /// <summary>The clock's reading; only differences mean anything, and only between readings of one thread.</summary>
    public static double Seconds
    {
        get
        {
            if (s_isKept)
            {
                Span<byte> text = stackalloc byte[64];
                using var file = File.OpenHandle(LinuxFile);
                var length = RandomAccess.Read(file, text, 0);
                if (Utf8Parser.TryParse(text[..length], out long nanoseconds, out _)) return nanoseconds * 1e-9;
            }

            return (double)Stopwatch.GetTimestamp() / Stopwatch.Frequency;
        }
    }
}
