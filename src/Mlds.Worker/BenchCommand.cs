using Mlds.Training;
using Mlds.Worker.Frame;

namespace Mlds.Worker;

/// <summary><c>mlds-worker bench</c>: a training step's time with this build.</summary>
static class BenchCommand
{
    public static int Run(ReadOnlySpan<string> words, TextWriter output)
    {
        var arguments = new Arguments("bench", words, null, ["--batch", "--steps", "--seconds"], [Processor.AllowSoftwareFma]);
        var batch = arguments.Number("--batch", 1, 4096) ?? 128;
        var steps = arguments.Number("--steps", 1, 1024) ?? 16;
        var seconds = arguments.Number("--seconds", 1, 600) ?? 10;
        Processor.Check(arguments.Has(Processor.AllowSoftwareFma));
        var measured = StepBenchmark.Measure(batch, steps, seconds, null, CancellationToken.None);
        var result = measured.ToJson();
        Processor.Describe(result, measured.KernelSet);
        output.WriteLine(result.ToJsonString());
        return ExitCode.Success;
    }
}
