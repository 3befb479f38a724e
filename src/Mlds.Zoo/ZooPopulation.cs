using System.Text;
using Mlds.Recipes;
using Mlds.Tasks;

namespace Mlds.Zoos;

/// <summary>The population a zoo belongs to, as the zoo remembers it.</summary>
/// <param name="Name">As in the population file.</param>
/// <param name="Sha256">SHA-256 of <paramref name="CanonicalJson"/>; the zoo takes networks of no other population.</param>
/// <param name="CanonicalJson">The whole population file.</param>
/// <param name="Machines">Names of its machines, in the file's order.</param>
public sealed record ZooPopulation(string Name, string Sha256, string CanonicalJson, IReadOnlyList<string> Machines)
{
    public static ZooPopulation Of(Population population) =>
        new(population.Name, population.Sha256, population.CanonicalJson, population.MachineNames)
        {
            Files = [.. population.MachineNames.SelectMany(name => population.Task(name).Files).Distinct()],
        };

    /// <summary>The files that its tasks are read from: a zoo keeps copies.</summary>
    public IReadOnlyList<TaskFile> Files { get; init; } = [];

    /// <summary>Whether the text has the SHA-256 beside it.</summary>
    public bool IsWhole => Sha256Hash.HexOf(Encoding.UTF8.GetBytes(CanonicalJson)) == Sha256;
}
