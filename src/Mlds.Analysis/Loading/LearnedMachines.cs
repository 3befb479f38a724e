using Mlds.Analysis.Data;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Loading;

/// <summary>What each machine's networks were to learn, from the recipes that zoos and releases keep.</summary>
/// <param name="Known">Those whose tasks are machines.</param>
/// <param name="Others">Names of those whose tasks are of other kinds.</param>
sealed record LearnedMachines(IReadOnlyDictionary<string, LearnedMachine> Known, IReadOnlySet<string> Others)
{
    internal static LearnedMachines Of(Zoo zoo, IEnumerable<StoredWeights> parts) => Of(
        parts.Where(part => part.Networks.Count > 0)
            .Select(part => (part.Networks[0].Machine, Recipe.Parse(zoo.RecipeJson(part.Networks[0])))));

    /// <exception cref="InvalidDataException">recipes.json isn't what a release has.</exception>
    internal static LearnedMachines Of(Release release) =>
        Of(release.Networks.Select(network => network.Machine).Distinct().Select(name => (name, release.RecipeOf(name))));

    static LearnedMachines Of(IEnumerable<(string Name, Recipe Recipe)> recipes)
    {
        var tasks = recipes.Select(one => (one.Name, Machine: one.Recipe.Task as MachineTask)).ToList();
        return new LearnedMachines(
            tasks.Where(one => one.Machine is not null)
                .ToDictionary(one => one.Name, one => new LearnedMachine(one.Machine!.Build(), one.Machine.Data)),
            tasks.Where(one => one.Machine is null).Select(one => one.Name).ToHashSet());
    }
}
