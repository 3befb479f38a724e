using Mlds.Bundles;
using Mlds.Server.Contract;
using Mlds.Server.Science;

namespace Mlds.Server.Tests.Science;

/// <summary>Whoever reads a returned file again gets what was judged or nothing.</summary>
public sealed class ReturnedFilesTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly Bundle _bundle = Bundle.Of(10, [new BundleNetwork(Small.Population.Recipe("SingleDirectMachine", 1), null)]);
    readonly byte[] _honest;
    readonly byte[] _forged;

    public ReturnedFilesTests()
    {
        File.WriteAllBytes(_folder.In("bundle"), _bundle.Bytes.ToArray());
        _honest = new Volunteer(1).Compute(_bundle).ToBytes();
        _forged = new Volunteer(1, (network, _) =>
        {
            var part = Volunteer.Train(network, 10);
            var weights = part.State.Weights.ToArray();
            weights[0] += 1;
            return part with { State = part.State with { Weights = weights } };
        }).Compute(_bundle).ToBytes();
    }

    public void Dispose() => _folder.Dispose();

    ReturnedResult Result(byte[] content, string sha256 = "", string comparison = "")
    {
        File.WriteAllBytes(_folder.In("result"), content);
        return new ReturnedResult(1, 1, "unit_0", "unit_0_0", 1, 1, 1, 1, 1, "",
            [new("result", _folder.In("result"), content.Length, sha256)], [new("bundle", _folder.In("bundle"), 1)])
        {
            ComparisonHash = comparison,
        };
    }

    static string Sha256(byte[] content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));

    [Fact]
    public void A_file_is_held_to_the_hash_it_was_judged_with()
    {
        Assert.Single(new ReturnedFiles().Read(Result(_honest, Sha256(_honest))).Result.Parts);
        Assert.Throws<FileLostException>(() => new ReturnedFiles().Read(Result(_forged, Sha256(_honest))));
        var gone = Result(_honest, Sha256(_honest));
        File.Delete(_folder.In("result"));
        Assert.Throws<FileLostException>(() => new ReturnedFiles().Read(gone));
    }

    [Fact]
    public void One_that_an_earlier_version_judged_is_held_to_its_networks()
    {
        var comparison = BundleResult.Read(_honest, _bundle).ComparisonHash;
        Assert.Single(new ReturnedFiles().Read(Result(_honest, comparison: comparison)).Result.Parts);
        Assert.Throws<FileLostException>(() => new ReturnedFiles().Read(Result(_forged, comparison: comparison)));
        Assert.Throws<FileLostException>(() => new ReturnedFiles().Read(Result(_honest[..100], comparison: comparison)));
    }

    [Fact]
    public void What_was_read_before_is_given_out_for_the_same_bytes_only_and_not_for_the_same_result()
    {
        var files = new ReturnedFiles();
        var honest = files.Read(Result(_honest)).Result.ComparisonHash;
        var forged = files.Read(Result(_forged)).Result.ComparisonHash;
        Assert.NotEqual(honest, forged);
        Assert.Equal(honest, files.Read(Result(_forged, Sha256(_honest))).Result.ComparisonHash); // kept, whatever the disk has now
    }

    [Fact]
    public void A_file_that_was_read_once_is_the_same_for_whoever_asks_again()
    {
        var result = Result(_honest);
        Assert.Equal(Sha256(_honest), result.Outputs[0].Sha256);
        File.WriteAllBytes(_folder.In("result"), _forged);
        Assert.Equal(_honest, result.Outputs[0].Content);
    }

    [Fact]
    public void A_damaged_input_is_no_matter_of_the_result()
    {
        var input = new StoredFile("bundle", _folder.In("bundle"), 1, md5: new string('0', 32));
        Assert.IsNotType<FileLostException>(Assert.ThrowsAny<Exception>(() => input.Content));
    }
}
