namespace Mlds.Zoos.Generation;

/// <summary>How far a <see cref="GenerationRun"/> is.</summary>
/// <param name="Machines">By machine, in the population's order: networks in the zoo and networks asked for.</param>
/// <param name="Trained">Networks this run has trained.</param>
/// <param name="NetworksPerMinute">Trained by this run in its last minute.</param>
/// <param name="SampleTimestepsPerSecond">Training steps × batch × sequence length in the last minute, all threads together.</param>
/// <param name="Remaining">Expected time to the end, or null while it can't be told.</param>
public sealed record GenerationProgress(
    IReadOnlyList<(string Name, int Done, int Total)> Machines,
    int Trained,
    double NetworksPerMinute,
    double SampleTimestepsPerSecond,
    TimeLeft? Remaining)
{
    public int Done => Machines.Sum(machine => machine.Done);

    public int Total => Machines.Sum(machine => machine.Total);
}
