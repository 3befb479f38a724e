namespace Mlds.Zoos;

/// <summary>How many networks of one machine the zoo has, by outcome, and what they cost.</summary>
/// <param name="CoreSeconds">Processor time of all its networks.</param>
/// <param name="Epochs">Epochs of all its networks.</param>
/// <param name="InProgress">Networks begun and checkpointed, but not finished.</param>
public sealed record MachineStatus(
    string Name, int Converged, int NotConverged, int Diverged, double CoreSeconds, long Epochs, int InProgress)
{
    public int Networks => Converged + NotConverged + Diverged;
}

/// <summary>What a zoo holds.</summary>
/// <param name="Machines">One entry per machine of the population, in the file's order, also for those without a network yet.</param>
/// <param name="Bytes">Size of the zoo on disk.</param>
public sealed record ZooStatus(IReadOnlyList<MachineStatus> Machines, long Bytes)
{
    public int Networks => Machines.Sum(machine => machine.Networks);

    /// <summary>All that the zoo keeps, checkpoints included, divided by its networks; null while there is none.</summary>
    public double? BytesPerNetwork => Networks > 0 ? (double)Bytes / Networks : null;
}

/// <summary>
/// What the converged networks of one machine cost: the median and the 90th percentile (the value that 90 % don't exceed).
/// </summary>
public sealed record ConvergedCost(double EpochsMedian, double EpochsP90, double CoreSecondsMedian, double CoreSecondsP90)
{
    /// <param name="networks">Epochs and core-seconds of each converged network; at least one.</param>
    internal static ConvergedCost Of(IReadOnlyCollection<(int Epochs, double Seconds)> networks)
    {
        double[] epochs = [.. networks.Select(network => (double)network.Epochs).Order()];
        double[] seconds = [.. networks.Select(network => network.Seconds).Order()];
        return new ConvergedCost(Quantile(epochs, 0.5), Quantile(epochs, 0.9), Quantile(seconds, 0.5), Quantile(seconds, 0.9));
    }

    /// <summary>The smallest value that at least <paramref name="share"/> of the sorted values don't exceed.</summary>
    static double Quantile(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
}
