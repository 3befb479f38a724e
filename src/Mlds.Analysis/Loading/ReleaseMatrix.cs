using Mlds.Analysis.Data;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Loading;

/// <summary>The weight matrix of a release, with its loss histories.</summary>
public static class ReleaseMatrix
{
    /// <exception cref="InvalidDataException">Missing or damaged weights; the message names the file or the network.</exception>
    public static WeightMatrix Read(Release release, NetworksToRead? wanted = null)
    {
        wanted ??= NetworksToRead.All;
        var selection = new NetworkSelection(AllOutcomes: true, wanted.Where);
        selection.Check(release.Networks, release.Factors, release.Folder);
        var there = release.Networks.Where(network => selection.Includes(network, release.Factors)).ToArray();
        if (there.Length == 0) throw new InvalidDataException($"The release '{release.Folder}' has no network{selection.Words}.");
        var ids = wanted.Of(there).Select(network => network.RecipeId).ToHashSet();
        wanted.Check?.Invoke([(release.Layout, ids.Count)]);
        var machines = release.Networks.Select(network => network.Machine).Distinct()
            .ToDictionary(name => name, name => MachineLabel.Of(name, release.Factors));
        var labels = release.Networks.Select((network, row) => new NetworkLabel(
            network.RecipeId, machines[network.Machine], network.Seed, network.Outcome, network.Epochs, network.ValidationLoss,
            network.TrainingLoss, network.LongLoss, network.WeightsSha256, release.History(row))
        {
            Settings = NetworkLabel.SettingsOf(network.Machine, network.Seed, release.Factors),
            Measures = network.Measures.Values,
        });
        var learned = LearnedMachines.Of(release);
        var all = new WeightMatrix(release.Population, "release", release.ReadWeights().Weights, release.Layout, [.. labels])
        {
            Machines = learned.Known,
            NoMachines = learned.Others,
            Tasks = learned.Tasks,
        };
        var some = ids.Count == all.Networks ? all : all.Where(label => ids.Contains(label.RecipeId));
        some.Sample = wanted.Sentence(ids.Count, there.Length);
        return some;
    }
}
