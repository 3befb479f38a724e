namespace Mlds.EndToEnd.Tests;

/// <summary>
/// What arithmetic v1 forbids really fails the build: the compiler is asked, once for every line of src/BannedSymbols.txt.
/// </summary>
public sealed class BannedSymbolsTests
{
    /// <summary>A banned symbol and an expression that uses it.</summary>
    static readonly Dictionary<string, string> s_uses = new()
    {
        ["M:System.Math.Exp(System.Double)"] = "Math.Exp(1.0)",
        ["M:System.Math.Tanh(System.Double)"] = "Math.Tanh(1.0)",
        ["M:System.Math.Pow(System.Double,System.Double)"] = "Math.Pow(1.0, 2.0)",
        ["M:System.Math.Log(System.Double)"] = "Math.Log(1.0)",
        ["M:System.MathF.Exp(System.Single)"] = "MathF.Exp(1f)",
        ["M:System.MathF.Tanh(System.Single)"] = "MathF.Tanh(1f)",
        ["M:System.MathF.Pow(System.Single,System.Single)"] = "MathF.Pow(1f, 2f)",
        ["M:System.MathF.Log(System.Single)"] = "MathF.Log(1f)",
        ["M:System.MathF.ReciprocalEstimate(System.Single)"] = "MathF.ReciprocalEstimate(1f)",
        ["M:System.MathF.ReciprocalSqrtEstimate(System.Single)"] = "MathF.ReciprocalSqrtEstimate(1f)",
        ["M:System.Single.MultiplyAddEstimate(System.Single,System.Single,System.Single)"] = "float.MultiplyAddEstimate(1f, 2f, 3f)",
        ["M:System.Double.MultiplyAddEstimate(System.Double,System.Double,System.Double)"] = "double.MultiplyAddEstimate(1.0, 2.0, 3.0)",
        ["P:System.DateTime.Now"] = "DateTime.Now",
        ["P:System.DateTime.UtcNow"] = "DateTime.UtcNow",
        ["T:System.Random"] = "new Random(1)",
        ["T:System.Numerics.Vector`1"] = "new System.Numerics.Vector<float>(1f)",
        ["M:System.Linq.ParallelEnumerable.Sum(System.Linq.ParallelQuery{System.Single})"] = "new[] { 1f }.AsParallel().Sum()",
        ["M:System.Linq.ParallelEnumerable.Sum(System.Linq.ParallelQuery{System.Double})"] = "new[] { 1.0 }.AsParallel().Sum()",
    };

    /// <summary>Banned although nothing outside the base class library can be used anyway.</summary>
    static readonly string[] s_elsewhere = ["T:System.Numerics.Tensors.TensorPrimitives"];

    static BannedSymbolsTests()
    {
        foreach (var width in new[] { 128, 256, 512 })
        {
            var type = $"System.Runtime.Intrinsics.Vector{width}";
            var one = $"{type}.Create(1f)";
            s_uses[$"M:{type}.MultiplyAddEstimate({type}{{System.Single}},{type}{{System.Single}},{type}{{System.Single}})"] =
                $"{type}.MultiplyAddEstimate({one}, {one}, {one})";
            s_uses[$"M:{type}.Sum``1({type}{{``0}})"] = $"{type}.Sum({one})";
            s_uses[$"M:{type}.Dot``1({type}{{``0}},{type}{{``0}})"] = $"{type}.Dot({one}, {one})";
        }
    }

    [Fact]
    public void Using_what_arithmetic_v1_forbids_fails_the_build()
    {
        var banned = File.ReadAllLines(Repository.PathOf("src", "BannedSymbols.txt"))
            .Select(line => line.Split(';')[0].Trim()).Where(symbol => symbol.Length > 0).Except(s_elsewhere).ToArray();
        foreach (var symbol in banned)
        {
            Assert.True(
                s_uses.ContainsKey(symbol),
                $"{symbol} is banned: give an expression that uses it here, so that we know it fails the build.");
        }

        using var scratch = new ScratchFolder();
        var build = Build(scratch, [.. banned.Select(symbol => s_uses[symbol])]);

        Assert.NotEqual(0, build.ExitCode);
        var unnoticed = banned.Where((_, i) => !build.Output.Contains($"Probe.cs({i + 3},", StringComparison.Ordinal)).ToArray();
        Assert.True(unnoticed.Length == 0, $"These uses went unnoticed: {string.Join(", ", unnoticed)}\n{build.Everything}");
        Assert.DoesNotContain("error CS", build.Output, StringComparison.Ordinal);
        Assert.Contains("error RS0030", build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_project_builds_without_them()
    {
        using var scratch = new ScratchFolder();
        var build = Build(scratch, ["float.FusedMultiplyAdd(1f, 2f, 3f)", "MathF.Sqrt(2f)"]);
        Assert.True(build.ExitCode == 0, build.Everything);
    }

    /// <summary>Builds a project under the kernels' own rules that holds each expression on a line of its own, from line 3.</summary>
    static Command Build(ScratchFolder scratch, string[] expressions)
    {
        foreach (var name in new[]
        {
            "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json",
            ".editorconfig", "src/ArithmeticV1.props", "src/BannedSymbols.txt",
        })
        {
            File.Copy(Repository.PathOf(name), scratch.File(name));
        }

        File.Copy(Repository.PathOf("src", "Mlds.Kernels", "Mlds.Kernels.csproj"), scratch.File("src/Probe/Probe.csproj"));
        File.WriteAllLines(
            scratch.File("src/Probe/Probe.cs"),
            [
                "static class Probe", "{",
                .. expressions.Select((expression, i) => $"    static readonly object s_{i} = {expression};"), "}"]);
        // Not locked: this project has no lock file, and needs none.
        return Command.Run(
            "dotnet", ["build", scratch.File("src/Probe/Probe.csproj"), "-c", "Release", "-v", "quiet", "-nologo"], scratch.Path,
            TimeSpan.FromMinutes(30), new Dictionary<string, string?> { ["CI"] = null });
    }
}
