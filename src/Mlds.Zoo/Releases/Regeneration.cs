using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using Mlds.Zoos.Generation;

namespace Mlds.Zoos.Releases;

/// <summary>
/// Trains the networks of a release again, into a zoo, and holds each to what the release says of it: a release without weights becomes one
/// with weights, on any machine.
/// </summary>
public sealed class Regeneration
{
    readonly Release _release;
    readonly Dictionary<string, StoredNetwork> _expected;

    /// <param name="rows">Rows of the release's table: which of its networks.</param>
    /// <exception cref="InvalidDataException">Its population.json is damaged or leads to other recipes than its table has.</exception>
    /// <exception cref="ZooException">A file that a task is read from is missing; the message says where to put it.</exception>
    public Regeneration(Release release, IReadOnlyList<int> rows)
    {
        _release = release;
        Networks = [.. rows.Select(row => release.Networks[row])];
        _expected = Networks.DistinctBy(network => network.RecipeId).ToDictionary(network => network.RecipeId);
        Population = ReadPopulation(release);
        foreach (var network in Networks) CheckRecipe(network);
    }

    /// <summary>Networks that are trained again, in the order of the release.</summary>
    public IReadOnlyList<StoredNetwork> Networks { get; }

    /// <summary>The release's.</summary>
    public Population Population { get; }

    /// <summary>
    /// What <see cref="GenerationRun"/> takes: these networks and no others, each held to the release before it is stored. It throws a <see
    /// cref="ZooException"/> at the first that is another.
    /// </summary>
    public GenerationOptions Options(int threads, TimeSpan checkpointEvery) =>
        new(Networks.Max(network => (int)Math.Min(int.MaxValue, network.Seed + 1L)), Shard.All, threads, checkpointEvery)
        {
            Wanted = Networks.ToLookup(network => network.Machine, network => network.Seed),
            Check = Check,
        };

    /// <summary>Networks that the zoo has already must be the release's too.</summary>
    /// <exception cref="ZooException">One is another; the message names it.</exception>
    public void CheckStored(Zoo zoo)
    {
        foreach (var stored in zoo.Networks())
        {
            if (_expected.TryGetValue(stored.RecipeId, out var expected) && Difference(expected, stored) is { } difference)
            {
                throw new ZooException(
                    $"{Named(expected)} in the zoo '{zoo.Folder}' {difference} (in the zoo trained {stored.Provenance.Origin}); "
                    + "`mlds verify` tells which of the two is false. Nothing was trained.");
            }
        }
    }

    void Check(TrainedNetwork network)
    {
        var expected = _expected[network.Recipe.Id];
        var trained = new StoredNetwork(
            network.Recipe.Id, network.Recipe.MachineName, network.Recipe.Seed, network.Outcome, network.Epochs,
            network.History.Count > 0 ? network.History[^1].TrainingLoss : float.NaN, network.ValidationLoss, network.LongLoss,
            network.WeightsSha256, network.Provenance);
        if (Difference(expected, trained) is not { } difference) return;
        throw new ZooException(
            $"{Named(expected)}, trained again, {difference} (recorded {expected.Provenance.Origin}, here {trained.Provenance.Origin}): "
            + $"either the release '{_release.Folder}' is false or this machine computes wrongly, which `mlds bench` tells. It was not "
            + "stored; the networks before it were, and are the release's.");
    }

    /// <summary>What goes on after the network's name; null where all is the same.</summary>
    static string? Difference(StoredNetwork expected, StoredNetwork other)
    {
        if (expected.WeightsSha256 != other.WeightsSha256)
            return $"has other weights than the release says: SHA-256 {other.WeightsSha256}, not {expected.WeightsSha256}";
        if (expected.Outcome != other.Outcome || expected.Epochs != other.Epochs)
        {
            return $"has the release's weights, but {OutcomeName.Of(other.Outcome)} after {other.Epochs} epochs, "
                + $"not {OutcomeName.Of(expected.Outcome)} after {expected.Epochs}";
        }

        var isSame = SameBits.Are(expected.TrainingLoss, other.TrainingLoss) && SameBits.Are(expected.ValidationLoss, other.ValidationLoss)
            && SameBits.Are(expected.LongLoss, other.LongLoss);
        return isSame ? null : "has the release's weights, but other losses than the release says";
    }

    static string Named(StoredNetwork network) => $"Network {network.RecipeId} ({network.Machine}, seed {network.Seed})";

    static Population ReadPopulation(Release release)
    {
        var path = Path.Combine(release.Folder, Release.PopulationFile);
        FileKinds.IsFile(path);
        if (!File.Exists(path)) throw new InvalidDataException($"The release '{release.Folder}' lacks its {Release.PopulationFile}.");
        var recipes = release.Machines.Where(name => release.Networks.Any(network => network.Machine == name))
            .Select(name => release.RecipeOf(name)).ToList();
        if (recipes.Select(recipe => recipe.Task.MissingFile).FirstOrDefault(missing => missing is not null) is { } missing)
            throw new ZooException(missing);
        try
        {
            return Population.Parse(
                File.ReadAllText(path), Release.PopulationFile,
                TaskFiles.In(release.FileFolders, recipes.Select(recipe => new PlannedTask(recipe.Task, recipe.DataSha256))));
        }
        catch (FormatException damaged)
        {
            throw new InvalidDataException($"The release '{release.Folder}' is damaged: {damaged.Message}", damaged);
        }
    }

    void CheckRecipe(StoredNetwork network)
    {
        if (Population.MachineNames.Contains(network.Machine)
            && Population.Recipe(network.Machine, network.Seed).Id == network.RecipeId)
        {
            return;
        }

        throw new InvalidDataException(
            $"The release '{_release.Folder}' is damaged: its {Release.PopulationFile} doesn't lead to {Named(network)}; "
            + "`mlds verify` says more.");
    }
}
