namespace Mlds.Server.Tests;

/// <summary>The clock of a test's server: it goes as the machine's does, and a test turns it ahead instead of waiting.</summary>
sealed class TestClock : TimeProvider
{
    long _ahead, _passed;

    /// <summary>Unix seconds.</summary>
    public long Now => GetUtcNow().ToUnixTimeSeconds();

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

    /// <summary>Turns the hands, back too; no time goes by.</summary>
    public void TurnAhead(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);

    /// <summary>Lets time go by.</summary>
    public void Pass(TimeSpan time)
    {
        TurnAhead(time);
        Interlocked.Add(ref _passed, (long)(time.TotalSeconds * TimestampFrequency));
    }

    public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Read(ref _passed);
}
