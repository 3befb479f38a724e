using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Mlds.Cli.Frame;

/// <summary>
/// A verb of the command line: a command with examples in its help, <c>--json</c>, and a body that gets a <see cref="VerbRun"/>.
/// </summary>
sealed class Verb : Command
{
    readonly Option<bool> _json = new("--json") { Description = "Print one JSON document on stdout; progress goes to stderr." };

    /// <param name="name">What the user types.</param>
    /// <param name="description">One sentence; the first thing <c>--help</c> says.</param>
    /// <param name="examples">Whole command lines, as they can be typed in.</param>
    public Verb(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    public IReadOnlyList<string> Examples { get; }

    /// <summary>
    /// Adds <c>--json</c> and the body, which returns an <see cref="ExitCode"/>. Call last, after all arguments and options.
    /// </summary>
    public Verb Runs(Func<VerbRun, int> body)
    {
        Options.Add(_json);
        SetAction((parsed, cancellation) => Task.FromResult(body(new VerbRun(parsed, parsed.GetValue(_json), cancellation))));
        return this;
    }
}

/// <summary>Help as the library writes it, and the verb's examples below.</summary>
sealed class ExampleHelpAction(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not Verb { Examples: [_, ..] examples }) return ExitCode.Success;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
        foreach (var example in examples) output.WriteLine($"  {example}");
        output.WriteLine();
        return ExitCode.Success;
    }
}
