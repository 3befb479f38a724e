using System.Globalization;
using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Decomposition;
using Mlds.Analysis.Embedding;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Views;
using Mlds.Site.Browsing;
using Mlds.Training;

namespace Mlds.Site.Maps;

/// <summary>
/// Planes and neighbours of the networks, computed one after the other in the background when a page first asks, and kept
/// (<see cref="MapFiles"/>). Thread-safe.
/// </summary>
public sealed class ViewMaps
{
    internal const string Pca = "pca";
    internal const string Tsne = "tsne";

    /// <summary>Neighbours of a network that are kept.</summary>
    const int Neighbours = 10;

    readonly NetworkSource _source;
    readonly Lock _lock = new();

    /// <summary>What was asked of the networks that were last asked of.</summary>
    readonly Dictionary<string, Task<object?>> _tasks = [];
    Task _last = Task.CompletedTask;
    BrowsedNetworks? _of;
    WeakReference<WeightMatrix>? _weights;

    readonly bool _isKept;

    /// <param name="isKept">Whether what is computed is kept in files; of a zoo that grows on a server it would be ever more.</param>
    internal ViewMaps(NetworkSource source, bool isKept) => (_source, _isKept) = (source, isKept);

    /// <summary>What is being computed, for a page that waits; null when nothing is.</summary>
    internal string? Step { get; private set; }

    /// <summary>The views that networks of this shape have, in the order of the analysis; behaviour, which needs words, isn't among them.
    /// </summary>
    internal static IReadOnlyList<View> ViewsOf(Mlds.Networks.NetworkSpec spec) =>
        View.For(spec, [.. View.All.Where(view => view.Name != View.Behaviour.Name)]).Applying;

    /// <summary>The plane, or null while it is computed.</summary>
    /// <exception cref="Zoos.ZooException">It can't be; the message says why.</exception>
    /// <exception cref="InvalidDataException">The same.</exception>
    internal ViewPlane? Plane(BrowsedNetworks networks, View view, string method) =>
        (ViewPlane?)Result(networks, $"{view.Name}.{method}", files => files.ReadPlane(view.Name, method), files =>
        {
            var (rows, features) = Features(networks, view, method == Tsne ? Projections.MostEmbedded : int.MaxValue);
            Step = string.Create(CultureInfo.InvariantCulture, $"{(method == Tsne ? "t-SNE" : "PCA")} of {rows.Length:N0} networks");
            var plane = method == Tsne ? Embedding(view, rows, features) : Components(view, rows, features);
            files.Write(plane);
            return plane;
        });

    /// <summary>The neighbours, or null while they are computed.</summary>
    /// <inheritdoc cref="Plane" path="/exception"/>
    internal NeighbourTable? NeighboursBy(BrowsedNetworks networks, View view) =>
        (NeighbourTable?)Result(networks, $"{view.Name}.neighbours", files => files.ReadNeighbours(view.Name), files =>
        {
            var (rows, features) = Features(networks, view, int.MaxValue);
            Step = string.Create(CultureInfo.InvariantCulture, $"neighbours of {rows.Length:N0} networks");
            var table = Nearest(view, rows, features);
            files.Write(table);
            return table;
        });

    /// <summary>The networks that are the same up to a symmetry, or null while they are sought.</summary>
    /// <inheritdoc cref="Plane" path="/exception"/>
    internal CopyTable? Copies(BrowsedNetworks networks) =>
        (CopyTable?)Result(networks, "copies", files => files.ReadCopies(), files =>
        {
            var (rows, some) = Compared(networks, int.MaxValue);
            Step = string.Create(CultureInfo.InvariantCulture, $"canonical forms of {rows.Length:N0} networks");
            var table = new CopyTable([.. SymmetricCopies.Find(some).SelectMany(pair => new[] { rows[pair.A], rows[pair.B] })]);
            files.Write(table);
            return table;
        });

    object? Result(BrowsedNetworks networks, string name, Func<MapFiles, object?> read, Func<MapFiles, object> compute)
    {
        Task<object?> task;
        lock (_lock)
        {
            if (_of != networks)
            {
                (_of, _weights) = (networks, null);
                _tasks.Clear();
            }

            if (!_tasks.TryGetValue(name, out task!))
            {
                var files = new MapFiles(_isKept ? networks.Digest : null);
                var before = _last;
                task = Task.Run<object?>(async () =>
                {
                    if (read(files) is { } kept) return kept;
                    await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    lock (_lock)
                        if (_of != networks) return null; // nobody will ask for it any more
                    try
                    {
                        return compute(files);
                    }
                    finally
                    {
                        Step = null;
                    }
                });
                _tasks[name] = task;
                _last = task;
            }
        }

