using System.CommandLine;
using Mlds.Cli.Frame;
using Mlds.Cli.Machines;
using Mlds.Cli.Planning;
using Mlds.Cli.Projects;
using Mlds.Cli.Training;
using Mlds.Cli.Zoos;

namespace Mlds.Cli;

static class Program
{
    /// <summary>The verbs, in main-path order: this list is the program's table of contents.</summary>
    internal static RootCommand Root() => new("Populations of neural networks under full control, and what their weights reveal.")
    {
        QuickstartVerb.Create(),
        MachinesVerb.Create(),
        DataVerb.Create(),
        TrainVerb.Create(),
        PlanVerb.Create(),
        GenerateVerb.Create(),
        MergeVerb.Create(),
        ZooVerb.Create(),
        VerifyVerb.Create(),
        ReleaseVerb.Create(),
        RegenerateVerb.Create(),
        AnalyzeVerb.Create(),
        BrowseVerb.Create(),
        ProjectVerb.Create(),
        ServeVerb.Create(),
        HookVerb.Create(),
        BenchVerb.Create(),
    };

    static int Main(string[] args)
    {
        Console.SetError(new SteadyWriter(Console.Error));
        return CommandLine.Run(Root(), args, Console.Out, Console.Error);
    }
}
