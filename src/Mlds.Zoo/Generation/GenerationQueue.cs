namespace Mlds.Zoos;

/// <summary>Networks of one machine that are to be trained.</summary>
/// <param name="Seeds">Ascending.</param>
/// <param name="Begun">Those of them that have a checkpoint.</param>
/// <param name="SampleTimesteps">Sequences × length of one epoch.</param>
/// <param name="EpochLimit">The recipe's.</param>
/// <param name="Trained">Networks of it trained before.</param>
/// <param name="Epochs">Epochs those took, all together.</param>
/// <param name="Seconds">Seconds those took, all together.</param>
public sealed record MachineWork(string Machine, IReadOnlyList<uint> Seeds, IReadOnlySet<uint> Begun, long SampleTimesteps, int EpochLimit, int Trained, long Epochs, double Seconds);

/// <summary>
/// Hands out networks to train: those begun before first, then those of the machine whose networks are expected to take longest, so that no
/// long run is left for the end. The order never influences a result. Thread-safe.
/// </summary>
public sealed class GenerationQueue
{
    sealed class Line(MachineWork work)
    {
        public MachineWork Work { get; } = work;

        public Queue<uint> Seeds { get; } = new(work.Seeds.Order().OrderByDescending(work.Begun.Contains));

        public int Begun { get; set; } = work.Begun.Count;

        public int Unfinished { get; set; } = work.Seeds.Count;

        public int Trained { get; set; } = work.Trained;

        public long Epochs { get; set; } = work.Epochs;

        public double Seconds { get; set; } = work.Seconds;

        /// <summary>Sample-timesteps a network: by the mean of those trained, or by the epoch limit while there is none.</summary>
        public double ExpectedCost => Work.SampleTimesteps * (Trained > 0 ? (double)Epochs / Trained : Work.EpochLimit);
    }

    readonly Lock _lock = new();
    readonly List<Line> _lines;

    public GenerationQueue(IEnumerable<MachineWork> work) => _lines = [.. work.Select(machine => new Line(machine))];

    /// <summary>The next network to train, or null when all are handed out.</summary>
    public (string Machine, uint Seed)? Next()
    {
        lock (_lock)
        {
            var line = _lines.Where(line => line.Seeds.Count > 0)
                .OrderByDescending(line => line.Begun > 0)
                .ThenByDescending(line => line.ExpectedCost)
                .FirstOrDefault();
            if (line is null) return null;
            if (line.Begun > 0) line.Begun--;
            return (line.Work.Machine, line.Seeds.Dequeue());
        }
    }

    /// <summary>Records what a network took: its machine's others are expected to take as long.</summary>
    public void Finished(string machine, int epochs, double seconds)
    {
        lock (_lock)
        {
            var line = _lines.Single(line => line.Work.Machine == machine);
            line.Unfinished--;
            line.Trained++;
            line.Epochs += epochs;
            line.Seconds += seconds;
        }
    }

    /// <summary>Expected time until all are trained, or null while some machine's first network has not been.</summary>
    public TimeSpan? Remaining(int threads)
    {
        lock (_lock)
        {
            var open = _lines.Where(line => line.Unfinished > 0).ToList();
            if (open.Any(line => line.Trained == 0)) return null;
            return TimeSpan.FromSeconds(open.Sum(line => line.Unfinished * line.Seconds / line.Trained) / threads);
        }
    }
}
