using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Mlds.Kernels;

namespace Mlds.EndToEnd.Tests.SameBits;

/// <summary>A build of the worker: how to start it, and what it needs.</summary>
/// <param name="Name">A name of src/Mlds.Worker/publish, or "tree" for the one beside the tests.</param>
/// <param name="Needs">The kernel set that the processor must have for it, or null.</param>
sealed record WorkerBuild(string Name, string? Needs)
{
    const string Emulator = "qemu-aarch64";

    const string Wine = "wine";

    /// <summary>Where Debian's cross compiler keeps Arm's C library.</summary>
    const string ArmRoot = "/usr/aarch64-linux-gnu";

    public static WorkerBuild Tree { get; } = new("tree", null);

    public static WorkerBuild Trimmed { get; } = new("linux-x64", null);

    public static WorkerBuild NativeV4 { get; } = new("linux-x64-v4", "avx512");

    public static WorkerBuild NativeV3 { get; } = new("linux-x64-v3", "avx2");

    public static WorkerBuild NativeArm { get; } = new("linux-arm64", null);

    public static WorkerBuild Windows { get; } = new("win-x64", "avx2");

    static readonly string[] s_knobs =
        [
            "DOTNET_EnableAVX512", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic", "DOTNET_TieredCompilation",
            "DOTNET_TieredPGO", KernelSet.Variable,
        ];

    bool IsArm => Name == NativeArm.Name;

    bool IsWindows => Name == Windows.Name;

    bool IsEmulated => IsArm && RuntimeInformation.ProcessArchitecture != Architecture.Arm64;

    /// <summary>Why it can't be run here, or null.</summary>
    public string? WhyNot()
    {
        if (Needs is not null && !KernelSet.Available.Contains(Needs)) return $"this processor has no {Needs}";
        if (this == Tree) return null;
        if (!OperatingSystem.IsLinux()) return "it is made and run on Linux";
        if (!IsArm && RuntimeInformation.ProcessArchitecture != Architecture.X64) return "this is no x64 processor";
        if (this == Trimmed) return null;
        if (IsWindows) return IsOnPath(Wine) ? null : "there is no Wine to run it (apt-get install wine wine64)";
        if (!IsOnPath("clang") && (IsEmulated || !IsOnPath("gcc"))) return "there is no clang to link it with (apt-get install clang)";
        if (IsEmulated && !IsOnPath("aarch64-linux-gnu-gcc"))
            return "there is no cross compiler (apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross)";
        if (IsEmulated && !IsOnPath(Emulator)) return "there is no emulator (apt-get install qemu-user)";
        return null;
    }

    /// <summary>Makes the file from the sources as they are.</summary>
    public void Publish()
    {
        var run = Command.Run(Repository.PathOf("src", "Mlds.Worker", "publish"), [Name], Repository.Root, TimeSpan.FromMinutes(10));
        Assert.True(run.ExitCode == 0, run.Everything);
    }

    /// <summary>Runs <c>mlds-worker train</c>; a null value takes a variable away, and none that would matter is inherited.</summary>
    public JsonNode Train(string recipe, IReadOnlyDictionary<string, string> environment, params string[] options)
    {
        var all = s_knobs.ToDictionary(name => name, name => environment.GetValueOrDefault(name));
        if (IsWindows) (all["WINEPREFIX"], all["WINEDEBUG"]) = (Repository.PathOf("artifacts", "worker", "wine"), "-all");
        string[] words = ["train", recipe, "--allow-software-fma", .. options];
        var file = Repository.PathOf("artifacts", "worker", Name, IsWindows ? "mlds-worker.exe" : "mlds-worker");
        var (program, arguments) = this == Tree ? ("dotnet", [Path.Combine(AppContext.BaseDirectory, "mlds-worker.dll"), .. words])
            : IsWindows ? (Wine, [file, .. words])
            : IsEmulated ? (Emulator, ["-L", ArmRoot, file, .. words])
            : (file, words);
        var run = Command.Run(program, arguments, Repository.Root, TimeSpan.FromMinutes(5), all);
        Assert.True(run.ExitCode == 0, $"{Name}: {run.Everything}");
        return JsonNode.Parse(run.Output)!;
    }

    static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
