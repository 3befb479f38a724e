using System.Text.Json.Nodes;

namespace Mlds.EndToEnd.Tests;

/// <summary>benchmarks/against_pytorch, in its quick mode: what it compares and what it writes, never how fast anything was.</summary>
public sealed class AgainstPytorchTests
{
    [Fact(Explicit = true)]
    public void The_losses_agree_and_the_result_is_whole()
    {
        using var scratch = new ScratchFolder();
        var run = Measure("--out", scratch.Path);
        Assert.True(run.ExitCode == 0, run.Everything);
        var result = JsonNode.Parse(File.ReadAllText(scratch.File("against-pytorch.json")))!;

        Assert.True((bool)result["quick"]!);
        Assert.Equal([(128, 16), (128, 64)], result["agreement"]!.AsArray().Select(one => ((int)one!["batch"]!, (int)one["steps"]!)));
        foreach (var one in result["agreement"]!.AsArray())
            Assert.InRange((double)one!["largest_relative_difference"]!, 0, 1e-5);
        Assert.Equal(
            [(128, 16), (128, 64), (32, 16), (512, 16)],
            result["cases"]!.AsArray().Select(one => ((int)one!["batch"]!, (int)one["steps"]!)));
        foreach (var one in result["cases"]!.AsArray())
        {
            foreach (var name in result["peak_gflops"]!.AsObject().Select(peak => peak.Key))
            {
                var rounds = Rounds(one!["pytorch"]!).Zip(Rounds(one[name]!), (theirs, ours) => theirs / ours).ToArray();
                var ratio = one[name]!["ratio"]!;
                Assert.Equal((int)result["rounds"]!, rounds.Length);
                Assert.Equal(rounds.Min(), (double)ratio["min"]!, rounds.Min() * 2e-3); // each number is rounded to four digits
                Assert.Equal(rounds.Max(), (double)ratio["max"]!, rounds.Max() * 2e-3);
                double[] ordered = [.. new[] { "min", "low", "median", "high", "max" }.Select(part => (double)ratio[part]!)];
                Assert.Equal(ordered.Order(), ordered);
            }
        }
    }

    [Fact(Explicit = true)]
    public void Networks_on_images_agree_too_and_their_cases_are_batches()
    {
        using var scratch = new ScratchFolder();
        var run = Measure("--images", "--out", scratch.Path);
        Assert.True(run.ExitCode == 0, run.Everything);
        var result = JsonNode.Parse(File.ReadAllText(scratch.File("against-pytorch-lenet-5.json")))!;

        var agreement = Assert.Single(result["agreement"]!.AsArray())!;
        Assert.Equal(64, (int)agreement["batch"]!);
        Assert.InRange((double)agreement["largest_relative_difference"]!, 0, 1e-5);
        Assert.Equal([64, 16, 256, 512], result["cases"]!.AsArray().Select(one => (int)one!["batch"]!));
        Assert.All(result["cases"]!.AsArray(), one => Assert.Null(one!["steps"]));
        Assert.Equal("[1,28,28]", result["network"]!["image"]!.ToJsonString());
        var best = result["best_batch"]!;
        foreach (var name in result["peak_gflops"]!.AsObject().Select(peak => peak.Key))
            Assert.True((double)best[name]!["nanoseconds_an_image_at_best"]! <= (double)best[name]!["nanoseconds_an_image_at_64"]!);
    }

    [Fact(Explicit = true)]
    public void Recurrent_layers_are_not_asked_for_together_with_images()
    {
        var run = Measure("--images", "--cell", "lstm");

        Assert.Equal(2, run.ExitCode);
        Assert.EndsWith(
            "error: --cell and --hidden don't go with --images: LeNet-5 has no recurrent layers\n", run.Error, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public void Losses_that_differ_by_more_than_is_allowed_are_a_failure_and_nothing_is_written()
    {
        using var scratch = new ScratchFolder();
        var run = Measure("--tolerance", "1e-12", "--out", scratch.Path);

        Assert.True(run.ExitCode == 1, run.Everything);
        Assert.Contains("the losses disagree at batch 128 x 16 steps", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(scratch.Path));
    }

    static IEnumerable<double> Rounds(JsonNode one) => one["rounds_microseconds"]!.AsArray().Select(time => (double)time!);

    static Command Measure(params string[] options)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What PyTorch multiplies with is seen on Linux only.");
        if (SystemPython.Missing("torch") is { } missing) Assert.Skip(missing);
        var torch = SystemPython.Run(Repository.Root, "-c", "import torch; print('libopenblas' in open('/proc/self/maps').read())");
        Assert.SkipUnless(torch.Output.Trim() == "True", "PyTorch has no OpenBLAS (Debian: libopenblas0-pthread).");
        return SystemPython.Run(Repository.Root, [Repository.PathOf("benchmarks", "against_pytorch"), "--quick", .. options]);
    }
}
