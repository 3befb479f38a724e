using System.Text.Json.Nodes;

namespace Mlds.Training;

/// <summary>A recipe's JSON, both ways (docs/formats/recipe.md).</summary>
static class RecipeJson
{
    internal static JsonObject Write(Recipe recipe) => throw new NotImplementedException();

    internal static Recipe Read(string json) => throw new NotImplementedException();
}
