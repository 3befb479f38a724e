using System.ComponentModel;
using System.Diagnostics;

namespace Mlds.Benchmarks.Growth;

/// <summary>What a process cost from its start to its end.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="CoreSeconds">Processor time of all its threads.</param>
/// <param name="PeakBytes">The most memory it had, files mapped into it included.</param>
sealed record MeasuredRun(double Seconds, double CoreSeconds, long PeakBytes)
{
    static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs <c>dotnet</c> with <paramref name="arguments"/>; its output is dropped.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0.</exception>
    internal static MeasuredRun Of(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var (cores, peak) = (TimeSpan.Zero, 0L);
        while (!process.WaitForExit(s_every))
        {
            try
            {
                // The system keeps both for the process' whole life, so that what is lost is the time since the last look.
                process.Refresh();
                (cores, peak) = (process.TotalProcessorTime, Math.Max(peak, process.PeakWorkingSet64));
            }
            catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
            {
                // It ended just now.
            }
        }

        var seconds = watch.Elapsed.TotalSeconds;
        return process.ExitCode == 0
            ? new MeasuredRun(Math.Round(seconds, 2), Math.Round(cores.TotalSeconds, 2), peak)
            : throw new InvalidOperationException(
                $"'{string.Join(' ', arguments)}' ended with {process.ExitCode}: {output.Result[^Math.Min(output.Result.Length, 2000)..]}\n"
                + error.Result);
    }

    /// <summary>One after the other.</summary>
    internal MeasuredRun Then(MeasuredRun other) => new(
        Math.Round(Seconds + other.Seconds, 2), Math.Round(CoreSeconds + other.CoreSeconds, 2), Math.Max(PeakBytes, other.PeakBytes));
}
