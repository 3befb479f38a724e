using Mlds.Training;

namespace Mlds.Zoos.Planning;

/// <summary>
/// A network of a population trained to its end before the population is: the very network that <c>generate</c> makes of that seed.
/// </summary>
/// <param name="Seed">The network's seed.</param>
/// <param name="Epochs">1 … the recipe's limit.</param>
/// <param name="ValidationLoss">After the last epoch.</param>
/// <param name="BestValidationLoss">The lowest of all epochs; NaN where none was a number.</param>
/// <param name="LongLoss">On the long words.</param>
/// <param name="Seconds">Wall time of its training, all parts together.</param>
/// <param name="By">Program, processor, kernels and core-seconds; no host, as the verdict may be published.</param>
public sealed record Pilot(
    uint Seed,
    string RecipeId,
    Outcome Outcome,
    int Epochs,
    float ValidationLoss,
    float BestValidationLoss,
    float LongLoss,
    string WeightsSha256,
    double Seconds,
    Provenance By)
{
    /// <summary>What has become of a run that ended.</summary>
    /// <param name="seconds">Wall time of all its parts.</param>
    public static Pilot Of(TrainedNetwork network, double seconds) => new(
        network.Recipe.Seed, network.Recipe.Id, network.Outcome, network.Epochs, network.ValidationLoss,
        network.History.Select(epoch => epoch.ValidationLoss).Where(float.IsFinite).DefaultIfEmpty(float.NaN).Min(),
        network.LongLoss, network.WeightsSha256, seconds, network.Provenance with { Host = "" });
}

/// <summary>A pilot that was broken off between epochs.</summary>
/// <param name="State">Where it goes on.</param>
/// <param name="Seconds">Wall time of its training so far.</param>
public sealed record BegunPilot(uint Seed, Checkpoint State, double Seconds);
