using System.Collections;
using Mlds.Analysis.Data;
using Mlds.Analysis.Results;

namespace Mlds.Analysis.Views;

/// <summary>
/// Some networks in every view, each made once and when it is first asked for. As many views are in memory as a budget allows, one at
/// least; the others lie in files. Safe to use from several threads.
/// </summary>
sealed class ViewStore : IReadOnlyList<FeatureMatrix>, IDisposable
{
    /// <summary>A view of more bytes is given back to the system at once when it leaves memory.</summary>
    const long Large = 64L << 20;

    readonly IReadOnlyList<View> _views;
    readonly WeightMatrix _networks;
    readonly WorkFolder _folder;
    readonly long _budget;
    readonly int[] _columns;
    readonly FeatureMatrix?[] _loaded;
    readonly List<int> _used = [];
    readonly Lock _lock = new();
    string? _scratch;

    /// <param name="budget">Bytes that views may take together.</param>
    /// <param name="folder">Keeps views for later runs too; without one, views that don't fit lie in a temporary folder.</param>
    internal ViewStore(IReadOnlyList<View> views, WeightMatrix networks, long budget, WorkFolder folder)
    {
        (_views, _networks, _budget, _folder) = (views, networks, budget, folder);
        _columns = [.. MemoryPlan.Columns(networks.Layout, views)];
        _loaded = new FeatureMatrix?[views.Count];
    }

    public int Count => _views.Count;

    /// <summary>Whether all views together are in memory once they are made.</summary>
    internal bool AllFit => Enumerable.Range(0, Count).Sum(Resident) <= _budget;

    /// <summary>The view's features; from memory, from its file, or made.</summary>
    public FeatureMatrix this[int view]
    {
        get
        {
            lock (_lock)
            {
                _used.Remove(view);
                _used.Add(view);
                if (_loaded[view] is { } there) return there;
                MakeRoom(Resident(view));
                return _loaded[view] = FromFile(view) ?? Make(view);
            }
        }
    }

    /// <summary>Numbers per network of a view.</summary>
    internal int Columns(int view) => _columns[view];

    /// <summary>Bytes of a view.</summary>
    internal long Bytes(int view) => (long)_networks.Networks * _columns[view] * sizeof(float);

    /// <summary>What a view adds to memory: the weights are there anyway.</summary>
    internal long Resident(int view) => _views[view].IsWeights && _networks.IsWhole ? 0 : Bytes(view);

    /// <summary>Bytes of the views in memory, the weights themselves apart.</summary>
    internal long Loaded => Enumerable.Range(0, Count).Where(view => _loaded[view] is not null).Sum(Resident);

    public IEnumerator<FeatureMatrix> GetEnumerator() => Enumerable.Range(0, Count).Select(view => this[view]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Removes temporary files.</summary>
    public void Dispose()
    {
        if (_scratch is not null) Directory.Delete(_scratch, recursive: true);
        _scratch = null;
    }

    /// <summary>Lets views go that were used longest ago, until <paramref name="bytes"/> more are within the budget.</summary>
    void MakeRoom(long bytes)
    {
        var isLarge = false;
        foreach (var view in _used.ToArray())
        {
            if (Loaded + bytes <= _budget) break;
            if (_loaded[view] is null) continue;
            isLarge |= Resident(view) >= Large;
            _loaded[view] = null;
        }

        // The collector may else let several large views lie until there is hardly room for the next.
        if (isLarge) GC.Collect();
    }

    FeatureMatrix? FromFile(int view) => File(view) is { } file && System.IO.File.Exists(file) ? FeatureFile.Read(file) : null;

    FeatureMatrix Make(int view)
    {
        var features = _views[view].Build(_networks);
        if (features.Columns != _columns[view])
            throw new InvalidOperationException($"The view {_views[view].Name} has {features.Columns} columns, not {_columns[view]}.");
        if (File(view) is { } file) WorkFolder.WriteWhole(file, path => FeatureFile.Write(path, features));
        return features;
    }

    /// <summary>Where a view lies when it isn't in memory; null where it always is, or is as quickly made as read.</summary>
    string? File(int view)
    {
        if (_views[view].IsWeights && _networks.IsWhole) return null;
        if (_folder.ViewFile(_views[view].Name) is { } kept) return kept;
        if (AllFit) return null;
        _scratch ??= Directory.CreateTempSubdirectory("mlds-views-").FullName;
        return Path.Combine(_scratch, _views[view].Name);
    }
}
