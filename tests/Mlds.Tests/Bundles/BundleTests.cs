using CsCheck;
using Mlds.Bundles;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tests.Training;
using Mlds.Training;

namespace Mlds.Tests.Bundles;

public sealed class BundleTests
{
    /// <summary>A checkpoint of the small recipe after so many epochs.</summary>
    static Checkpoint After(Recipe recipe, int epochs)
    {
        using var run = new TrainingRun(recipe, Small.Data);
        while (run.Epoch < epochs) run.NextEpoch();
        return run.Checkpoint();
    }

    static Bundle Example()
    {
        var begun = Small.Recipe with { Seed = 8 };
        return Bundle.Of(4, [
            new BundleNetwork(Small.Recipe, null),
            new BundleNetwork(Small.With(spec => spec with { ClipNorm = 0.25 }), null),
            new BundleNetwork(begun, After(begun, 3))]);
    }

    [Fact]
    public void A_bundle_is_read_as_it_was_written()
    {
        var bundle = Example();
        var read = Bundle.Read(bundle.Bytes.ToArray());
        Assert.Equal(bundle.Sha256, read.Sha256);
        Assert.Equal(4, read.EpochLimit);
        Assert.Equal(bundle.Networks.Select(network => network.Recipe.Id), read.Networks.Select(network => network.Recipe.Id));
        Assert.Null(read.Networks[0].From);
        Assert.Equal(bundle.Networks[2].From!.ToBytes(), read.Networks[2].From!.ToBytes());
        Assert.Equal(3, read.Networks[2].Begun);
        Assert.Equal(bundle.LargestResult, read.LargestResult);
    }

    [Fact]
    public void A_bundle_names_the_lowest_level_of_workers_that_can_carry_it_out()
    {
        BundleNetwork With(RecurrentCell cell) => new(
            Small.Recipe with { Network = (RecurrentSpec)Small.Recipe.Network with { Cell = cell } }, null);

        Assert.Equal(WorkerLevel.First, Example().WorkerLevel);
        Assert.Equal(2, Bundle.Of(4, [With(RecurrentCells.Gru), With(RecurrentCells.Lstm)]).WorkerLevel);
        Assert.Equal(2, Bundle.Of(4, [With(RecurrentCells.Elman)]).WorkerLevel);
        var decaying = Small.With(spec => spec with { Optimizer = spec.Optimizer with { WeightDecay = 0.1 } });
        Assert.Equal(3, Bundle.Of(4, [With(RecurrentCells.Elman), new BundleNetwork(decaying, null)]).WorkerLevel);
        Assert.Equal(
            WorkerLevel.Current, new[] { decaying.WorkerLevel, WorkerLevel.Files, RecurrentCells.All.Max(cell => cell.WorkerLevel) }.Max());
    }

    [Fact]
    public void Damaged_bytes_are_read_as_something_else_or_refused_in_a_sentence()
    {
        var bytes = Example().Bytes.ToArray();
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            var damaged = bytes.ToArray();
            damaged[at] = value;
            ReadsOrRefuses(damaged);
        }, iter: 400);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var bytes = Example().Bytes.ToArray();
        for (var length = 0; length < bytes.Length; length += length < 64 ? 1 : 97)
            Assert.Throws<InvalidDataException>(() => Bundle.Read(bytes[..length]));
        Assert.Throws<InvalidDataException>(() => Bundle.Read([.. bytes, 0]));
    }

    [Fact]
    public void Random_counts_after_the_magic_make_no_room_for_what_isnt_there()
    {
        Gen.Byte.Array[0, 64]
            .Sample(rest => Assert.Throws<InvalidDataException>(() => Bundle.Read([.. "MLDSUNIT"u8, 1, 0, 0, 0, .. rest])), iter: 2000);
    }

    [Fact]
    public void A_network_is_asked_for_once()
    {
        var network = new BundleNetwork(Small.Recipe, null);
        Assert.Contains(
            "no network twice", Assert.Throws<ArgumentException>(() => Bundle.Of(4, [network, network])).Message, StringComparison.Ordinal);
    }

    static void ReadsOrRefuses(byte[] bytes)
    {
        try
        {
            Bundle.Read(bytes);
        }
        catch (InvalidDataException refusal)
        {
            Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
        }
    }
}
