using Microsoft.Extensions.Logging;

namespace Mlds.Server.Project;

/// <summary>How a server is run.</summary>
public sealed record ServeOptions
{
    /// <summary>The parts of the server that can run alone (<see cref="Only"/>).</summary>
    public static IReadOnlyList<string> Parts { get; } =
        ["web", "generator", "transitioner", "validator", "assimilator", "trainer", "deleter", "statistics"];

    /// <summary>The parts to run, of <see cref="Parts"/>; empty: all.</summary>
    public IReadOnlyCollection<string> Only { get; init; } = [];

    /// <summary>Where log lines go; null: nowhere.</summary>
    public Action<ILoggingBuilder>? Log { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public bool Runs(string part) => Only.Count == 0 || Only.Contains(part);
}
