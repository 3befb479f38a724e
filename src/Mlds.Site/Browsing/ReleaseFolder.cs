using System.Globalization;
using Mlds.Analysis.Data;
using Mlds.Analysis.Loading;
using Mlds.Zoos;
using Mlds.Zoos.Releases;

namespace Mlds.Site.Browsing;

/// <summary>A release's folder. It never changes, so it is opened once.</summary>
/// <param name="data">A folder with the files that tasks are read from; null where none is named.</param>
sealed class ReleaseFolder(string folder, string? data = null) : NetworkSource
{
    readonly Lock _lock = new();
    Release? _release;
    Dictionary<string, int>? _rows;
    string _opened = "";

    internal override string Folder => folder;

    internal override string Kind => "release";

    /// <summary>By its manifest: somebody may put another release in its place.</summary>
    internal override string Version => new FileInfo(Path.Combine(folder, "manifest.json")) is { Exists: true } manifest
        ? string.Create(CultureInfo.InvariantCulture, $"{manifest.Length} {manifest.LastWriteTimeUtc.Ticks}")
        : "";

    internal override SourceContents Read()
    {
        var release = Opened();
        return new SourceContents(
            release.Population, release.Machines, release.Factors, release.Networks,
            release.HasWeights ? null : $"It has recipes only; `mlds regenerate {folder} --zoo DIR` trains the networks again.");
    }

    internal override WeightMatrix ReadWeights() => ReleaseMatrix.Read(Release.Open(folder));

    internal override NetworkRecord Open(StoredNetwork network)
    {
        var release = Opened();
        lock (_lock)
        {
            if (!_rows!.TryGetValue(network.RecipeId, out var row))
                throw new InvalidDataException($"The release '{folder}' has no network {network.RecipeId} any more.");
            var recipe = WithFiles(release.RecipeOf(network.Machine, network.Seed), data, release.FileFolders);
            return new NetworkRecord(
                recipe, recipe.CanonicalJson, release.History(row), [], release.HasWeights ? release.ReadWeightsOf(row) : null);
        }
    }

    Release Opened()
    {
        lock (_lock)
        {
            var version = Version;
            if (_release is not null && version == _opened) return _release;
            _release = Release.Open(folder);
            _rows = [];
            foreach (var (row, network) in _release.Networks.Index()) _rows.TryAdd(network.RecipeId, row);
            _opened = version;
            return _release;
        }
    }
}
