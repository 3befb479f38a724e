using Mlds.Bundles;
using Mlds.Recipes;

namespace Mlds.Server.Science;

/// <summary>The cost of training, computed from the recipe alone: credit and the sizes of units follow from it, never from what a client
/// claims.</summary>
static class WorkCost
{
    /// <summary>Assumed speed of a core that trains, in operations per second, until a host has been measured.</summary>
    public const double UsualFlops = 2e10;

    /// <summary>Epochs assumed for a network until one of its machine has ended.</summary>
    const double UsualEpochs = 40;

    /// <summary>
    /// Floating-point operations of one epoch: two per multiply-add, forward and backward over the training examples, forward over the
    /// validation examples.
    /// </summary>
    public static double OfEpoch(Recipe recipe)
    {
        var task = recipe.Task;
        return 2.0 * recipe.Network.MultiplyAdds * task.Steps * (task.TrainingCount + (task.ValidationCount / 3.0));
    }

    /// <summary>
    /// Operations after which a client gives a task up. The client divides them by the speed it was told, which short tasks make look
    /// several times too high, and also counts the time in which its machine was busy with other things: so they are never less than a
    /// day's work at a speed that no core has. The worker ends by itself at the unit's epoch limit.
    /// </summary>
    /// <param name="most">Operations of the unit when every network takes all the epochs it may.</param>
    public static double Bound(double most) => Math.Max(10 * most, 86400 * 1e12);

    /// <summary>Operations that a result took.</summary>
    public static double Of(Bundle bundle, BundleResult result) =>
        result.Parts.Zip(bundle.Networks).Sum(pair => OfEpoch(pair.Second.Recipe) * (pair.First.State.Epoch - pair.Second.Begun));

    /// <summary>Epochs that a network will probably take in a unit.</summary>
    /// <param name="ended">Networks of its machine that ended.</param>
    /// <param name="endedEpochs">Their epochs.</param>
    public static double ExpectedEpochs(long ended, long endedEpochs, int begun, int unitLimit, int recipeLimit)
    {
        var mean = ended == 0 ? UsualEpochs : (double)endedEpochs / ended;

        // A network that has come further than most is as likely as not to take as long again.
        var left = begun < mean ? mean - begun : begun;
        return Math.Clamp(left, 1, Math.Max(1, Math.Min(unitLimit, recipeLimit - begun)));
    }
}
