using System.Text.Json.Nodes;

namespace Mlds.EndToEnd.Tests;

/// <summary>benchmarks/loader_memory.py on a small release, and that data-loaders' workers share one copy of its weights.</summary>
public sealed class LoaderMemoryTests
{
    [Fact]
    public void Workers_of_a_data_loader_map_the_weights_and_copy_none()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This measures memory as Linux tells it.");
        if (SystemPython.Missing("torch") is { } missing) Assert.Skip(missing);
        var script = Repository.PathOf("benchmarks", "loader_memory.py");
        var run = SystemPython.Run(Repository.Root, "-B", script, "--networks", "5000", "--workers", "2");
        Assert.True(run.ExitCode == 0, run.Everything);
        var result = JsonNode.Parse(run.Output)!;
        var runs = result["runs"]!.AsArray()
            .ToDictionary(one => ((string)one!["loader"]!, (string)one["start"]!), one => one!["workers_megabytes"]!);
        var weights = (double)result["weights_megabytes"]!;

        Assert.Equal(4 * 5000 * 4364 / 1e6, weights, 0.1);
        foreach (var start in new[] { "fork", "spawn" })
        {
            var (without, with) = (runs[("no release", start)], runs[("now", start)]);
            // copies would be 2 × weights
            Assert.InRange((double)with["anonymous"]! - (double)without["anonymous"]!, double.NegativeInfinity, weights / 2);
            Assert.InRange((double)with["of_files"]!, weights * 0.9, double.PositiveInfinity); // they share one, the file's
        }
    }
}
