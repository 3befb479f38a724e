using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Mlds.Bundles;
using Mlds.Kernels;

namespace Mlds.Worker.Frame;

/// <summary>What this build can do on this processor.</summary>
static class Processor
{
    public const string AllowSoftwareFma = "--allow-software-fma";

    /// <summary>Throws where the kernels can't run, or only so slowly that nobody would want it.</summary>
    /// <exception cref="UsageException">MLDS_KERNELS names a set that isn't there.</exception>
    /// <exception cref="FailureException">There is no fused multiply-add in hardware, and nobody has allowed the one in
    /// software.</exception>
    public static void Check(bool allowSoftwareFma)
    {
        var forced = Environment.GetEnvironmentVariable(KernelSet.Variable);
        if (!string.IsNullOrEmpty(forced) && !KernelSet.Available.Contains(forced))
        {
            throw new UsageException(
                $"{KernelSet.Variable} is '{forced}', but here there are {string.Join(", ", KernelSet.Available)}: "
                + "use one of these or unset it.");
        }

        if (!KernelSet.HasHardwareFma && !allowSoftwareFma)
        {
            throw new FailureException(
                "This processor has no fused multiply-add (FMA3 on x64), so training takes some 200 times as long: "
                + $"it had better not take part. {AllowSoftwareFma} trains all the same.");
        }
    }

    /// <summary>Runs a training whose answer is known, and returns that answer.</summary>
    /// <exception cref="FailureException">Another answer came out.</exception>
    public static string CheckArithmetic() => CheckAnswer(KnownAnswer.Compute());

    /// <summary>Returns <paramref name="answer"/> if it is the known one.</summary>
    internal static string CheckAnswer(string answer)
    {
        return answer == KnownAnswer.Expected
            ? answer
            : throw new FailureException(
                $"This machine computes wrongly: a training whose result is known gave {answer} instead "
                + $"of {KnownAnswer.Expected} ({KernelSet.Best}). It had better not take part; is it overclocked, or its memory broken?");
    }

    /// <summary>Adds to a result which kernels ran.</summary>
    public static void Describe(JsonObject result, string kernelSet)
    {
        result["kernel_set"] = kernelSet;
        result["vector_bits"] = KernelSet.VectorBits(kernelSet);
        result["hardware_fma"] = KernelSet.HasHardwareFma;
        result["runtime"] = RuntimeFeature.IsDynamicCodeCompiled ? "jit" : "aot";
        result["architecture"] = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
    }
}
