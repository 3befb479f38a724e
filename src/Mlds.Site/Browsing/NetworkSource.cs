using Mlds.Analysis.Data;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Site.Browsing;

/// <summary>A zoo or a release, as the browser reads it. Thread-safe: every call opens what it needs.</summary>
public abstract class NetworkSource
{
    /// <summary>The folder, as it was given.</summary>
    internal abstract string Folder { get; }

    /// <summary><c>zoo</c> or <c>release</c>.</summary>
    internal abstract string Kind { get; }

    /// <summary>
    /// Changes when the networks do: a zoo may be written while it is looked at, a release never changes. Cheap to ask.
    /// </summary>
    internal abstract string Version { get; }

    /// <summary>Whether there is anything to read; a zoo may be made later.</summary>
    internal virtual bool IsThere => true;

    /// <summary>All its networks, whatever their outcome, and what the population says of them.</summary>
    /// <exception cref="ZooException">A zoo that can't be read; the message says why and what to do.</exception>
    /// <exception cref="InvalidDataException">The same of a release.</exception>
    internal abstract SourceContents Read();

    /// <summary>What is stored of one network besides its row.</summary>
    /// <exception cref="ZooException">It is damaged; the message names it.</exception>
    /// <exception cref="InvalidDataException">The same of a release.</exception>
    internal abstract NetworkRecord Open(StoredNetwork network);

    /// <summary>The weights of all networks of the shape that most have.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    internal abstract WeightMatrix ReadWeights();

    /// <summary>A zoo or a release, by what is in the folder.</summary>
    /// <param name="data">A folder with the files that tasks are read from, before all others; null where none is named.</param>
    /// <exception cref="ZooException">It is neither.</exception>
    internal static NetworkSource Of(string folder, string? data = null) =>
        Zoos.Releases.ZooOrRelease.IsRelease(folder) ? new ReleaseFolder(folder, data) : new ZooFolder(folder, data);

    /// <summary>The recipe with its task's files looked for in the folder that was named, then in the source's own.</summary>
    protected static Recipe WithFiles(Recipe recipe, string? data, IReadOnlyList<string> own) =>
        data is null ? recipe : recipe.WithFilesIn([data, .. own]);
}

/// <param name="Population">The population's name.</param>
/// <param name="Machines">Names, in the population's order.</param>
/// <param name="Note">What is to be said of the whole, in a sentence; null for nothing.</param>
public sealed record SourceContents(
    string Population, IReadOnlyList<string> Machines, PopulationFactors Factors, IReadOnlyList<StoredNetwork> Networks,
    string? Note = null);

/// <param name="RecipeJson">Canonical JSON.</param>
/// <param name="History">Losses by epoch.</param>
/// <param name="Milestones">Empty in a release, which doesn't have them.</param>
/// <param name="Weights">P numbers, checked against their SHA-256; null where only recipes were released.</param>
public sealed record NetworkRecord(
    Recipe Recipe, string RecipeJson, IReadOnlyList<EpochRecord> History, IReadOnlyList<Milestone> Milestones, float[]? Weights)
{
    /// <summary>Whether it has weights and all are numbers; those of a network that diverged may not be.</summary>
    internal bool HasNumbers => Weights is { } weights && Array.TrueForAll(weights, float.IsFinite);

    /// <summary>Which weight is which.</summary>
    internal WeightLayout Layout => Recipe.Network.Layout;
}
