namespace Mlds.Cli.Frame;

/// <summary>Checks numbers from the command line.</summary>
static class Limits
{
    /// <exception cref="UsageException">Outside <paramref name="low"/> … <paramref name="high"/>.</exception>
    public static int Check(string name, int value, int low, int high) =>
        value >= low && value <= high ? value : throw new UsageException($"{name} takes {low} … {high}, not {value}.");
}
