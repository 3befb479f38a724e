using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Mlds.Server.Tests;

/// <summary>Every line that a server logged.</summary>
sealed class RecordedLog : ILoggerProvider
{
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>Nothing went wrong in the server; if something did, all of it is said.</summary>
    public void HasNoFailures()
    {
        var failures = Lines.Where(
            line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal)).ToArray();
        Assert.True(failures.Length == 0, string.Join('\n', failures));
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
    }

    sealed class Logger(RecordedLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
    }
}
