using CsCheck;
using Mlds.Training;

namespace Mlds.Zoos.Tests;

public sealed class RunBlobsTests
{
    static readonly Gen<float> s_bits = Gen.OneOf(Gen.Float, Gen.Int.Select(BitConverter.Int32BitsToSingle));

    static readonly Gen<EpochRecord[]> s_history = Gen.Select(s_bits, s_bits, Gen.Int[0, 2].Select(i => 0.01f / (1 << i))).Array[0, 60]
        .Select(rows => rows.Select((row, i) => new EpochRecord(i + 1, row.Item1, row.Item2, row.Item3)).ToArray());

    static int[] Bits(IEnumerable<EpochRecord> history) =>
        [.. history.SelectMany(
            epoch => new[] { epoch.TrainingLoss, epoch.ValidationLoss, epoch.LearningRate }.Select(BitConverter.SingleToInt32Bits))];

    [Fact]
    public void Any_history_comes_back_to_the_same_bits() =>
        s_history.Sample(history => Assert.Equal(Bits(history), Bits(HistoryBlob.Read(HistoryBlob.Write(history)))));

    [Fact]
    public void A_history_costs_8_bytes_an_epoch_and_little_more()
    {
        var history = Enumerable.Range(1, 1000)
            .Select(epoch => new EpochRecord(epoch, 1f / epoch, 2f / epoch, epoch < 500 ? 0.01f : 0.005f)).ToArray();
        Assert.Equal(8000 + 5 + 16, HistoryBlob.Write(history).Length);
    }

    [Fact]
    public void A_history_cut_short_or_lengthened_is_refused() =>
        s_history.Where(history => history.Length > 0).Sample(history =>
        {
            var bytes = HistoryBlob.Write(history);
            for (var length = 0; length < bytes.Length; length++)
                Assert.Throws<InvalidDataException>(() => HistoryBlob.Read(bytes.AsSpan(0, length)));
            Assert.Throws<InvalidDataException>(() => HistoryBlob.Read([.. bytes, 0]));
        });

    [Fact]
    public void A_history_with_a_gap_is_not_written() =>
        Assert.Throws<ArgumentException>(() => HistoryBlob.Write([new EpochRecord(1, 0, 0, 0), new EpochRecord(3, 0, 0, 0)]));

    [Fact]
    public void Milestones_come_back_and_damaged_ones_are_refused()
    {
        Milestone[] milestones = [new(10, 0.5f, new string('a', 64), new string('b', 64)), new(
            17, float.NaN, new string('c', 64), new string('d', 64))];
        var bytes = MilestoneBlob.Write(milestones);
        Assert.Equal(milestones, MilestoneBlob.Read(bytes));
        Assert.Throws<InvalidDataException>(() => MilestoneBlob.Read(bytes.AsSpan(1)));
        Assert.Throws<InvalidDataException>(() => MilestoneBlob.Read([]));
    }
}
