using System.Diagnostics;
using System.Runtime.InteropServices;
using Mlds.Kernels;

namespace Mlds.Worker.Tests;

/// <summary>The program itself, in places where it should not train.</summary>
public sealed class RefusalTests
{
    static (int Code, string Output, string Error) Bench(string variable, string value, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet", [
            Path.Combine(AppContext.BaseDirectory, "mlds-worker.dll"), "bench", "--seconds", "1",
            "--batch", "1", "--steps", "1", .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }

    [Fact]
    public void A_processor_without_fused_multiply_add_is_refused_unless_software_will_do()
    {
        Assert.SkipUnless(
            RuntimeInformation.ProcessArchitecture == Architecture.X64, "Only on x64 can the runtime be told to leave it unused.");
        var refused = Bench("DOTNET_EnableAVX2", "0");
        Assert.Equal((1, ""), (refused.Code, refused.Output));
        Assert.Matches(
            "^mlds-worker: This processor has no fused multiply-add .* --allow-software-fma trains all the same\\.\n$",
            refused.Error.ReplaceLineEndings("\n"));
        var allowed = Bench("DOTNET_EnableAVX2", "0", "--allow-software-fma");
        Assert.True(allowed.Code == 0, allowed.Error);
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
