namespace Mlds.Analysis.Data;

/// <summary>
/// The memory that an analysis means to stay within. The collector knows only what the machine has: on a large one it lets gigabytes of
/// matrices lie that nobody needs any more.
/// </summary>
static class MemoryBudget
{
    /// <summary>Less isn't worth a collection.</summary>
    const long Least = 1L << 28;

    static readonly AsyncLocal<long?> s_bytes = new();

    /// <summary>Holds for what is called from here on, until what is returned is disposed of.</summary>
    internal static IDisposable Of(long bytes)
    {
        var before = new Before(s_bytes.Value);
        s_bytes.Value = bytes;
        return before;
    }

    /// <summary>
    /// Has memory collected that isn't needed any more if more than half of the budget is taken. For places between large steps.
    /// </summary>
    internal static void Tidy()
    {
        if (s_bytes.Value is { } bytes && GC.GetTotalMemory(forceFullCollection: false) > Math.Max(Least, bytes / 2)) GC.Collect();
    }

    sealed class Before(long? bytes) : IDisposable
    {
        public void Dispose() => s_bytes.Value = bytes;
    }
}
