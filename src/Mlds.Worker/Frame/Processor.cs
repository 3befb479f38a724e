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

    /// <summary>Ends the run where the kernels can't run, or only so slowly that nobody would want it.</summary>
    /// <exception cref="UsageException">MLDS_KERNELS names a set that isn't there.</exception>
    /// <exception cref="FailureException">No hardware fused multiply-add, and not said that software will do.</exception>
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

    /// <summary>Trains what has a known answer; returns it.</summary>
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

    /// <summary>Adds what ran to a result.</summary>
    public static void Describe(JsonObject result, string kernelSet)
    {
        result["kernel_set"] = kernelSet;
        result["vector_bits"] = KernelSet.VectorBits(kernelSet);
        result["hardware_fma"] = KernelSet.HasHardwareFma;
        result["runtime"] = RuntimeFeature.IsDynamicCodeCompiled ? "jit" : "aot";
        result["architecture"] = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
    }
}
