using Mlds.Analysis.Data;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Loading;

/// <summary>What each machine's networks were to learn, from the recipes that zoos and releases keep.</summary>
static class LearnedMachines
{
    internal static Dictionary<string, LearnedMachine> Of(Zoo zoo, IEnumerable<StoredWeights> parts) => Known(
        parts.Where(part => part.Networks.Count > 0)
            .Select(part => (part.Networks[0].Machine, Recipe.Parse(zoo.RecipeJson(part.Networks[0])))));

    /// <exception cref="InvalidDataException">recipes.json isn't what a release has.</exception>
    internal static Dictionary<string, LearnedMachine> Of(Release release) =>
        Known(release.Networks.Select(network => network.Machine).Distinct().Select(name => (name, release.RecipeOf(name))));

    /// <summary>Those whose tasks are machines; tasks of other kinds are left out.</summary>
    static Dictionary<string, LearnedMachine> Known(IEnumerable<(string Name, Recipe Recipe)> recipes) => recipes
        .Select(one => (one.Name, Task: one.Recipe.Task as MachineTask)).Where(one => one.Task is not null)
        .ToDictionary(one => one.Name, one => new LearnedMachine(one.Task!.Build(), one.Task.Data));
}
