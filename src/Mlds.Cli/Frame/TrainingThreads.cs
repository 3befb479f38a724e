using System.CommandLine;

namespace Mlds.Cli.Frame;

/// <summary><c>--threads T</c> of a verb that trains networks.</summary>
static class TrainingThreads
{
    /// <summary>The option of one verb.</summary>
    public static Option<int> Option() => new("--threads")
    {
        Description = "Networks trained at once; one per core when not given.",
        HelpName = "T",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    /// <summary>The threads that were asked for, 1 … 1024.</summary>
    /// <exception cref="UsageException">Another number.</exception>
    public static int Get(VerbRun run, Option<int> option) => Limits.Check("--threads", run.Get(option), 1, 1024);
}
