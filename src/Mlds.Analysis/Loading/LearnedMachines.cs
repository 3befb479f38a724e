using Mlds.Analysis.Data;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Tasks.Machines;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Loading;

/// <summary>What each machine's networks were to learn, from the recipes that zoos and releases keep.</summary>
/// <param name="Known">Those whose tasks are machines.</param>
/// <param name="Others">Names of those whose tasks are of other kinds.</param>
/// <param name="Tasks">The tasks of all.</param>
sealed record LearnedMachines(
    IReadOnlyDictionary<string, LearnedMachine> Known, IReadOnlySet<string> Others, IReadOnlyDictionary<string, LearningTask> Tasks)
{
    /// <param name="first">A network of each machine.</param>
    internal static LearnedMachines Of(Zoo zoo, IEnumerable<StoredNetwork> first) =>
        Of(first.Select(network => (network.Machine, zoo.ReadRecipe(network))));

    /// <exception cref="InvalidDataException">recipes.json isn't what a release has.</exception>
    internal static LearnedMachines Of(Release release) =>
        Of(release.Networks.Select(network => network.Machine).Distinct().Select(name => (name, release.RecipeOf(name))));

    static LearnedMachines Of(IEnumerable<(string Name, Recipe Recipe)> recipes)
    {
        var all = recipes.ToDictionary(one => one.Name, one => one.Recipe.Task);
        var tasks = all.Select(one => (Name: one.Key, Machine: one.Value as MachineTask)).ToList();
        return new LearnedMachines(
            tasks.Where(one => one.Machine is not null)
                .ToDictionary(one => one.Name, one => new LearnedMachine(one.Machine!.Build(), one.Machine.Data)),
            tasks.Where(one => one.Machine is null).Select(one => one.Name).ToHashSet(),
            all);
    }
}
