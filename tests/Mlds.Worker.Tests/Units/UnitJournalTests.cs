using Mlds.Bundles;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Training;
using Mlds.Worker.Frame;
using Mlds.Worker.Units;

namespace Mlds.Worker.Tests.Units;

/// <summary>What a power cut leaves of a unit's journal.</summary>
public sealed class UnitJournalTests : IDisposable
{
    static readonly DataSpec s_data = new(Seed: 5, Training: 64, Validation: 16, Length: 4, LongTest: 2, LongLength: 8, Planted: null);

    static readonly MachineTask s_task = new(MachineCatalogue.Find("SimpleXORMachine")!, s_data);

    static readonly Recipe s_recipe = new(
        "SimpleXORMachine",
        s_task,
        s_task.Generate().Sha256,
        new RecurrentSpec(9, 3, 1, [8], Activation.None),
        new TrainingSpec(
            32, 0.01, new AdamSettings(0.9, 0.999, 1e-8), new LearningRateSchedule(2, 1e-3), 0.5, 1e-6, EpochLimit: 3, MilestoneEvery: 4),
        Seed: 3);

    static readonly Bundle s_bundle =
        Bundle.Of(3, [.. Enumerable.Range(0, 2).Select(i => new BundleNetwork(s_recipe with { Seed = (uint)i }, null))]);

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string Journal => _scratch.In("journal");

    static TrainedPart Part(int index)
    {
        using var run = new TrainingRun(s_bundle.Networks[index].Recipe, s_task.Generate());
        while (run.Outcome is null) run.NextEpoch();
        return TrainedPart.Of(run);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(32)]
    [InlineData(4096)]
    public void A_journal_of_zeros_begins_anew(int length)
    {
        File.WriteAllBytes(Journal, new byte[length]);
        var journal = new UnitJournal(Journal, s_bundle);
        Assert.Empty(journal.Read());
        journal.Append([Part(0)]);
        Assert.Single(new UnitJournal(Journal, s_bundle).Read());
    }

    [Fact]
    public void Zeros_after_good_records_are_cut_off()
    {
        new UnitJournal(Journal, s_bundle).Append([Part(0)]);
        var good = new FileInfo(Journal).Length;
        using (var file = File.OpenWrite(Journal)) file.SetLength(good + 4096);
        Assert.Single(new UnitJournal(Journal, s_bundle).Read());
        Assert.Equal(good, new FileInfo(Journal).Length);
        new UnitJournal(Journal, s_bundle).Append([Part(1)]);
        Assert.Equal(2, new UnitJournal(Journal, s_bundle).Read().Count);
    }

    [Fact]
    public void A_journal_of_another_unit_is_refused_and_unharmed()
    {
        var other = Enumerable.Repeat((byte)7, 100).ToArray();
        File.WriteAllBytes(Journal, other);
        Assert.Contains("belongs to bundle 0707", Assert.Throws<FailureException>(() => new UnitJournal(Journal, s_bundle).Read()).Message,
            StringComparison.Ordinal);
        Assert.Equal(other, File.ReadAllBytes(Journal));
    }
}
