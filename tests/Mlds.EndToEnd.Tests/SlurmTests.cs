using System.Text.Json.Nodes;

namespace Mlds.EndToEnd.Tests;

/// <summary>
/// The job scripts of docs/clusters, run by a real Slurm: shards as a job array, then merged and verified by a job that waits for them.
/// </summary>
public sealed class SlurmTests
{
    static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll");

    static readonly TimeSpan s_limit = TimeSpan.FromMinutes(30);

    static string Script(string name) => Repository.PathOf("docs", "clusters", name);

    [Fact]
    public void A_job_array_trains_the_shards_and_the_job_after_it_merges_and_verifies_them()
    {
        using var cluster = OneNodeCluster.Start(out var reason);
        if (cluster is null) Assert.Skip(reason);
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.File("population.json"), s_population.Json);
        var mlds = scratch.File("mlds");
        File.WriteAllText(mlds, $"#!/bin/sh\nexec dotnet '{s_program}' \"$@\"\n");
        Command.Run("chmod", ["+x", mlds], scratch.Path, s_limit);
        var environment = new Dictionary<string, string?>(cluster.Environment) { ["MLDS"] = mlds };
        Command Sbatch(params string[] arguments) =>
            Command.Run("sbatch", ["--parsable", "--cpus-per-task=1", .. arguments], scratch.Path, s_limit, environment);

        var array = Sbatch(
            "--array=0-2", "--output=shard-%a.log", Script("generate.sbatch"), "population.json", "4", "3", scratch.File("zoos"));
        Assert.True(array.ExitCode == 0, array.Everything);
        var merge = Sbatch("--wait", $"--dependency=afterany:{array.Output.Trim()}", "--output=merge.log", Script("merge.sbatch"),
            scratch.File("zoos"), "3");
        Assert.True(merge.ExitCode == 0, $"{merge.Everything}\n{Logs(scratch)}");
        Assert.Contains("All equal: no doubt about the zoo", File.ReadAllText(scratch.File("merge.log")), StringComparison.Ordinal);
        Assert.Contains("8 networks added", File.ReadAllText(scratch.File("merge.log")), StringComparison.Ordinal);

        // What one machine alone makes of the population.
        var alone = Command.Run(
            "dotnet", [s_program, "generate", "population.json", "--networks", "4", "--zoo", "alone", "--json"], scratch.Path, s_limit);
        var merged = Command.Run("dotnet", [s_program, "zoo", scratch.File("zoos/zoo"), "--json"], scratch.Path, s_limit);
        Assert.True(alone.ExitCode == 0 && merged.ExitCode == 0, alone.Everything + merged.Everything);
        Assert.Equal((string?)JsonNode.Parse(alone.Output)!["weights_digest"], (string?)JsonNode.Parse(merged.Output)!["weights_digest"]);

        // One task of the array again: it is still shard 1 of 3, and has nothing to do.
        var again = Sbatch(
            "--wait", "--array=1", "--output=again.log", Script("generate.sbatch"), "population.json", "4", "3", scratch.File("zoos"));
        Assert.True(again.ExitCode == 0, $"{again.Everything}\n{Logs(scratch)}");
        Assert.Contains("0 networks trained", File.ReadAllText(scratch.File("again.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_offset_gives_the_shards_of_a_second_array_and_the_merge_job_after_a_task_that_failed_says_which_is_missing()
    {
        using var cluster = OneNodeCluster.Start(out var reason);
        if (cluster is null) Assert.Skip(reason);
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.File("population.json"), s_population.Json);
        // The second shard's task ends as one whose time is up does.
        var mlds = scratch.File("mlds");
        File.WriteAllText(mlds, $"#!/bin/sh\ncase \"$*\" in *' 1/3 '*) exit 130;; esac\nexec dotnet '{s_program}' \"$@\"\n");
        Command.Run("chmod", ["+x", mlds], scratch.Path, s_limit);
        var environment = new Dictionary<string, string?>(cluster.Environment) { ["MLDS"] = mlds };
        Command Sbatch(params string[] arguments) =>
            Command.Run("sbatch", ["--parsable", "--cpus-per-task=1", .. arguments], scratch.Path, s_limit, environment);

        var first = Sbatch("--array=0-1", "--output=shard-%a.log", Script("generate.sbatch"), "population.json", "4", "3",
            scratch.File("zoos"), "0");
        var second = Sbatch("--array=0", "--output=second.log", Script("generate.sbatch"), "population.json", "4", "3",
            scratch.File("zoos"), "2");
        var merge = Sbatch(
            "--wait", $"--dependency=afterany:{first.Output.Trim()}:{second.Output.Trim()}", "--output=merge.log", Script("merge.sbatch"),
                scratch.File("zoos"), "3");

        Assert.True(merge.ExitCode == 1, $"{merge.Everything}\n{Logs(scratch)}");
        Assert.Contains("Nothing was merged: part 1/3 isn't among the zoos", File.ReadAllText(scratch.File("merge.log")),
            StringComparison.Ordinal);
        Assert.Equal(["shard-0", "shard-2"], Directory.GetDirectories(scratch.File("zoos"))
            .Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    static string Logs(ScratchFolder scratch) =>
        string.Join('\n', Directory.GetFiles(scratch.Path, "*.log").Select(log => $"{Path.GetFileName(log)}:\n{File.ReadAllText(log)}"));

    static readonly TinyPopulation s_population = new()
    {
        Name = "cluster",
        Hidden = 6,
        Layers = 2,
        Linear = [6, 8],
        Networks = 4,
        Data = (1024, 128, 8, 16, 32),
        Batch = 64,
        GoalLoss = 0.001,
        EpochLimit = 25,
    };
}
