using System.CommandLine;

namespace Mlds.Cli;

static class Program
{
    /// <summary>The verbs, in main-path order.</summary>
    static RootCommand Root() => new("Populations of neural networks under full control, and what their weights reveal.")
    {
    };

    static async Task<int> Main(string[] args) => await Root().Parse(args).InvokeAsync();
}
