using Mlds.Kernels.Shapes;
using Mlds.Tasks;
using Mlds.Tasks.Machines;

namespace Mlds.Zoos.Planning;

/// <summary>How hard a machine is, known before anything is trained.</summary>
/// <param name="PlateauLoss">Of the best constant answer to its validation sequences: what a network has that learned nothing.</param>
/// <param name="StepLoss">
/// Of the best answer by whoever knows the step's number but no command. A network that gets no further has learned nothing of the
/// machine either, only that its start is known.
/// </param>
/// <param name="States">Of its minimal automaton; null where that is too large to be found.</param>
/// <param name="ToldByLast">
/// Item k: the share of the output bits that the last k symbols tell (<see cref="MachineDifficulty.ToldByLast"/>); empty like
/// <paramref name="States"/>.
/// </param>
public sealed record Difficulty(double PlateauLoss, double StepLoss, int? States, IReadOnlyList<double> ToldByLast)
{
    /// <summary>Null for what is learned from other things than sequences.</summary>
    public static Difficulty? Of(LearningTask task, TrainingData data)
    {
        if (task is not SequenceTask { Lines: var lines } || data.Validation is not Sequences sequences) return null;
        var plateau = Variance(sequences.Targets, lines.Outputs);
        var step = Enumerable.Range(0, sequences.Length).Average(t => Variance(
            [.. Enumerable.Range(0, sequences.Count).Select(sequence => sequences.Targets[(sequence * sequences.Length) + t])],
            lines.Outputs));
        try
        {
            if (task is MachineTask machine && MachineDifficulty.Of(machine.Build(), machine.Steps) is var exact)
                return new Difficulty(plateau, step, exact.States, exact.ToldByLast);
        }
        catch (ArgumentException)
        {
            // Too many states to be counted.
        }

        return new Difficulty(plateau, step, null, []);
    }

    /// <summary>The variance of a line's bits, as a mean over the lines: the loss of the best constant.</summary>
    static double Variance(uint[] targets, int outputs) => Enumerable.Range(0, outputs).Average(line =>
    {
        var ones = targets.Sum(target => (long)(target >> line & 1)) / (double)targets.Length;
        return ones * (1 - ones);
    });

    /// <summary>By value, item for item.</summary>
    public bool Equals(Difficulty? other) =>
        other is not null && States == other.States && PlateauLoss.Equals(other.PlateauLoss)
        && StepLoss.Equals(other.StepLoss) && ToldByLast.SequenceEqual(other.ToldByLast);

    public override int GetHashCode() => HashCode.Combine(States, PlateauLoss);
}
