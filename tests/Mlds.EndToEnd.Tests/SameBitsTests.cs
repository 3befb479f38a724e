using System.Text.Json.Nodes;

namespace Mlds.EndToEnd.Tests;

/// <summary>One recipe, trained by the command line on processors that can do less and less: the weights stay the same to the bit.</summary>
public sealed class SameBitsTests
{
    static readonly Lazy<JsonNode> s_undisturbed = new(() => Train(new Dictionary<string, string?>()));

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "0", "avx2")]
    [InlineData("DOTNET_EnableAVX2", "0", "simd128")] // and so no hardware fused multiply-add: slow, the software one
    [InlineData("DOTNET_EnableHWIntrinsic", "0", "scalar")]
    [InlineData("MLDS_KERNELS", "simd128", "simd128")]
    [InlineData("MLDS_KERNELS", "scalar", "scalar")]
    public void Without_what_this_processor_has_the_weights_are_the_same(string variable, string value, string kernelSet)
    {
        var best = (string)s_undisturbed.Value["provenance"]!["kernel_set"]!;
        if (variable == "DOTNET_EnableAVX512" && best != "avx512") Assert.Skip("This processor has no AVX-512 to switch off.");
        if (variable == "DOTNET_EnableAVX2" && best is not ("avx512" or "avx2")) Assert.Skip("This processor has no AVX2 to switch off.");
        var network = Train(new Dictionary<string, string?> { [variable] = value });
        Assert.Equal(kernelSet, (string?)network["provenance"]!["kernel_set"]);
        foreach (var key in new[] { "recipe_id", "outcome", "epochs", "validation_loss", "long_loss", "weights_sha256" })
            Assert.Equal(s_undisturbed.Value[key]!.ToJsonString(), network[key]!.ToJsonString());
    }

    static JsonNode Train(Dictionary<string, string?> environment)
    {
        var run = Command.Run(
            Repository.PathOf("mlds"), ["train", "--machine", "SingleDirectMachine", "--seed", "7", "--json"], Repository.Root, TimeSpan.FromMinutes(10), environment);
        Assert.True(run.ExitCode == 0, run.Everything);
        return JsonNode.Parse(run.Output)!;
    }
}
