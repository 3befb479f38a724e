using Mlds.Networks;
using Mlds.Releases;
using Mlds.Zoos;

namespace Mlds.Analysis.Loading;

/// <summary>The weight matrix of a release folder.</summary>
public static class ReleaseMatrix
{
    /// <exception cref="ZooException">No release there, or a damaged one; the message says which.</exception>
    public static WeightMatrix Read(string folder)
    {
        var release = ReleaseReader.Read(folder);
        var labels = release.Networks.Select(network => new NetworkLabel(
            network.RecipeId, MachineLabel.Parse(network.Machine), network.Seed, network.Outcome, network.Epochs, network.ValidationLoss, network.TrainingLoss, network.LongLoss,
            network.WeightsSha256, network.History));
        return new WeightMatrix(release.Population, "release", release.Weights, new WeightLayout(release.Spec), [.. labels]);
    }
}
