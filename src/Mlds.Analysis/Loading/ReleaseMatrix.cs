using Mlds.Analysis.Data;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Loading;

/// <summary>The weight matrix of a release, with its loss histories.</summary>
public static class ReleaseMatrix
{
    /// <exception cref="InvalidDataException">Missing or damaged weights; the message names the file or the network.</exception>
    /// <param name="where">Values of factors that networks must have; null for all networks.</param>
    public static WeightMatrix Read(Release release, IReadOnlyList<KeyValuePair<string, string>>? where = null)
    {
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
        if (where is not { Count: > 0 }) return all;
        var selection = new NetworkSelection(AllOutcomes: true, where);
        selection.Check(release.Networks, release.Factors, release.Folder);
        return all.Where(label => selection.Matches(release.Factors.Of(label.Machine.Name, label.Seed))) is { Networks: > 0 } some
            ? some
            : throw new InvalidDataException($"The release '{release.Folder}' has no network{selection.Words}.");
    }
}
