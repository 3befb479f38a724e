using System.CommandLine;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Zoos.Planning;

namespace Mlds.Cli.Planning;

/// <summary>Keeps verbs from training populations with machines that <c>mlds plan</c> found nobody to learn.</summary>
static class LearnabilityGate
{
    /// <summary>Machines that the sentence names with their reasons.</summary>
    const int MostNamed = 3;

    /// <summary>The option that opens the gate.</summary>
    public static Option<bool> Ungated() => new("--ungated")
    {
        Description = "Train also machines that no pilot learned, whatever the verdict beside the population says.",
    };

    /// <summary>Throws if a verdict beside the population's file refuses a machine of it. Without a verdict it does nothing.</summary>
    /// <param name="name">The population as it was typed.</param>
    /// <param name="ungated">Whether <c>--ungated</c> was given: then the verdict isn't read.</param>
    /// <exception cref="UsageException">A machine is refused; the message says why and what to do.</exception>
    /// <exception cref="InvalidDataException">The verdict is damaged.</exception>
    public static void Check(string name, Population population, bool ungated)
    {
        var file = PopulationFile.Find(name);
        if (ungated || FileKinds.Of(file) != FileKind.File) return;
        var path = Verdict.PathOf(file);
        if (Verdict.Read(path)?.Refused(population) is not { Count: > 0 } refused) return;
        var reasons = refused.Take(MostNamed).Select(machine => $"{machine.Name} ({machine.Reason})");
        var more = refused.Count > MostNamed
            ? $" and {refused.Count - MostNamed} more: {string.Join(", ", refused.Skip(MostNamed).Select(machine => machine.Name))}"
            : "";
        throw new UsageException(
            $"'{path}' says that no pilot learned {string.Join("; ", reasons)}{more}. Change the machine, its data or its training "
            + $"and give `mlds plan {name}`, take it out of the population, or train it nevertheless with --ungated.");
    }
}
