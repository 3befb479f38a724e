using Mlds.Analysis.Data;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Loading;

/// <summary>What each machine's networks were to learn, from the recipes that zoos and releases keep.</summary>
static class LearnedMachines
{
    internal static Dictionary<string, LearnedMachine> Of(Zoo zoo, IEnumerable<StoredWeights> parts) =>
        parts.Where(part => part.Networks.Count > 0)
            .ToDictionary(part => part.Networks[0].Machine, part => Of(Recipe.Parse(zoo.RecipeJson(part.Networks[0]))));

    /// <exception cref="InvalidDataException">recipes.json isn't what a release has.</exception>
    internal static Dictionary<string, LearnedMachine> Of(Release release) =>
        release.Networks.Select(network => network.Machine).Distinct().ToDictionary(name => name, name => Of(release.RecipeOf(name)));

    static LearnedMachine Of(Recipe recipe)
    {
        var task = (MachineTask)recipe.Task;
        return new LearnedMachine(task.Build(), task.Data);
    }
}
