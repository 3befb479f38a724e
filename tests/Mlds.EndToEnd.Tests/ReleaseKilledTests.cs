using System.Diagnostics;

namespace Mlds.EndToEnd.Tests;

/// <summary>The program itself, stopped while it releases: what has a release's name is a whole release.</summary>
public sealed class ReleaseKilledTests : IDisposable
{
    const int Kills = 6;

    static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll");

    readonly ScratchFolder _scratch = new();

    public ReleaseKilledTests()
    {
        File.WriteAllText(_scratch.File("population.json"), s_population.Json);
        var generated = Mlds("generate", "population.json", "--zoo", "z", "--threads", "1");
        Assert.True(generated.ExitCode == 0, generated.Everything);
    }

    public void Dispose() => _scratch.Dispose();

    Command Mlds(params string[] arguments) => Command.Run("dotnet", [s_program, .. arguments], _scratch.Path, TimeSpan.FromMinutes(30));

    static string[] Release(string name) =>
        ["release", "z", "--out", name, "--formats", "npy,h5,safetensors", "--training-data", "--archive", "tar.zst"];

    Process Start(string name) => Process.Start(new ProcessStartInfo("dotnet", [s_program, .. Release(name)])
    {
        WorkingDirectory = _scratch.Path,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    [Fact]
    public void Killed_at_any_moment_it_leaves_no_release_or_a_whole_one_and_the_next_try_gives_the_same_bytes()
    {
        var watch = Stopwatch.StartNew();
        var undisturbed = Mlds(Release("whole"));
        if (undisturbed.Error.Contains("needs the program zstd", StringComparison.Ordinal)) Assert.Skip(undisturbed.Error);
        Assert.True(undisturbed.ExitCode == 0, undisturbed.Everything);
        var (whole, random, killed) = (watch.Elapsed, new Random(1), 0);
        for (var tries = 0; killed < Kills; tries++)
        {
            Assert.True(tries < 20 * Kills, $"Only {killed} of {tries} releases were killed.");
            watch.Restart();
            using var process = Start("r");
            if (process.WaitForExit(whole * (0.4 + (0.6 * random.NextDouble()))))
            {
                whole = watch.Elapsed; // the machine is less busy than it was
            }
            else
            {
                process.Kill();
                killed++;
            }

            process.WaitForExit();
            if (!Directory.Exists(_scratch.File("r"))) continue;
            AssertWhole("r");
            Directory.Delete(_scratch.File("r"), recursive: true);
            File.Delete(_scratch.File("r.tar.zst"));
        }

        var end = Mlds(Release("r"));
        Assert.True(end.ExitCode == 0, end.Everything);
        AssertWhole("r");
        Assert.Equal("", Command.Run("diff", ["-r", "whole", "r"], _scratch.Path, TimeSpan.FromMinutes(20)).Everything
            .Replace("exit code 0", "", StringComparison.Ordinal).Trim());
        // Two processes wrote these: nothing of a process is in them.
        Assert.Equal(File.ReadAllBytes(_scratch.File("whole.tar.zst")), File.ReadAllBytes(_scratch.File("r.tar.zst")));
        var leftovers = Directory.GetFileSystemEntries(_scratch.Path, "*.unfinished-*").Select(Path.GetFileName).ToList();
        Assert.All(
            leftovers,
            leftover => Assert.Contains($"{leftover}' was left by a release that was killed", end.Error, StringComparison.Ordinal));
    }

    [Fact]
    public void Terminated_it_takes_everything_back_and_says_so()
    {
        using var process = Start("t");
        // The first line of progress comes when it has begun to write.
        Assert.NotNull(process.StandardError.ReadLine());
        Command.Run("kill", ["-TERM", $"{process.Id}"], _scratch.Path, TimeSpan.FromMinutes(20));
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0)
        {
            AssertWhole("t");
            Assert.Skip("The release was whole before the signal came.");
        }

        Assert.Equal(130, process.ExitCode);
        Assert.EndsWith("mlds: Interrupted: nothing of the release is left; the zoo is as it was.\n", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Path, "t*"));
    }

    void AssertWhole(string name)
    {
        var sums = Command.Run("sha256sum", ["-c", "--quiet", "SHA256SUMS"], _scratch.File(name), TimeSpan.FromMinutes(20));
        Assert.True(sums.ExitCode == 0, sums.Everything);
    }

    static readonly TinyPopulation s_population = new()
    {
        Name = "killed",
        Description = "",
        Hidden = 12,
        Layers = 4,
        Linear = [12, 12, 12, 12, 8],
        Networks = 8,
        Data = (8192, 64, 16, 8, 32),
        Batch = 64,
        GoalLoss = 0.5,
        EpochLimit = 2,
        Machines = TinyPopulation.Named("SingleDirectMachine", "SimpleXORMachine", "ParityMachine"),
    };
}
