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
        Assert.Equal(checkpoint.OptimizerState, read.OptimizerState);
        Assert.Equal(checkpoint.History, read.History);
        Assert.Equal(checkpoint.Milestones, read.Milestones);
        Assert.Equal((checkpoint.RecipeId, checkpoint.CoreSeconds, 6), (read.RecipeId, read.CoreSeconds, read.Epoch));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void One_of_an_optimiser_that_remembers_other_than_two_vectors_says_how_many(int vectors)
    {
        var taken = Taken();
        var other =
            taken with { OptimizerState = [.. Enumerable.Range(1, vectors).Select(i => Array.ConvertAll(taken.Weights, w => w * i))] };
        var bytes = other.ToBytes();
        Assert.Equal((1, 2), (taken.ToBytes()[8], bytes[8]));
        Assert.Equal(Checkpoint.Length(taken.Weights.Length, vectors, 6, taken.Milestones.Count), bytes.Length);
        var read = Checkpoint.FromBytes(bytes);
        Assert.True(other.HasSameBits(read));
        Assert.False(taken.HasSameBits(read));
    }

    [Fact]
    public void One_of_another_optimiser_is_refused_by_a_run()
    {
        var other = Taken() with { OptimizerState = [new float[Small.Recipe.Network.Parameters]] };
        var error = Assert.Throws<ArgumentException>(() => new TrainingRun(Small.Recipe, Small.Data, other));
        Assert.Contains("1 vectors of an optimiser that remembers 2", error.Message, StringComparison.Ordinal);
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
