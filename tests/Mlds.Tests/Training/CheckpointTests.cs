using Mlds.Training;

namespace Mlds.Tests.Training;

public sealed class CheckpointTests
{
    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        var checkpoint = Taken();
        var read = Checkpoint.FromBytes(checkpoint.ToBytes());
        Assert.Equal(checkpoint.Weights, read.Weights);
        Assert.Equal(checkpoint.FirstMoments, read.FirstMoments);
        Assert.Equal(checkpoint.SecondMoments, read.SecondMoments);
        Assert.Equal(checkpoint.History, read.History);
        Assert.Equal(checkpoint.Milestones, read.Milestones);
        Assert.Equal((checkpoint.RecipeId, checkpoint.CoreSeconds, 6), (read.RecipeId, read.CoreSeconds, read.Epoch));
    }

    [Fact]
    public void Truncated_anywhere_or_with_any_byte_changed_it_is_refused_in_words()
    {
        var bytes = Taken().ToBytes();
        for (var length = 0; length < bytes.Length; length += 97)
            Assert.Throws<InvalidDataException>(() => Checkpoint.FromBytes(bytes.AsSpan(0, length)));
        for (var at = 0; at < bytes.Length; at += 97)
        {
            byte[] altered = [.. bytes];
            altered[at] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => Checkpoint.FromBytes(altered));
        }
    }

    static Checkpoint Taken()
    {
        using var run = new TrainingRun(Small.Recipe, Small.Data);
        for (var i = 0; i < 6; i++) run.NextEpoch();
        return run.Checkpoint();
    }
}
