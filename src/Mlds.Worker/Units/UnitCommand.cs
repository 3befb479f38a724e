using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Mlds.Bundles;
using Mlds.Kernels;
using Mlds.Training;
using Mlds.Worker.Frame;

namespace Mlds.Worker.Units;

/// <summary><c>mlds-worker unit</c>: one work unit without BOINC, from its bundle to its result.</summary>
static class UnitCommand
{
    public static int Run(ReadOnlySpan<string> words, TextWriter output, TextWriter error)
    {
        var arguments = new Arguments(
            "unit", words, "a bundle's file", ["--out", "--checkpoint-every"], [Processor.AllowSoftwareFma, "--keep"]);
        var path = arguments.Text("--out")
            ?? throw new UsageException("'unit' needs --out FILE for the result; `mlds-worker --help` shows an example.");
        var every = TimeSpan.FromSeconds(arguments.Number("--checkpoint-every", 0, 86_400) ?? 60);
        Processor.Check(arguments.Has(Processor.AllowSoftwareFma));
        var beside = Path.GetDirectoryName(Path.GetFullPath(arguments.File!)) ?? "/";
        var bundle = UnitFiles.Found(BundleFile.Read(arguments.File!), name => Path.Combine(beside, name));
        var answer = Processor.CheckArithmetic();

        using var control = new UnitControl();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            control.Stop();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        var (journal, checkpoint) = (path + ".journal", path + ".checkpoint");
        var run = new UnitRun(bundle, new UnitJournal(journal, bundle), checkpoint, every, control)
        {
            OnPart = (index, part) => error.WriteLine($"mlds-worker: {index + 1}/{bundle.Networks.Count} {PartWords.Of(part)}"),
        };
        BundleResult result;
        try
        {
            result = run.Run(answer);
        }
        catch (OperationCanceledException)
        {
            error.WriteLine($"mlds-worker: stopped; the same command goes on from '{journal}'.");
            return ExitCode.Interrupted;
        }

        BundleFile.Write(path, result.ToBytes());
        if (!arguments.Has("--keep"))
        {
            File.Delete(journal);
            File.Delete(checkpoint);
        }

        output.WriteLine(Describe(bundle, result).ToJsonString());
        return ExitCode.Success;
    }

    static JsonObject Describe(Bundle bundle, BundleResult result)
    {
        int Count(Outcome? outcome) => result.Parts.Count(part => part.Outcome == outcome);
        var json = new JsonObject
        {
            ["bundle_sha256"] = bundle.Sha256,
            ["comparison_hash"] = result.ComparisonHash,
            ["networks"] = result.Parts.Count,
            ["converged"] = Count(Outcome.Converged),
            ["not_converged"] = Count(Outcome.NotConverged),
            ["diverged"] = Count(Outcome.Diverged),
            ["unfinished"] = Count(null),
            ["core_seconds"] = result.Parts.Sum(part => part.State.CoreSeconds),
        };
        Processor.Describe(json, KernelSet.Best);
        return json;
    }
}
