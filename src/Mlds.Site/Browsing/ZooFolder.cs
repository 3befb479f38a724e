using System.Globalization;
using Mlds.Analysis.Data;
using Mlds.Analysis.Loading;
using Mlds.Zoos;

namespace Mlds.Site.Browsing;

/// <summary>A zoo's folder. It may grow while it is looked at.</summary>
/// <param name="data">A folder with the files that tasks are read from; null where none is named.</param>
sealed class ZooFolder(string folder, string? data = null) : NetworkSource
{
    internal override string Folder => folder;

    internal override string Kind => "zoo";

    internal override bool IsThere => File.Exists(Path.Combine(folder, "zoo.db"));

    /// <summary>By size and time of its database and of what was appended to it.</summary>
    internal override string Version => string.Join(
        ' ', new[] { "zoo.db", "zoo.db-wal" }.Select(name => new FileInfo(Path.Combine(folder, name))).Where(file => file.Exists)
            .Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}")));

    internal override SourceContents Read()
    {
        using var zoo = Zoo.Open(folder);
        var begun = zoo.Status().Machines.Sum(machine => machine.InProgress);
        return new SourceContents(
            zoo.Population.Name, zoo.Machines, zoo.Factors, [.. zoo.Networks()],
            begun == 0 ? null : $"{begun} more networks are begun and not at their end; `mlds generate` goes on with them.");
    }

    internal override WeightMatrix ReadWeights()
    {
        using var zoo = Zoo.Open(folder);
        return ZooMatrix.Read(zoo);
    }

    internal override NetworkRecord Open(StoredNetwork network)
    {
        using var zoo = Zoo.Open(folder);

        // By its name and seed: rows of the database may have been written anew since the list was read.
        var stored = zoo.Find(network.Machine, network.Seed)
            ?? throw new ZooException($"The zoo '{folder}' has no network of {network.Machine} with seed {network.Seed} any more.");
        return new NetworkRecord(
            WithFiles(zoo.ReadRecipe(stored), data, Zoo.FileFolders(folder)), zoo.RecipeJson(stored), zoo.History(stored),
            zoo.Milestones(stored), zoo.ReadWeights(stored));
    }
}
