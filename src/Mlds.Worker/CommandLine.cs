using Mlds.Training;
using Mlds.Worker.Boinc;
using Mlds.Worker.Frame;
using Mlds.Worker.Units;

namespace Mlds.Worker;

/// <summary>From words to an exit code; the one place where exceptions become sentences.</summary>
static class CommandLine
{
    const string Help = """
        Trains networks for MLDS, bit for bit the same on every machine.

          mlds-worker train RECIPE.json [--checkpoint FILE [--stop-after-epoch N]] [--allow-software-fma]
          mlds-worker unit BUNDLE --out FILE [--checkpoint-every S] [--keep] [--allow-software-fma]
          mlds-worker bench [--batch N] [--steps N] [--seconds N] [--allow-software-fma]

        train   carries one recipe out (docs/formats/recipe.md) and prints one line of JSON
          --checkpoint FILE       go on from this file if it is there, and keep it up to date: once a minute and when stopped
          --stop-after-epoch N    stop when N epochs are done
        unit    carries a work unit out (docs/formats/bundle.md), writes its result and prints one line of JSON;
                stopped in any way, the same command goes on
          --out FILE              the result; beside it, until it is done, FILE.journal and FILE.checkpoint
          --checkpoint-every S    seconds of work that a kill may cost (60)
          --keep                  leave the journal and the checkpoint
        bench   measures a step of the DS1 network on one core and prints one line of JSON
          --batch N, --steps N    sequences a step (128), commands a sequence (16)
          --seconds N             how long to measure (10)

          --allow-software-fma    run without hardware fused multiply-add: the same bits, some 200 times slower

        Started without a word by a BOINC client, it carries out the task of the slot it is in.

        Exit codes: 0 done, 1 failure, 2 usage, 130 stopped by a signal. MLDS_KERNELS in the environment forces a kernel set.
        """;

    /// <param name="output">Gets the result: one line of JSON.</param>
    /// <param name="error">Gets the one sentence of an error.</param>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            return Choose(args, output, error);
        }
        catch (Exception exception)
        {
            var (code, sentence) = exception switch
            {
                UsageException or FormatException => (ExitCode.Usage, exception.Message),
                FailureException or IOException or UnauthorizedAccessException => (ExitCode.Failure, exception.Message),
                OutOfMemoryException => (ExitCode.Failure, "Not enough memory for this recipe."),
                _ => (ExitCode.Failure, $"internal error: {exception.GetType().Name}: {exception.Message} Please report this."),
            };
            error.WriteLine($"mlds-worker: {sentence}");
            return code;
        }
    }

    static int Choose(string[] args, TextWriter output, TextWriter error)
    {
        switch (args)
        {
            case [] when Slot.IsHere(Environment.CurrentDirectory):
            case ["boinc"]:
                return BoincCommand.Run(Environment.CurrentDirectory, error, allowSoftwareFma: false, Environment.Exit);
            case []:
                output.WriteLine(Help);
                return ExitCode.Usage;
            case ["--help" or "-h", ..]:
            case [_, "--help" or "-h", ..]:
                output.WriteLine(Help);
                return ExitCode.Success;
            case ["--version", ..]:
                output.WriteLine(Provenance.Version);
                return ExitCode.Success;
            case ["train", .. var rest]:
                return TrainCommand.Run(rest, output);
            case ["unit", .. var rest]:
                return UnitCommand.Run(rest, output, error);
            case ["bench", .. var rest]:
                return BenchCommand.Run(rest, output);
            default:
                throw new UsageException(
                    $"There is no command '{args[0]}'. "
                    + $"{NearestName.DidYouMean(args[0], ["train", "unit", "bench"])}There are train, unit and bench.");
        }
    }
}
