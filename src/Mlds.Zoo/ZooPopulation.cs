using System.Text;
using Mlds.Recipes;

namespace Mlds.Zoos;

/// <summary>The population a zoo belongs to, as the zoo remembers it.</summary>
/// <param name="Name">As in the population file.</param>
/// <param name="Sha256">SHA-256 of <paramref name="CanonicalJson"/>; the zoo takes networks of no other population.</param>
/// <param name="CanonicalJson">The whole population file.</param>
/// <param name="Machines">Names of its machines, in the file's order.</param>
public sealed record ZooPopulation(string Name, string Sha256, string CanonicalJson, IReadOnlyList<string> Machines)
{
    public static ZooPopulation Of(Population population) =>
        new(population.Name, population.Sha256, population.CanonicalJson, population.MachineNames);

    /// <summary>Whether the text has the SHA-256 beside it.</summary>
    public bool IsWhole => Sha256Hash.HexOf(Encoding.UTF8.GetBytes(CanonicalJson)) == Sha256;
}
