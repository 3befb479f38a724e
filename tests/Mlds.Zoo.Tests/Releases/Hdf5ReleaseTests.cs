using Mlds.Zoos.Releases;
using Mlds.Zoos.Verification;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>What other programs make of <c>mlds.h5</c>, and what is no HDF5 at all.</summary>
public sealed class Hdf5ReleaseTests : IDisposable
{
    readonly ExampleZoo _zoo = ExampleZoo.Drawn();

    public void Dispose() => _zoo.Dispose();

    string Released()
    {
        _zoo.Write("r", [2, 4], "h5");
        return Path.Combine(_zoo["r"], "mlds.h5");
    }

    [Theory]
    [InlineData("-l", "weights:CHUNK=3x5")]
    [InlineData("-f", "weights:GZIP=4")]
    [InlineData("-f", "weights:SHUF", "-f", "weights:GZIP=9", "-l", "weights:CHUNK=12x1")]
    [InlineData("-f", "weights:FLET", "-l", "weights:CHUNK=1x7")]
    public void Weights_that_were_rewritten_chunked_or_compressed_are_the_same_weights(params string[] options)
    {
        var file = Released();
        var before = Release.Open(_zoo["r"]).ReadWeights();
        // h5repack copies no text of variable length into another layout, and we need the weights alone.
        OtherPrograms.Run("h5copy", _zoo.Folder, "-i", file, "-o", _zoo["weights.h5"], "-s", "weights", "-d", "weights");
        File.Delete(file);
        OtherPrograms.Run("h5repack", _zoo.Folder, [.. options, _zoo["weights.h5"], file]);
        Assert.Contains("CHUNKED", OtherPrograms.Run("h5dump", _zoo.Folder, "-pH", "-d", "weights", file), StringComparison.Ordinal);

        var release = Release.Open(_zoo["r"]);
        Assert.Equal(before.Weights, release.ReadWeights().Weights);
        Assert.Equal(before.Weights[..release.ReadWeights(2).Weights.Length], release.ReadWeights(2).Weights);
        var report = Verifier.Run(_zoo["r"], new VerificationOptions(Threads: 2), _ => { }, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(report.Doubts, doubt => doubt.Check == "weights");
        Assert.Contains(report.Doubts, doubt => doubt is { Check: "files", Subject: "mlds.h5" });
    }

    [Fact]
    public void Garbage_in_place_of_the_file_is_a_doubt_of_verify_and_a_sentence_of_every_reader()
    {
        var bytes = new byte[100_000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(Released(), bytes);
        var report = Verifier.Run(_zoo["r"], new VerificationOptions(Threads: 2), _ => { }, TestContext.Current.CancellationToken);
        Assert.Contains(report.Doubts, doubt => doubt is { Check: "weights", Subject: "mlds.h5" });
        Assert.Contains("damaged", Assert.Throws<InvalidDataException>(() => Release.Open(_zoo["r"]).ReadWeights()).Message,
            StringComparison.Ordinal);
    }
}
