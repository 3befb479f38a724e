namespace Mlds.Cli.Frame;

/// <summary>Where long work shows how far it is. Safe to call from any thread.</summary>
interface IProgressView
{
    /// <summary>True where there is room for many items at once; a log is better off with one.</summary>
    bool IsDetailed { get; }

    /// <summary>Begins a piece of work of <paramref name="total"/> steps, shown under <paramref name="name"/>; 0 when unknown.</summary>
    IProgressItem Begin(string name, long total);
}

/// <summary>One piece of work in an <see cref="IProgressView"/>.</summary>
interface IProgressItem
{
    /// <summary>
    /// Says that <paramref name="done"/> of the total steps are done; <paramref name="note"/> is shown beside it: a speed, what comes next.
    /// </summary>
    void Report(long done, string note = "");
}
