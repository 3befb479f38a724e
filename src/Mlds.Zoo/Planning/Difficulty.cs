using Mlds.Tasks;
using Mlds.Tasks.Machines;

namespace Mlds.Zoos.Planning;

/// <summary>How hard a machine is, measured on its validation sequences before anything is trained.</summary>
/// <param name="States">Of its minimal automaton; null where that is too large to be found.</param>
/// <param name="ErrorWithLast">
/// Item k: mean squared error of the best predictor that sees the last k commands alone (<see cref="Learnability.ErrorWithLast"/>). Item 0
/// is the plateau: the loss of a network that gives the best constant answer.
/// </param>
/// <param name="OutputEntropy">Of a step's outputs, in bits.</param>
public sealed record Difficulty(int? States, IReadOnlyList<double> ErrorWithLast, double OutputEntropy)
{
    /// <summary>The loss of the best constant answer.</summary>
    public double PlateauLoss => ErrorWithLast[0];

    /// <summary>Null for what is learned from other things than a machine's sequences.</summary>
    public static Difficulty? Of(LearningTask task, TrainingData data)
    {
        if (task is not MachineTask machines || data.Validation is not SequenceSet sequences) return null;
        var machine = machines.Build();
        var learnability = Learnability.Of(machine, sequences);
        return new Difficulty(StatesOf(machine), learnability.ErrorWithLast, learnability.OutputEntropy);
    }

    /// <summary>By value, item for item.</summary>
    public bool Equals(Difficulty? other) =>
        other is not null && States == other.States && OutputEntropy.Equals(other.OutputEntropy)
        && ErrorWithLast.SequenceEqual(other.ErrorWithLast);

    public override int GetHashCode() => HashCode.Combine(States, OutputEntropy, ErrorWithLast.Count);

    static int? StatesOf(IMachine machine)
    {
        try
        {
            return MinimalAutomaton.Of(machine).States;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
