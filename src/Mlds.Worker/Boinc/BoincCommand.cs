using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Mlds.Boinc.States;
using Mlds.Bundles;
using Mlds.Kernels;
using Mlds.Training;
using Mlds.Worker.Frame;
using Mlds.Worker.Units;

namespace Mlds.Worker.Boinc;

/// <summary>
/// The program as a BOINC application: what it does when a client starts it in a slot, with an empty command line.
/// </summary>
static class BoincCommand
{
    /// <summary>The slot's name of the bundle.</summary>
    public const string Input = "bundle";

    /// <summary>The slot's name of the result.</summary>
    public const string Output = "result";

    const string Journal = "unit.journal";
    const string Checkpoint = "unit.checkpoint";

    /// <summary>Seconds until the client tries a task again that can't run now.</summary>
    const int Later = 600;

    /// <summary>Memory of the program itself.</summary>
    const double OwnMemory = 64e6;

    /// <param name="allowSoftwareFma">For tests, which run on processors of any kind.</param>
    /// <param name="exit">Ends the process at once.</param>
    public static int Run(string folder, TextWriter log, bool allowSoftwareFma, Action<int> exit)
    {
        var slot = new Slot(folder);
        using var held = slot.TakeLock(TimeSpan.FromSeconds(35));
        if (held is null)
        {
            slot.Postpone(Later, "Another copy of the program is at work in the slot.");
            return ExitCode.Success;
        }

        var init = InitData.Read(slot.File(InitData.FileName));
        Processor.Check(allowSoftwareFma);
        var bundle = BundleFile.Read(slot.Resolve(Input));
        if (Refusal(init, bundle) is var (code, sentence))
        {
            log.WriteLine($"mlds-worker: {sentence}");
            return code;
        }

        bundle = UnitFiles.Found(bundle, slot.Resolve);
        log.WriteLine(
            $"mlds-worker {Provenance.Version} {RuntimeInformation.RuntimeIdentifier} {KernelSet.Best}: "
            + $"{bundle.Networks.Count} networks, at most {bundle.EpochLimit} epochs each");
        return Work(slot, init, bundle, log, exit);
    }

    static int Work(Slot slot, InitData init, Bundle bundle, TextWriter log, Action<int> exit)
    {
        using var control = new UnitControl();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            control.Stop();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var channel = ClientChannel.Open(slot.Folder, init.SharedMemoryName);
        if (channel is null) log.WriteLine("mlds-worker: there is no shared memory with the client; it won't see how far the task is.");
        var run = new UnitRun(
            bundle, new UnitJournal(slot.File(Journal), bundle), slot.File(Checkpoint),
            TimeSpan.FromSeconds(init.CheckpointPeriod), control)
        {
            OnPart = (index, part) =>
            {
                if (IsSaid(index + 1, bundle.Networks.Count)) log.WriteLine($"{index + 1}/{bundle.Networks.Count} {PartWords.Of(part)}");
            },
        };
        using var link = new ClientLink(init, channel, control, () => run.Fraction, log, exit);
        run.OnWritten = link.Checkpointed;
        try
        {
            var result = run.Run(Processor.CheckArithmetic());
            BundleFile.Write(slot.Resolve(Output), result.ToBytes());
            slot.Finish();
        }
        catch (OperationCanceledException)
        {
            // Told to quit: what was done is kept, and since there is no finish file the client starts the program again when it may.
        }
        catch (IOException problem)
        {
            // A full disk, mostly. What was done is in the journal, so it is worth another try.
            log.WriteLine($"mlds-worker: {problem.Message}");
            slot.Postpone(Later, "The disk could not be written to.");
        }

        return ExitCode.Success;
    }

    /// <summary>
    /// Whether the network gets a line in the log: the first, second, fourth, eighth, … and the last one do. With its report the client
    /// sends up to 64 KB of what the task wrote, and a host that was away reports many tasks at once.
    /// </summary>
    internal static bool IsSaid(int done, int networks) => done == networks || BitOperations.IsPow2(done);

    /// <summary>Why the task should not begin, and the exit code that says so; null when it may.</summary>
    static (int Code, string Sentence)? Refusal(InitData init, Bundle bundle)
    {
        string Megabytes(double bytes) => (bytes / 1e6).ToString("f0", CultureInfo.InvariantCulture);
        var memory = bundle.Memory + OwnMemory;
        if (init.MemoryBound > 0 && memory > init.MemoryBound)
        {
            return (
                ExitStatus.MemoryLimitExceeded,
                $"The work unit needs up to {Megabytes(memory)} MB of memory, but may have {Megabytes(init.MemoryBound)} MB.");
        }

        // The journal, the checkpoint, the next checkpoint while it is being written, and the result.
        var disk = (2.0 * bundle.LargestResult) + (2.0 * bundle.Networks.Max(network => network.Recipe.StateBytes));
        return init.DiskBound > 0 && disk > init.DiskBound
            ? (ExitStatus.DiskLimitExceeded,
                $"The work unit needs up to {Megabytes(disk)} MB of disk, but may have {Megabytes(init.DiskBound)} MB.")
            : null;
    }
}
