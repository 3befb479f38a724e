using Mlds.Analysis;
using Mlds.Networks;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Cli;

static class WeightSource
{
    public static WeightMatrix Read(Zoo zoo)
    {
        var all = zoo.Networks().ToList();
        var recipe = Recipe.Parse(zoo.RecipeJson(all[0]));
        var layout = new WeightLayout(recipe.Network);
        var weights = new float[(long)all.Count * layout.Parameters];
        for (var i = 0; i < all.Count; i++) zoo.ReadWeights(all[i]).CopyTo(weights.AsSpan(i * layout.Parameters));
        return new WeightMatrix(zoo.Population.Name, "zoo", weights, layout, [.. all.Select(n => new NetworkLabel(
            n.RecipeId, MachineLabel.Parse(n.Machine), n.Seed, n.Outcome, n.Epochs, n.ValidationLoss, n.TrainingLoss, n.LongLoss, n.WeightsSha256, zoo.History(n)))]);
    }
}
