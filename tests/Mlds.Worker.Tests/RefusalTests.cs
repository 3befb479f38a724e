using System.Runtime.InteropServices;
using Mlds.Kernels;

namespace Mlds.Worker.Tests;

/// <summary>The program itself, in places where it should not train.</summary>
public sealed class RefusalTests
{
    static Command Bench(string variable, string value, params string[] options) => Command.Run(
        "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "mlds-worker.dll"), "bench", "--seconds", "1", "--batch", "1", "--steps", "1", .. options],
        "/", TimeSpan.FromMinutes(10), new Dictionary<string, string?> { [variable] = value });

    [Fact]
    public void A_processor_without_fused_multiply_add_is_refused_unless_software_will_do()
    {
        Assert.SkipUnless(
            RuntimeInformation.ProcessArchitecture == Architecture.X64, "Only on x64 can the runtime be told to leave it unused.");
        var refused = Bench("DOTNET_EnableAVX2", "0");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Matches(
            "^mlds-worker: This processor has no fused multiply-add .* --allow-software-fma trains all the same\\.\n$",
            refused.Error.ReplaceLineEndings("\n"));
        var allowed = Bench("DOTNET_EnableAVX2", "0", "--allow-software-fma");
        Assert.True(allowed.ExitCode == 0, allowed.Error);
        Assert.Contains("\"hardware_fma\":false", allowed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_set_that_isnt_there_is_refused()
    {
        var (code, output, error) = Bench(KernelSet.Variable, "avx9", "--allow-software-fma");
        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            $"mlds-worker: MLDS_KERNELS is 'avx9', but here there are {string.Join(", ", KernelSet.Available)}: "
            + "use one of these or unset it.",
            error.Trim());
    }
}
