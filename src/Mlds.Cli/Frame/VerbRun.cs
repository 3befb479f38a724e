using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mlds.Cli.Frame;

/// <summary>One run of a verb: what was typed, where results and progress go, and the wish to stop.</summary>
/// <param name="parsed">The command line.</param>
/// <param name="json">Whether <c>--json</c> was given.</param>
/// <param name="cancellation">Cancelled by Ctrl-C and SIGTERM.</param>
sealed class VerbRun(ParseResult parsed, bool json, CancellationToken cancellation)
{
    static readonly JsonSerializerOptions s_indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public bool Json => json;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Results for people. With <c>--json</c> nobody reads them, so what is written here goes nowhere.</summary>
    public TextWriter Output { get; } = json ? TextWriter.Null : new PlainWriter(parsed.InvocationConfiguration.Output);

    /// <summary>Progress and remarks.</summary>
    public TextWriter Error { get; } = new PlainWriter(parsed.InvocationConfiguration.Error);

    /// <summary>True where results go to a person's terminal, so that drawing in place makes sense.</summary>
    public bool OutputIsTerminal =>
        !json && ReferenceEquals(parsed.InvocationConfiguration.Output, Console.Out) && !Console.IsOutputRedirected && !Terminal.IsDumb;

    /// <summary>What was given for <paramref name="option"/>, or its default.</summary>
    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>Whether <paramref name="option"/> was typed rather than left at its default.</summary>
    public bool Has(Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>
    /// Runs <paramref name="work"/> with a view that shows its progress on stderr: bars on a terminal, else a line now and then.
    /// </summary>
    public T WithProgress<T>(Func<IProgressView, T> work) =>
        ReferenceEquals(parsed.InvocationConfiguration.Error, Console.Error) && !Console.IsErrorRedirected && !Terminal.IsDumb
            ? BarProgress.Run(work)
            : work(new LineProgress(Error, TimeProvider.System));

    /// <summary>Prints the document that <c>--json</c> promises; does nothing without it. Call exactly once.</summary>
    public void PrintJson(Func<JsonNode> document)
    {
        if (json) new PlainWriter(parsed.InvocationConfiguration.Output).WriteLine(document().ToJsonString(s_indented));
    }

    /// <summary>A number for JSON, which has no NaN and no infinity: those become null.</summary>
    public static JsonNode? Number(float value) => float.IsFinite(value) ? JsonValue.Create(value) : null;

    /// <inheritdoc cref="Number(float)"/>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
