using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Mlds.Boinc.Tags;

namespace Mlds.Cli.Frame;

/// <summary>
/// A line of text per event: time (UTC), level, source, message. Strangers' words in it can't begin another line, and a terminal obeys
/// none of them (<see cref="PlainText"/>).
/// </summary>
sealed class LineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter output)
    {
        var message = entry.Formatter(entry.State, entry.Exception);
        if (entry.Exception is { } exception) message = $"{message} {exception}";
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} {Level(entry.LogLevel)}: {entry.Category}[{entry.EventId.Id}]");
        output.WriteLine($"{head} {PlainText.Line(message)}");
    }

    static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
