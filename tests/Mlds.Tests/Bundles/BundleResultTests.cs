using CsCheck;
using Mlds.Bundles;
using Mlds.Tests.Training;
using Mlds.Training;

namespace Mlds.Tests.Bundles;

public sealed class BundleResultTests
{
    [Fact]
    public void A_result_is_read_as_it_was_written()
    {
        var bytes = Unit.Result.ToBytes();
        var read = BundleResult.Read(bytes, Unit.Bundle);
        Assert.Equal(bytes, read.ToBytes());
        Assert.Equal(Unit.Result.ComparisonHash, read.ComparisonHash);
        Assert.Equal((Unit.Bundle.Sha256, read.ComparisonHash), BundleResult.Hashes(bytes));
        Assert.Equal([Outcome.NotConverged, null, null], read.Parts.Select(part => part.Outcome));
        Assert.Equal([4, 6, 9], read.Parts.Select(part => part.State.Epoch));
        Assert.True(bytes.Length <= Unit.Bundle.LargestResult);
    }

    [Fact]
    public void What_the_machine_says_of_itself_doesnt_enter_the_comparison()
    {
        var other = Unit.Result with
        {
            By = new Provenance("0.2.0", "another\nprocessor", "avx2", "", 0),
            Parts = [.. Unit.Result.Parts.Select(part => part with { State = part.State with { CoreSeconds = 7 } })],
        };
        var read = BundleResult.Read(other.ToBytes(), Unit.Bundle);
        Assert.Equal(Unit.Result.ComparisonHash, read.ComparisonHash);
        Assert.Equal("another processor", read.By.Processor);
        Assert.NotEqual(Unit.Result.ToBytes(), other.ToBytes());
    }

    [Fact]
    public void A_network_goes_on_in_further_units_to_the_same_bits()
    {
        var straight = Small.Train(Small.Recipe);
        TrainedPart? part = null;
        for (var unit = 0; part?.Outcome is null; unit++)
        {
            Assert.True(unit < 20);
            var bundle = Bundle.Read(Bundle.Of(5, [new BundleNetwork(Small.Recipe, part?.State)]).Bytes.ToArray());
            part = BundleResult.Read(Unit.Work(bundle).ToBytes(), bundle).Parts[0];
        }

        var network = part.Network(straight.Provenance);
        Assert.Equal(straight.WeightsSha256, network.WeightsSha256);
        Assert.Equal(straight.LongLoss, network.LongLoss);
        Assert.Equal(straight.History, network.History);
        Assert.Equal(straight.Milestones, network.Milestones);
    }

    [Fact]
    public void Whatever_byte_is_changed_the_result_is_refused()
    {
        var bytes = Unit.Result.ToBytes();
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte[1, 255]).Sample((at, change) =>
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= change;
            Assert.Throws<InvalidDataException>(() => BundleResult.Read(damaged, Unit.Bundle));
        }, iter: 300);
        Assert.Throws<InvalidDataException>(() => BundleResult.Read([.. bytes, 0], Unit.Bundle));
        for (var length = 0; length < bytes.Length; length += length < 128 ? 1 : 131)
            Assert.Throws<InvalidDataException>(() => BundleResult.Read(bytes[..length], Unit.Bundle));
    }

    [Fact]
    public void Whatever_stands_in_a_well_hashed_file_is_read_or_refused_in_a_sentence()
    {
        // A forger can write correct hashes for any content, so the reader must survive anything.
        var bytes = Unit.Result.ToBytes();
        var (claims, science) = (BitConverter.ToInt32(bytes, 12), BitConverter.ToInt32(bytes, 16));
        Gen.Select(Gen.Int[0, 220], Gen.Byte.Array[1, 6]).Sample((at, change) =>
        {
            var forged = bytes.ToArray();
            change.CopyTo(forged.AsSpan(20 + claims + at));
            Sha256Hash.Of(forged.AsSpan(20 + claims, science)).CopyTo(forged.AsSpan(20 + claims + science));
            Sha256Hash.Of(forged.AsSpan(0, forged.Length - 32)).CopyTo(forged.AsSpan(forged.Length - 32));
            try
            {
                BundleResult.Read(forged, Unit.Bundle);
            }
            catch (InvalidDataException refusal)
            {
                Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
            }
        }, iter: 1000);
    }

    [Fact]
    public void The_result_of_another_bundle_is_refused()
    {
        var other = Bundle.Of(5, Unit.Bundle.Networks);
        Assert.Contains(
            $"is of bundle {Unit.Bundle.Sha256}",
            Assert.Throws<InvalidDataException>(() => BundleResult.Read(Unit.Result.ToBytes(), other)).Message, StringComparison.Ordinal);
    }
}
