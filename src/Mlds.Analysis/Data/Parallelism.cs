namespace Mlds.Analysis.Data;

/// <summary>How many threads the analysis works with at once, however deep its loops are nested.</summary>
public static class Parallelism
{
    static readonly AsyncLocal<ParallelOptions?> s_options = new();

    static readonly ParallelOptions s_all = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    /// <summary>
    /// Threads at once, at least 1; as many as the machine has cores if nothing else is said. Set for what is called from here on, threads
    /// begun later included.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public static int Degree
    {
        get => Options.MaxDegreeOfParallelism;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);

            // Loops within loops would each take the degree; one scheduler for all of them holds to it together. One thread needs none.
            s_options.Value = new ParallelOptions
            {
                MaxDegreeOfParallelism = value,
                TaskScheduler = value == 1
                    ? TaskScheduler.Default
                    : new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, value).ConcurrentScheduler,
            };
        }
    }

    /// <summary>Sets the degree until what is returned is disposed of.</summary>
    internal static IDisposable Of(int degree)
    {
        var before = new Before(s_options.Value);
        if (degree != Degree) Degree = degree;
        return before;
    }

    /// <summary>For every parallel loop of the analysis.</summary>
    internal static ParallelOptions Options => s_options.Value ?? s_all;

    /// <summary>The same, for loops that can be cancelled.</summary>
    internal static ParallelOptions Until(CancellationToken cancellation) => new()
    {
        MaxDegreeOfParallelism = Options.MaxDegreeOfParallelism,
        TaskScheduler = Options.TaskScheduler,
        CancellationToken = cancellation,
    };

    sealed class Before(ParallelOptions? options) : IDisposable
    {
        public void Dispose() => s_options.Value = options;
    }
}
