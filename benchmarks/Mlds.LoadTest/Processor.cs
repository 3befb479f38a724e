using System.Globalization;

namespace Mlds.LoadTest;

/// <summary>Which processes used the processors, from /proc (Linux), in clock ticks.</summary>
static class Processor
{
    public static string Name() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':') + 2)..]
            : "";

    /// <summary>Ticks of all cores since the start: idle ones, and all.</summary>
    public static (double Idle, double Total) Times()
    {
        var ticks = Fields(File.ReadLines("/proc/stat").First()).Skip(1).Take(8).Select(Number).ToArray();
        return (ticks[3] + ticks[4], ticks.Sum());
    }

    /// <summary>Ticks that a process used.</summary>
    public static double OfOurs(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        var fields = Fields(text[(text.LastIndexOf(')') + 2)..]);
        return Number(fields[11]) + Number(fields[12]);
    }

    /// <summary>The process that serves the folder.</summary>
    public static int Serving(string folder) => int.Parse(File.ReadAllText(Path.Combine(folder, "pid")), CultureInfo.InvariantCulture);

    static string[] Fields(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
