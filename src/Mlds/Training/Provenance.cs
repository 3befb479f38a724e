using System.Reflection;
using System.Runtime.InteropServices;

namespace Mlds.Training;

/// <summary>Where and by what a network was trained. It never changes the bits; it is there so that a doubt can be traced.</summary>
/// <param name="ProgramVersion">Version of this program.</param>
/// <param name="Processor">The processor's name, as the system tells it.</param>
/// <param name="KernelSet">The kernels that ran: <c>avx512</c>, <c>avx2</c>, <c>simd128</c> or <c>scalar</c>.</param>
/// <param name="Host">Name of the machine it ran on.</param>
/// <param name="CoreSeconds">Seconds that a core was at work on this run, over all pauses and resumptions.</param>
public sealed record Provenance(string ProgramVersion, string Processor, string KernelSet, string Host, double CoreSeconds)
{
    /// <summary>Version of this program.</summary>
    public static string Version { get; } =
        typeof(Provenance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>Where, as a message says it: <c>from host (mlds 0.1.0, processor, kernels)</c>. A release doesn't name hosts.</summary>
    public string Origin => $"{(Host.Length > 0 ? $"from {Host} " : "")}(mlds {ProgramVersion}, {Processor}, {KernelSet})";

    static readonly string s_processor = ReadProcessor();

    /// <summary>The provenance of a run on this machine.</summary>
    /// <param name="kernelSet">What trains.</param>
    /// <param name="coreSeconds">What it took.</param>
    public static Provenance Here(string kernelSet, double coreSeconds = 0) =>
        new(Version, s_processor, kernelSet, Environment.MachineName, coreSeconds);

    static string ReadProcessor()
    {
        const string LinuxFile = "/proc/cpuinfo";
        var fallback = Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
        if (!File.Exists(LinuxFile)) return fallback;
        var line = File.ReadLines(LinuxFile).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return line is null ? fallback : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
