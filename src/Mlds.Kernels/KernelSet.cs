using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Mlds.Kernels.Lanes;

namespace Mlds.Kernels;

/// <summary>
/// The implementations of the kernels that this processor can run, fastest first. All give the same bits, so the choice is one of speed
/// alone; the environment variable MLDS_KERNELS forces one by name.
/// </summary>
public static class KernelSet
{
    /// <summary>Name of the variable that forces a kernel set.</summary>
    public const string Variable = "MLDS_KERNELS";

    /// <summary>Names of the sets this processor can run, fastest first.</summary>
    public static IReadOnlyList<string> Available { get; } = [.. Supported()];

    /// <summary>The set that runs: the forced one, else the fastest.</summary>
    /// <exception cref="FormatException">MLDS_KERNELS names none of <see cref="Available"/>.</exception>
    public static string Best
    {
        get
        {
            var forced = Environment.GetEnvironmentVariable(Variable);
            if (string.IsNullOrEmpty(forced)) return Available[0];
            return Available.Contains(forced)
                ? forced
                : throw new FormatException(
                    $"{Variable} is '{forced}', but this processor runs {string.Join(", ", Available)}: use one of these or unset it.");
        }
    }

    /// <summary>
    /// Whether products are added with hardware fused multiply-add. Without it the bits are the same and training takes some 200 times as
    /// long.
    /// </summary>
    public static bool HasHardwareFma => Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary>Bits of the vectors that the set <paramref name="name"/> works on; 32 for the scalar one.</summary>
    public static int VectorBits(string name) => name switch { "avx512" => 512, "avx2" => 256, "simd128" => 128, _ => 32 };

    /// <summary>What <paramref name="maker"/> makes for the set <paramref name="name"/>; null for <see cref="Best"/>.</summary>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    internal static T Make<T>(string? name, IKernelMaker<T> maker) => (name ?? Best) switch
    {
        "avx512" => maker.Vector<Lanes512, Vector512<float>>("avx512"),
        "avx2" => maker.Vector<Lanes256, Vector256<float>>("avx2"),
        "simd128" => maker.Vector<Lanes128, Vector128<float>>("simd128"),
        "scalar" => maker.Scalar(),
        var other => throw new ArgumentException($"There is no kernel set '{other}': use {string.Join(", ", Available)}.", nameof(name)),
    };

    static IEnumerable<string> Supported()
    {
        if (Vector512.IsHardwareAccelerated) yield return "avx512";
        if (Vector256.IsHardwareAccelerated && Fma.IsSupported) yield return "avx2";
        if (Vector128.IsHardwareAccelerated) yield return "simd128";
        yield return "scalar";
    }
}
