namespace Mlds.Zoos;

/// <summary>How many networks of one machine the zoo has, by outcome, and what they cost.</summary>
/// <param name="CoreSeconds">Processor time of all its networks.</param>
/// <param name="Epochs">Epochs of all its networks.</param>
/// <param name="InProgress">Networks begun and checkpointed, not finished.</param>
public sealed record MachineStatus(string Name, int Converged, int NotConverged, int Diverged, double CoreSeconds, long Epochs, int InProgress)
{
    public int Networks => Converged + NotConverged + Diverged;
}

/// <summary>What a zoo holds.</summary>
/// <param name="Machines">One entry a machine of the population, in the file's order, also those without a network yet.</param>
/// <param name="Bytes">Size of the zoo on disk.</param>
public sealed record ZooStatus(IReadOnlyList<MachineStatus> Machines, long Bytes)
{
    public int Networks => Machines.Sum(machine => machine.Networks);
}
