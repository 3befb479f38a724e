using Mlds.Bundles;
using Mlds.Kernels;
using Mlds.Kernels.Optimizers;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Training;
using Mlds.Worker.Boinc;
using Mlds.Worker.Frame;

namespace Mlds.Worker.Tests;

/// <summary>The program as a BOINC application, in a slot.</summary>
public sealed class BoincTests
{
    static readonly DataSpec s_data = new(Seed: 5, Training: 8192, Validation: 256, Length: 16, LongTest: 3, LongLength: 20, Planted: null);

    /// <summary>A few seconds of work: three networks to their epoch limit, the third of them further than the unit goes.</summary>
    static readonly Bundle s_bundle = Make(networks: 3, epochs: 40);

    static readonly Lazy<string> s_hash = new(() => Hash(s_bundle));

    static Bundle Make(int networks, int epochs)
    {
        var task = new MachineTask(MachineCatalogue.Find("SimpleXORMachine")!, s_data);
        var recipe = new Recipe(
            "SimpleXORMachine",
            task,
            task.Generate().Sha256,
            RecurrentSpec.Ds1,
            new TrainingSpec(
                128, 0.01, new AdamSettings(0.9, 0.999, 1e-8), new LearningRateSchedule(2, 1e-3), 0.5,
                1e-12, EpochLimit: epochs, MilestoneEvery: 4),
            Seed: 3);
        return Bundle.Of(
            epochs - 5,
            [.. Enumerable.Range(0, networks).Select(i => new BundleNetwork(
                recipe with { Seed = (uint)i, Training = recipe.Training with { EpochLimit = i == 2 ? epochs : epochs - 10 } }, null))]);
    }

    /// <summary>What an undisturbed run gives.</summary>
    static string Hash(Bundle bundle)
    {
        var data = bundle.Networks[0].Recipe.Task.Generate();
        var parts = bundle.Networks.Select(network =>
        {
            using var run = new TrainingRun(network.Recipe, data);
            while (run.Outcome is null && run.Epoch < bundle.EpochLimit) run.NextEpoch();
            return TrainedPart.Of(run);
        });
        return new BundleResult(bundle.Sha256, Provenance.Here("x"), KnownAnswer.Expected, [.. parts]).ComparisonHash;
    }

    static void SkipWithoutFma() => Assert.SkipUnless(
        KernelSet.HasHardwareFma && !OperatingSystem.IsWindows(),
        "The program refuses a processor without fused multiply-add, and this test's shared memory is a file.");

    static void AssertDone(FakeClient client)
    {
        Assert.Equal("0\n", File.ReadAllText(Path.Combine(client.Slot, "boinc_finish_called")));
        Assert.Equal(s_hash.Value, BundleResult.Read(File.ReadAllBytes(client.Result), s_bundle).ComparisonHash);
    }

    [Fact]
    public void It_tells_its_progress_as_it_goes_and_ends_with_the_result_that_the_trainer_gives()
    {
        SkipWithoutFma();
        using var client = new FakeClient(s_bundle);
        using var process = client.Start();
        var said = new List<Status>();
        while (!process.WaitForExit(20))
            if (client.Hear() is { } status) said.Add(status);
        if (client.Hear() is { } last) said.Add(last);

        var (code, log) = FakeClient.End(process);
        Assert.True(code == 0, log);
        AssertDone(client);
        Assert.True(said.Count >= 2, log);
        Assert.All(said.Zip(said.Skip(1)), pair =>
        {
            Assert.True(pair.Second.Fraction >= pair.First.Fraction);
            Assert.True(pair.Second.Cpu >= pair.First.Cpu);
        });
        Assert.True(said[0].Cpu >= 100.5);
        Assert.Equal(1, said[^1].Fraction);
        Assert.True(said[^1].CheckpointCpu > 100.5);
        Assert.DoesNotContain("0123456789abcdef", log, StringComparison.Ordinal);
        Assert.Contains("3/3 SimpleXORMachine seed 2: to be continued after 35 epochs", log, StringComparison.Ordinal);
    }

