using Mlds.Analysis.Data;
using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Loading;

/// <summary>The weight matrix of a release, with its loss histories.</summary>
public static class ReleaseMatrix
{
    /// <exception cref="InvalidDataException">Missing or damaged weights; the message names the file or the network.</exception>
    public static WeightMatrix Read(Release release)
    {
        var machines = release.Networks.Select(network => network.Machine).Distinct()
            .ToDictionary(name => name, name => MachineLabel.Of(name, release.Factors));
        var labels = release.Networks.Select((network, row) => new NetworkLabel(
            network.RecipeId, machines[network.Machine], network.Seed, network.Outcome, network.Epochs, network.ValidationLoss,
            network.TrainingLoss, network.LongLoss, network.WeightsSha256, release.History(row)));
        var learned = LearnedMachines.Of(release);
        return new WeightMatrix(release.Population, "release", release.ReadWeights().Weights, release.Layout, [.. labels])
        {
            Machines = learned.Known,
            NoMachines = learned.Others,
        };
    }
}
