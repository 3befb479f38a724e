using System.Text.Json.Nodes;
using Mlds.Analysis.Data;
using Mlds.Recipes;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Loading;

/// <summary>What each machine's networks were to learn, from the recipes that zoos and releases keep.</summary>
static class LearnedMachines
{
    internal static Dictionary<string, LearnedMachine> Of(Zoo zoo, IEnumerable<StoredWeights> parts) =>
        parts.Where(part => part.Networks.Count > 0).ToDictionary(part => part.Networks[0].Machine, part => Of(zoo.RecipeJson(part.Networks[0])));

    /// <exception cref="InvalidDataException">recipes.json isn't what a release has.</exception>
    internal static Dictionary<string, LearnedMachine> Of(Release release)
    {
        var path = Path.Combine(release.Folder, "recipes.json");
        try
        {
            return JsonNode.Parse(File.ReadAllText(path))!.AsArray().Select(node => node!.AsObject()).ToDictionary(
                recipe => (string)recipe["machine_name"]!,
                recipe =>
                {
                    recipe["seed"] = 0;
                    return Of(Canonical.Serialize(recipe));
                });
        }
        catch (Exception exception) when (exception is FormatException or System.Text.Json.JsonException or InvalidOperationException or NullReferenceException or ArgumentException)
        {
            throw new InvalidDataException($"'{path}' is damaged: {exception.Message}", exception);
        }
    }

    static LearnedMachine Of(string recipeJson)
    {
        var recipe = Recipe.Parse(recipeJson);
        return new LearnedMachine(recipe.Machine.Build(), recipe.Data);
    }
}
