using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Mlds.EndToEnd.Tests;

/// <summary>The program itself, killed with -9 at random moments and started again: the zoo ends as if nothing had happened.</summary>
public sealed class GenerateKilledTests
{
    const int Kills = 10;

    static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll");

    static Command Mlds(string folder, params string[] arguments) =>
        Command.Run("dotnet", [s_program, .. arguments], folder, TimeSpan.FromMinutes(30));

    static string[] Generate(string zoo, int threads) => ["generate", "population.json", "--zoo", zoo, "--threads", threads.ToString(
        CultureInfo.InvariantCulture), "--checkpoint-every", "0.1", "--keep-milestones", "--json"];

    [Fact]
    public void A_generation_killed_ten_times_ends_with_the_same_weights_as_an_undisturbed_one_with_other_threads()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.File("population.json"), s_population.Json);
        var watch = Stopwatch.StartNew();
        var undisturbed = Mlds(scratch.Path, Generate("undisturbed", 1));
        Assert.True(undisturbed.ExitCode == 0, undisturbed.Everything);
        var whole = watch.Elapsed;

        // Every second kill comes at a moment from the start of the process to a fifth of the whole time later, the others that long after
        // its training has begun, however slowly the process started. The fixed seed is for the moments only.
        var random = new Random(1);
        var (killed, resumable) = (0, 0);
        for (var i = 0; killed < Kills; i++)
        {
            Assert.True(i < 20 * Kills, $"Only {killed} of {i} runs were killed before they ended.");
            using var process = Process.Start(new ProcessStartInfo("dotnet", [s_program, .. Generate("killed", 3)])
            {
                WorkingDirectory = scratch.Path,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.OutputDataReceived += (_, _) => { };
            using var trains = new ManualResetEventSlim();
            process.ErrorDataReceived += (_, _) => trains.Set();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (i % 2 == 1) trains.Wait(TimeSpan.FromMinutes(20), TestContext.Current.CancellationToken);
            var wait = TimeSpan.FromMilliseconds((i % 2 == 1 ? 300 : 100) + (random.NextDouble() * whole.TotalMilliseconds / 5));
            var ended = process.WaitForExit(wait);
            if (!ended) process.Kill();
            process.WaitForExit();
            resumable += Begun(scratch.File("killed"));
            if (!ended)
            {
                killed++;
                continue;
            }

            // All is trained already: again from the beginning, and sooner, as the machine is less busy than it was.
            Directory.Delete(scratch.File("killed"), recursive: true);
            whole /= 2;
        }

        Assert.True(resumable > 0, "No kill left a checkpoint to go on from.");
        var end = Mlds(scratch.Path, Generate("killed", 3));
        Assert.True(end.ExitCode == 0, end.Everything);
        var (expected, actual) = (JsonNode.Parse(undisturbed.Output)!, JsonNode.Parse(end.Output)!);
        Assert.Equal(9, (int)actual["networks"]!);
        Assert.Equal((string?)expected["weights_digest"], (string?)actual["weights_digest"]);
        Assert.All(actual["machines"]!.AsArray(), machine => Assert.Equal(0, (int)machine!["begun"]!));

        // Not only the weights: the whole record of every network, kept milestones included, except where and how long it was trained.
        foreach (var id in Ids(scratch.File("killed")))
            Assert.Equal(Record(scratch.Path, "undisturbed", id), Record(scratch.Path, "killed", id));
    }

    [Fact]
    public async Task Two_processes_on_one_zoo_get_a_sentence_and_a_terminated_one_stops_cleanly()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.File("population.json"), (s_population with { Networks = 3000 }).Json);
        using var first = Process.Start(new ProcessStartInfo("dotnet", [s_program, .. Generate("z", 1)])
        {
            WorkingDirectory = scratch.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            // Its first progress line comes when it holds the zoo and trains.
            var line = await first.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.NotNull(line);
            var second = Mlds(scratch.Path, Generate("z", 1));
            Assert.Equal(1, second.ExitCode);
            Assert.StartsWith(
                $"mlds: Another process is writing to the zoo 'z' (process {first.Id}", second.Error, StringComparison.Ordinal);
            Assert.Single(second.Error.TrimEnd().Split('\n'));
            Assert.Equal(0, Mlds(scratch.Path, "zoo", "z").ExitCode);
        }
        finally
        {
            Assert.Equal(0, Command.Run(
                "kill", ["-TERM", first.Id.ToString(CultureInfo.InvariantCulture)], scratch.Path, TimeSpan.FromMinutes(30)).ExitCode);
        }

        var error = await first.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.True(first.WaitForExit(TimeSpan.FromMinutes(20)));
        Assert.Equal(130, first.ExitCode);
        Assert.Contains("networks are stored; the same command goes on from there.", error, StringComparison.Ordinal);
    }

    /// <summary>Checkpoints in the zoo; none if the kill came before there was a zoo.</summary>
    static int Begun(string zoo)
    {
        try
        {
            using var opened = Zoos.Zoo.Open(zoo);
            return opened.Status().Machines.Sum(machine => machine.InProgress);
        }
        catch (Zoos.ZooException)
        {
            return 0;
        }
    }

    static List<string> Ids(string zoo)
    {
        using var opened = Zoos.Zoo.Open(zoo);
        return [.. opened.Networks().Select(network => network.RecipeId)];
    }

    static string Record(string folder, string zoo, string id)
    {
        using var opened = Zoos.Zoo.Open(Path.Combine(folder, zoo));
        var network = opened.Find(id).Single();
        return string.Join(
            '\n',
            [
                $"{network.Machine} {network.Seed} {network.Outcome} {network.Epochs} {network.TrainingLoss} "
                + $"{network.ValidationLoss} {network.LongLoss} {network.WeightsSha256}",
                opened.RecipeJson(network),
                .. opened.History(network).Select(epoch => epoch.ToString()),
                .. opened.Milestones(network).Select(milestone => milestone.ToString()),
                .. opened.KeptEpochs(network).Select(
                    epoch => $"kept at {epoch}: {Convert.ToHexString((opened.Kept(network, epoch) with { CoreSeconds = 0 }).ToBytes())}"),
            ]);
    }

    /// <summary>Real recipes, small: a machine that learns, one that doesn't, over enough epochs for a kill to fall into a run.</summary>
    static readonly TinyPopulation s_population = new()
    {
        Name = "killed",
        Hidden = 12,
        Layers = 2,
        Data = (8192, 256, 16, 16, 64),
        Batch = 128,
        GoalLoss = 0.0001,
        EpochLimit = 150,
        Machines = TinyPopulation.Named("SingleDirectMachine", "SimpleXORMachine", "ParityMachine"),
    };
}
