using System.Text.Json.Nodes;
using Mlds.Networks;

namespace Mlds.Recipes;

/// <summary>A recipe's JSON, both ways (docs/formats/recipe.md).</summary>
static class RecipeJson
{
    internal static JsonObject Write(Recipe recipe)
    {
        var json = new JsonObject { ["arithmetic"] = Recipe.ArithmeticVersion, ["machine_name"] = recipe.MachineName };
        recipe.Task.WriteTo(json);
        json["data_sha256"] = recipe.DataSha256;
        json["network"] = recipe.Network.ToJson();
        json["training"] = SpecJson.Write(recipe.Training);
        json["seed"] = recipe.Seed;
        return json;
    }

    internal static Recipe Read(string text)
    {
        var json = StrictJson.Parse(text, "The recipe");
        ReadArithmetic(json);
        json.WithKeys(["arithmetic", "machine_name", .. TaskForms.Keys, "data_sha256", "network", "training", "seed"]);
        var task = TaskForms.Read(json);
        var recipe = new Recipe(
            json.Required("machine_name").Text(),
            task,
            json.Required("data_sha256").Sha256(),
            NetworkSpec.Read(json.Required("network")),
            SpecJson.ReadTraining(json.Required("training"), null),
            json.Required("seed").Seed());
        recipe.Network.CheckFit(json.Required("network"), "the machine", task);
        recipe.Network.CheckLoss(json.Required("training").Required("loss"), recipe.Training.Loss);

        // What was read must be what is hashed; a second way to say the same thing would be a second id for the same network.
        if (recipe.CanonicalJson != Canonical.Serialize(JsonNode.Parse(text)))
        {
            throw json.Error(
                "the recipe isn't written in the one way that docs/formats/recipe.md allows (absent optional fields, "
                + "keys as numbers, ordinary numbers), so its id would be another");
        }

        return recipe;
    }

    static void ReadArithmetic(StrictJson json)
    {
        if (!json.IsObject) throw json.Error("should be a recipe, an object with the key 'arithmetic'");
        var arithmetic = json.Required("arithmetic");
        if (arithmetic.Integer(1, int.MaxValue) is var version and not Recipe.ArithmeticVersion)
        {
            throw arithmetic.Error(
                $"the recipe needs arithmetic v{version}; this program trains with v{Recipe.ArithmeticVersion}, so use a newer one");
        }
    }
}
