using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Mlds.Benchmarks;

/// <summary>What this machine's processor is called, in words and as the name of its folder under benchmarks/results.</summary>
/// <param name="Name">The name that the system gives; family and model are added where it has no model number.</param>
sealed partial record Processor(string Name)
{
    const string LinuxFile = "/proc/cpuinfo";

    public static Processor Here { get; } = new(Read());

    /// <summary>The name in lower case, words joined by dashes: <c>amd-epyc-family-26-model-2</c>.</summary>
    public string Folder => NotAName().Replace(Marks().Replace(Name, "").ToLowerInvariant(), "-").Trim('-');

    static string Read()
    {
        if (!File.Exists(LinuxFile))
            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var fields = File.ReadLines(LinuxFile)
            .TakeWhile(line => line.Length > 0)
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim());
        if (fields.TryGetValue("CPU implementer", out var implementer))
            return $"{RuntimeInformation.ProcessArchitecture} implementer {implementer} part {fields.GetValueOrDefault("CPU part")}";
        var name = fields.GetValueOrDefault("model name", RuntimeInformation.ProcessArchitecture.ToString());
        // Virtual machines often hide the model's number; family and model say which it is.
        return name.Any(char.IsDigit)
            ? name
            : $"{name}, family {fields.GetValueOrDefault("cpu family")}, model {fields.GetValueOrDefault("model")}";
    }

    /// <summary>Trade marks, and whatever in a name doesn't say which processor it is.</summary>
    [GeneratedRegex(@"\((R|TM)\)|\bCPU\b|\bProcessor\b|\b\d+-Core\b|@.*", RegexOptions.IgnoreCase)]
    private static partial Regex Marks();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotAName();
}