    /// <summary>A client sends what its tasks wrote with its report, everything at once after it was away.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(700, 11)]
    [InlineData(1024, 11)]
    public void However_many_networks_a_unit_has_few_lines_tell_of_them(int networks, int lines) =>
        Assert.Equal(lines, Enumerable.Range(1, networks).Count(done => BoincCommand.IsSaid(done, networks)));

    [Fact]
    public void Suspended_it_stops_and_resumed_it_goes_on()
    {
        SkipWithoutFma();
        using var client = new FakeClient(s_bundle);
        using var process = client.Start();
        while (client.HearNext(process).Fraction < 0.05)
        {
        }

        client.Say("<suspend/>");

        // It reports once a second: while it works it gets much further than this between two reports.
        var (before, now) = (client.HearNext(process), client.HearNext(process));
        while (now.Fraction != before.Fraction || now.Cpu - before.Cpu > 0.2) (before, now) = (now, client.HearNext(process));
        Assert.True(now.Fraction < 1);
        client.Say("<resume/>");
        var (code, log) = FakeClient.End(process);
        Assert.True(code == 0, log);
        AssertDone(client);
    }

    [Fact]
    public void Told_to_quit_or_killed_at_any_moment_it_comes_to_the_same_bits()
    {
        SkipWithoutFma();
        using var client = new FakeClient(s_bundle);
        var random = new Random(4);
        for (var run = 0; run < 4; run++)
        {
            using var process = client.Start();
            client.HearOfProgressOrEnd(process); // the rest of the work may be done before the next report
            Thread.Sleep(random.Next(900));
            if (run % 2 == 0)
            {
                if (run == 2) client.Say("<suspend/>");
                if (run == 2) Thread.Sleep(300);
                client.Say("<quit/>");
                var (code, log) = FakeClient.End(process);
                Assert.True(code == 0, log);
            }
            else
            {
                process.Kill();
                process.WaitForExit();
            }

            if (client.Finished) break;
        }

        if (!client.Finished)
        {
            using var process = client.Start();
            var (code, log) = FakeClient.End(process);
            Assert.True(code == 0, log);
        }

        AssertDone(client);
    }

    [Theory]
    [InlineData(198, "MB of memory, but may have 10 MB", "<rsc_memory_bound>10000000.000000</rsc_memory_bound>")]
    [InlineData(196, "MB of disk, but may have 0 MB", "<rsc_disk_bound>10000.000000</rsc_disk_bound>")]
    public void Bounds_that_it_could_not_keep_end_it_before_it_begins(int expected, string sentence, string initData)
    {
        SkipWithoutFma();
        using var client = new FakeClient(s_bundle, initData);
        using var process = client.Start();
        var (code, log) = FakeClient.End(process);
        Assert.Equal(expected, code);
        Assert.Contains(sentence, log, StringComparison.Ordinal);
        Assert.False(client.Finished);
    }

    [Fact]
    public void Aborted_it_ends_at_once()
    {
        SkipWithoutFma();
        using var client = new FakeClient(s_bundle);
        using var process = client.Start();
        client.HearNext(process);
        client.Say("<abort/>");
        Assert.Equal(194, FakeClient.End(process).Code);
        Assert.False(client.Finished);
    }

    [Fact]
    public void Without_its_client_it_stops_and_keeps_what_was_done()
    {
        SkipWithoutFma();
        using var client = new FakeClient(s_bundle, "");
        client.WriteInitData("");
        var path = Path.Combine(client.Slot, "init_data.xml");
        File.WriteAllText(
            path,
            File.ReadAllText(path).Replace($"<client_pid>{Environment.ProcessId}<", "<client_pid>2147483646<", StringComparison.Ordinal));
        using var process = client.Start();
        var (code, log) = FakeClient.End(process);
        Assert.Equal(0, code);
        Assert.Contains("the client is gone", log, StringComparison.Ordinal);
        Assert.False(client.Finished);
    }

    [Fact]
    public void A_machine_that_computes_otherwise_is_refused()
    {
        var refusal = Assert.Throws<FailureException>(() => Processor.CheckAnswer(new string('1', 64)));
        Assert.Contains("This machine computes wrongly", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(KnownAnswer.Expected, Processor.CheckAnswer(KnownAnswer.Compute()));
    }
}
