namespace Mlds.Server.Tests;

/// <summary>The clock of a test's server: it goes as the machine's does, and a test turns it ahead instead of waiting.</summary>
sealed class TestClock : TimeProvider
{
    long _ahead;

    /// <summary>Unix seconds.</summary>
    public long Now => GetUtcNow().ToUnixTimeSeconds();

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    public void TurnAhead(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);
}
