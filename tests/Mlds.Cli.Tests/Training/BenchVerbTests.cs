using Mlds.Kernels;

namespace Mlds.Cli.Tests.Training;

/// <summary><c>mlds bench --images</c>; <c>CellsTests</c> has other cells.</summary>
public sealed class BenchVerbTests
{
    [Fact]
    public void Images_are_measured_on_LeNet_5_and_both_kernel_sets_are_told()
    {
        var result = MldsCommand.Json("bench", "--images", "--batch", "8", "--seconds", "1");

        Assert.Equal(8, (int)result["batch"]!);
        Assert.Equal(KernelSet.Best, (string)result["kernel_set"]!);
        Assert.Equal("[1,28,28]", result["network"]!["image"]!.ToJsonString());
        Assert.Equal(7, result["network"]!["layers"]!.AsArray().Count);
        Assert.InRange((double)result["share_of_peak"]!, 0.001, 1);
        Assert.Equal(8e6 / (double)result["step_microseconds_median"]!, (double)result["images_per_second"]!, 0.01 * 8e6);
        Assert.Null(result["sample_timesteps_per_second"]);
        Assert.Null(result["steps"]);
        Assert.Null(result["cell"]);
        Assert.Equal(KernelSet.Best == "avx512", result["avx2"] is not null);
    }

    [Fact]
    public void Batches_of_images_are_64_unless_said_otherwise()
    {
        var text = MldsCommand.Runs("bench", "--images", "--seconds", "1");

        Assert.StartsWith($"LeNet-5 on images of 28 × 28, batch 64, one core, {KernelSet.Best} kernels:\n", text, StringComparison.Ordinal);
        Assert.Matches(@"speed +[\d,]+ images/s\n", text);
        Assert.DoesNotContain("as the equations count it", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cell", "gru")]
    [InlineData("--hidden", "12")]
    [InlineData("--steps", "16")]
    public void What_only_recurrent_networks_have_is_refused_with_images(string option, string value)
    {
        var (code, output, error) = MldsCommand.Run("bench", "--images", option, value);

        Assert.Equal(
            (2, "", "mlds: --steps, --cell and --hidden don't go with --images: LeNet-5 has no recurrent layers, and images no steps.\n"),
            (code, output, error));
    }

    [Fact]
    public void A_whole_network_has_its_images_from_its_recipe()
    {
        var (code, _, error) = MldsCommand.Run("bench", "--images", "--network", "SimpleXORMachine");

        Assert.Equal(2, code);
        Assert.Equal(
            "mlds: --batch, --steps, --cell, --hidden and --images don't go with --network: a whole network's come from its recipe.\n",
            error);
    }
}