        // What is kept is there at once.
        ((IAsyncResult)task).AsyncWaitHandle.WaitOne(TimeSpan.FromMilliseconds(40));
        if (!task.IsCompleted) return null;
        if (task.IsFaulted)
        {
            lock (_lock)
                if (_tasks.GetValueOrDefault(name) == task) _tasks.Remove(name);
        }

        return task.GetAwaiter().GetResult();
    }

    (int[] Rows, FeatureMatrix Features) Features(BrowsedNetworks networks, View view, int most)
    {
        var (rows, some) = Compared(networks, most);
        Step = string.Create(CultureInfo.InvariantCulture, $"{view.Name.Replace('_', ' ')} of {some.Networks:N0} networks");
        return (rows, view.Build(some));
    }

    /// <summary>The networks that didn't diverge, of the shape that most have, and their rows in the table of all.</summary>
    (int[] Rows, WeightMatrix Networks) Compared(BrowsedNetworks networks, int most)
    {
        Step = "reading weights";
        var some = Weights(networks).Where(label => label.Outcome != Outcome.Diverged);
        if (some.Networks > most) some = some.Rows(Projections.Thinned(some.Labels, most));
        return ([.. some.Labels.Select(label => networks.RowOf(label.RecipeId)!.Value)], some);
    }

    /// <summary>In memory as long as something is computed of them.</summary>
    WeightMatrix Weights(BrowsedNetworks networks)
    {
        lock (_lock)
            if (_of == networks && _weights?.TryGetTarget(out var known) == true) return known;
        var read = _source.ReadWeights();
        lock (_lock)
            if (_of == networks) _weights = new WeakReference<WeightMatrix>(read);
        return read;
    }

    static ViewPlane Components(View view, int[] rows, FeatureMatrix features)
    {
        var pca = Decomposition(features, view);
        var coordinates = new float[2 * rows.Length];
        foreach (var (i, point) in pca.Transform(features).Index())
            for (var axis = 0; axis < Math.Min(2, point.Length); axis++) coordinates[(2 * i) + axis] = (float)point[axis];
        return new ViewPlane(view.Name, Pca, rows, coordinates, string.Create(
            CultureInfo.InvariantCulture,
            $"The first two principal components of {features.Columns:N0} numbers of {rows.Length:N0} networks hold "
            + $"{100 * pca.ExplainedVarianceRatio.Take(2).Sum():0.#} % of their variance."));
    }

    static Analysis.Decomposition.Pca Decomposition(FeatureMatrix features, View view) =>
        Analysis.Decomposition.Pca.Fit(features, new PcaOptions(2, view.Standardized));

    static ViewPlane Embedding(View view, int[] rows, FeatureMatrix features)
    {
        var points = TSne.Fit(features, new TSneOptions(Standardize: view.Standardized)).Coordinates;
        return new ViewPlane(
            view.Name, Tsne, rows, [.. points.SelectMany(point => point.Select(coordinate => (float)coordinate))], string.Create(
                CultureInfo.InvariantCulture,
                $"t-SNE of {features.Columns:N0} numbers of {rows.Length:N0} networks. Distances between clusters mean nothing."));
    }

    static NeighbourTable Nearest(View view, int[] rows, FeatureMatrix features)
    {
        var k = Math.Min(Neighbours, rows.Length - 1);
        if (k < 1) return new NeighbourTable(view.Name, rows, 0, [], []);
        var found = NearestNeighbours.Of(Scaled(features, view), k);
        return new NeighbourTable(
            view.Name, rows, k, [.. found.Indices.SelectMany(near => near.Select(place => rows[place]))],
            [.. found.Distances.SelectMany(distances => distances.Select(distance => (float)distance))]);
    }

    /// <summary>Columns that don't share a scale are brought to one.</summary>
    static FeatureMatrix Scaled(FeatureMatrix features, View view) =>
        view.Standardized ? Standardizer.Fit(features).Transform(features) : features;
}
