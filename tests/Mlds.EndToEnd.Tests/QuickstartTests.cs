using System.Text.Json.Nodes;

namespace Mlds.EndToEnd.Tests;

/// <summary>The quickstart in very small: what it leaves behind, and what it says when it can't. ReadmeTests runs it in full.</summary>
public sealed class QuickstartTests
{
    static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll");

    static Command Quickstart(ScratchFolder scratch, params string[] arguments) =>
        Command.Run("dotnet", [s_program, "quickstart", .. arguments], scratch.Path, TimeSpan.FromMinutes(15));

    [Fact]
    public void Two_networks_a_machine_give_a_zoo_a_release_and_a_report_and_a_second_run_finds_them()
    {
        using var scratch = new ScratchFolder();

        var first = Quickstart(scratch, "--out", "out", "--networks", "2");

        Assert.True(first.ExitCode == 0, first.Everything);
        var lines = first.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal($"Report: {Path.Combine("out", "report.html")}", lines[0]);
        Assert.StartsWith("Naming the machine from the weights: not asked. ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("Finding the key: not asked. ", lines[2], StringComparison.Ordinal);
        foreach (var name in new[]
        {
            "report.html", "metrics.json", "figures/weight-space.svg", "figures/weight-space.png", "zoo/zoo.db",
            "release/weights.npy", "release/SHA256SUMS",
        })
        {
            Assert.True(File.Exists(scratch.File("out/" + name)), name);
        }

        var released = File.GetLastWriteTimeUtc(scratch.File("out/release/weights.npy"));

        var second = Quickstart(scratch, "--out", "out", "--networks", "2", "--json");

        Assert.True(second.ExitCode == 0, second.Everything);
        Assert.Contains("all were there", second.Error, StringComparison.Ordinal);
        Assert.Equal(released, File.GetLastWriteTimeUtc(scratch.File("out/release/weights.npy")));
        var document = JsonNode.Parse(second.Output)!;
        Assert.Equal(2 * (int)document["machines"]!, (int)document["networks"]!);
        Assert.Null(document["which_machine"]);
        Assert.Equal(64, ((string)document["weights_digest"]!).Length);

        var larger = Quickstart(scratch, "--out", "out", "--networks", "3");

        Assert.Equal(1, larger.ExitCode);
        Assert.Contains("a release is never changed", larger.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", larger.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_number_or_a_file_in_the_way_gets_one_sentence()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.File("file"), "");

        var zero = Quickstart(scratch, "--networks", "0");
        var file = Quickstart(scratch, "--out", "file", "--networks", "1");

        Assert.Equal(2, zero.ExitCode);
        Assert.Matches("^mlds: --networks takes 1 … [0-9]+, not 0\\.\n$", zero.Error);
        Assert.Equal(1, file.ExitCode);
        Assert.Matches("^mlds: [^\n]*file[^\n]*\n$", file.Error);
        Assert.Equal(["file"], Directory.GetFileSystemEntries(scratch.Path).Select(Path.GetFileName));
    }
}
