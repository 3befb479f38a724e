namespace Mlds.Cli.Frame;

/// <summary>What is known about the terminal, if the program runs in one.</summary>
static class Terminal
{
    /// <summary>A terminal that can't move its cursor, or no terminal.</summary>
    public static bool IsDumb => Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" && !OperatingSystem.IsWindows();

    /// <summary>Columns to draw in, 40 … 160.</summary>
    public static int Width
    {
        get
        {
            try
            {
                return Console.IsOutputRedirected ? 80 : Math.Clamp(Console.WindowWidth - 1, 40, 160);
            }
            catch (IOException)
            {
                return 80;
            }
        }
    }

    /// <summary>A number of bytes as people say it: 18.4 kB, 1.20 GB.</summary>
    public static string Size(double bytes) => bytes switch
    {
        < 1e6 => FormattableString.Invariant($"{bytes / 1e3:0.0} kB"),
        < 1e9 => FormattableString.Invariant($"{bytes / 1e6:0.0} MB"),
        _ => FormattableString.Invariant($"{bytes / 1e9:0.00} GB"),
    };

    /// <summary>A time as people say it: 8 s, 3 min 20 s, 2 h 5 min.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => FormattableString.Invariant($"{time.TotalSeconds:0.0} s"),
        { TotalSeconds: < 60 } => FormattableString.Invariant($"{time.TotalSeconds:0} s"),
        { TotalMinutes: < 60 } => $"{(int)time.TotalMinutes} min {time.Seconds} s",
        { TotalHours: < 48 } => $"{(int)time.TotalHours} h {time.Minutes} min",
        _ => $"{(int)time.TotalDays} d {time.Hours} h",
    };
}
