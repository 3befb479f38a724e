using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Mlds.Training;

/// <summary>
/// Seconds that a core was at work for the calling thread: what a run costs, whatever else the machine is doing. Exact to less than a
/// microsecond, since an epoch of a small network takes only a few hundred of them. Where the system doesn't tell (Windows), the wall
/// clock stands in.
/// </summary>
static class CoreClock
{
    /// <summary>CLOCK_THREAD_CPUTIME_ID (time.h); 0: none here.</summary>
    static readonly int s_clock = Probed(OperatingSystem.IsLinux() ? 3 : OperatingSystem.IsMacOS() ? 16 : 0);

    /// <summary>The clock's reading; only differences mean anything, and only between readings of one thread.</summary>
    public static double Seconds => s_clock != 0 && ClockGetTime(s_clock, out var time) == 0
        ? time.Seconds + (time.Nanoseconds * 1e-9)
        : (double)Stopwatch.GetTimestamp() / Stopwatch.Frequency;

    static int Probed(int clock)
    {
        try
        {
            return clock != 0 && ClockGetTime(clock, out _) == 0 ? clock : 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return 0;
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
