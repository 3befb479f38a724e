using Mlds.Tasks.Machines;

namespace Mlds.Cli.Machines;

/// <summary>All that <c>mlds machines NAME</c> finds out about one machine.</summary>
sealed class MachineStudy
{
    public MachineStudy(NamedMachine named)
    {
        Named = named;
        Minimal = MinimalAutomaton.Of(named.Machine);
        Sequences = SequenceData.Generate(named.Machine, named.Data).Training;
        Example = MachineExample.Of(named.Machine, Sequences);
        Learnability = Learnability.Of(named.Machine, Sequences);
    }

    public NamedMachine Named { get; }

    public MinimalAutomaton Minimal { get; }

    /// <summary>The sequences that <see cref="Learnability"/> was measured on.</summary>
    public SequenceSet Sequences { get; }

    public IReadOnlyList<ExampleStep> Example { get; }

    public Learnability Learnability { get; }
}
