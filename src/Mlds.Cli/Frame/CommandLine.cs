using System.CommandLine;
using System.CommandLine.Help;
using System.Data.Common;
using System.Runtime.InteropServices;
using Mlds.Server.Database;
using Mlds.Server.Project;
using Mlds.Zoos;

namespace Mlds.Cli.Frame;

/// <summary>Runs a command line from words to exit code; the one place where exceptions become sentences.</summary>
static class CommandLine
{
    /// <summary>Parses <paramref name="args"/> and runs the verb in them.</summary>
    /// <param name="output">Results: text for people, or one JSON document with <c>--json</c>.</param>
    /// <param name="error">Progress and the one sentence an error gets.</param>
    public static int Run(RootCommand root, string[] args, TextWriter output, TextWriter error)
    {
        root.HelpName = "mlds";
        UseExampleHelp(root);
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var asksForHelp = parsed.Action is ExampleHelpAction;
        if (!asksForHelp && args.Length > 0 && ParseFault.Sentence(parsed, args) is { } fault)
        {
            error.WriteLine($"mlds: {fault}");
            return ExitCode.Usage;
        }

        if (args.Length == 0) parsed = root.Parse(["--help"]);
        using var interruption = new Interruption();
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = output,
            Error = error,
        };
        try
        {
            var code = parsed.InvokeAsync(configuration, interruption.Token).GetAwaiter().GetResult();
            return args.Length == 0 ? ExitCode.Usage : code;
        }
        catch (Exception exception)
        {
            return Explain(exception, error);
        }
    }

    static int Explain(Exception exception, TextWriter error)
    {
        if (exception is AggregateException { InnerExceptions.Count: 1 } aggregate) exception = aggregate.InnerExceptions[0];
        var (code, sentence) = exception switch
        {
            // The runtime's own message says nothing that a user understands; a verb's message says what is stored.
            OperationCanceledException => (ExitCode.Interrupted,
                exception.Message.StartsWith("Interrupted", StringComparison.Ordinal) ? exception.Message : "Interrupted."),
            UsageException => (ExitCode.Usage, exception.Message),
            FormatException => (ExitCode.Usage, exception.Message),
            ZooException { IsUsage: true } => (ExitCode.Usage, exception.Message),
            _ when FullDisk.Is(exception) && exception is not (ZooException or ProjectException) =>
                (ExitCode.Failure, $"The disk is full: {exception.Message.TrimEnd('.')}. Make room and give the command again."),
            DbException => (ExitCode.Failure, $"The project's database: {exception.Message}"),
            FailureException or ZooException or ProjectException or InvalidDataException or IOException or UnauthorizedAccessException =>
                (ExitCode.Failure, exception.Message),
            OutOfMemoryException => (ExitCode.Failure,
                "Not enough memory for this: "
                + "use fewer networks, fewer --threads, or shorter sequences and a smaller network in the population."),
            _ => (ExitCode.Failure, $"internal error: {exception.Message} Please report this, with what MLDS_TRACE=1 prints when set."),
        };
        error = new PlainWriter(error);
        error.WriteLine($"mlds: {OneLine(sentence)}");
        if (Environment.GetEnvironmentVariable("MLDS_TRACE") == "1") error.WriteLine(exception);
        return code;
    }

    static string OneLine(string sentence) =>
        string.Join(' ', sentence.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    static void UseExampleHelp(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
            if (option.Action is HelpAction help) option.Action = new ExampleHelpAction(help);
    }
}

/// <summary>
/// Turns Ctrl-C, SIGTERM and a hang-up into a cancellation: the verb stores its work and stops. A second one stops at once.
/// </summary>
sealed class Interruption : IDisposable
{
    readonly CancellationTokenSource _source = new();
    readonly PosixSignalRegistration[] _registrations;

    public Interruption() =>
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, Stop))];

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested) Environment.Exit(ExitCode.Interrupted);
        _source.Cancel();
    }
}
