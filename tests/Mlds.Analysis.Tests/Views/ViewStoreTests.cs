using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Tests.Views;

public sealed class ViewStoreTests : IDisposable
{
    static readonly WeightMatrix s_networks =
        Tests.Networks.Population(new RecurrentSpec(4, 5, 2, [5, 3], Activation.None), ["AMachine", "BMachine"], 6);

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    static long Bytes(FeatureMatrix features) => (long)features.Rows * features.Columns * sizeof(float);

    static void Equal(FeatureMatrix expected, FeatureMatrix found)
    {
        Assert.Equal(expected.Values, found.Values);
        Assert.Equal(expected.ColumnNames, found.ColumnNames);
        Assert.Equal(expected.Rows, found.Rows);
    }

    [Fact]
    public void Views_that_do_not_fit_lie_in_files_and_come_back_to_the_bit()
    {
        FeatureMatrix[] made = [.. View.All.Select(view => view.Build(s_networks))];
        var budget = made.Max(Bytes);
        using var store = new ViewStore(View.All, s_networks, budget, WorkFolder.None);
        Assert.False(store.AllFit);
        for (var round = 0; round < 2; round++)
        {
            for (var view = 0; view < made.Length; view++)
            {
                Equal(made[view], store[view]);
                Assert.InRange(store.Loaded, 0, budget);
            }
        }

        Assert.Equal(made.Select(features => features.Columns), Enumerable.Range(0, store.Count).Select(store.Columns));
    }

    [Fact]
    public void Where_all_fit_each_view_is_made_once()
    {
        var made = 0;
        View[] views = [View.Statistics with { Build = matrix => Count(matrix) }, View.Spectral];
        FeatureMatrix Count(WeightMatrix matrix)
        {
            // The store looks at one network first, to know how many columns there will be.
            if (matrix.Networks > 1) made++;
            return View.Statistics.Build(matrix);
        }

        using var store = new ViewStore(views, s_networks, long.MaxValue, WorkFolder.None);
        Assert.True(store.AllFit);
        var first = store[0];
        Assert.Same(first, store.First());
        Assert.NotSame(first, store[1]);
        Assert.Same(first, store[0]);
        Assert.Equal(1, made);
    }

    [Fact]
    public void A_later_run_takes_the_finished_views_and_makes_a_damaged_one_again()
    {
        var path = _scratch.In("work");
        View[] views = [View.Aligned, View.Spectral];
        using (var folder = WorkFolder.Open(path, "key"))
        using (var store = new ViewStore(views, s_networks, long.MaxValue, folder)) Assert.Equal(2, store.ToArray().Length);
        string[] files = ["aligned.view", "spectral.view"];
        Assert.Equal(files, Directory.GetFiles(path, "*.view").Select(Path.GetFileName).Order(StringComparer.Ordinal));

        using (var file = File.Open(Path.Combine(path, files[1]), FileMode.Open)) file.SetLength(file.Length - 4);
        View Refusing(View view) => view with
        {
            Build = matrix => matrix.Networks == 1 ? view.Build(matrix) : throw new InvalidOperationException("made again"),
        };
        using var again = WorkFolder.Open(path, "key");
        using var later = new ViewStore([Refusing(View.Aligned), Refusing(View.Spectral)], s_networks, long.MaxValue, again);
        Equal(View.Aligned.Build(s_networks), later[0]);
        Assert.Equal("made again", Assert.Throws<InvalidOperationException>(() => later[1]).Message);
    }

    [Fact]
    public void Memory_is_planned_by_the_networks_and_the_largest_view()
    {
        var layout = s_networks.Layout;
        var plan = MemoryPlan.Of([(layout, 1_000), (layout, 500)], [View.Raw, View.Statistics]);
        Assert.Equal(1_500L * layout.Parameters * sizeof(float), plan.Weights);
        Assert.Equal(1_000L * View.All.Take(1).Max(view => view.Build(s_networks).Columns) * sizeof(float), plan.Largest);
        Assert.Equal(1_000, plan.Most(plan.Least));
        Assert.Equal(500, plan.Most(plan.Least / 2));
        Assert.True(MemoryPlan.Of([(layout, 1_000)], [View.Spectral]).Least < plan.Least);
        Assert.True(MemoryPlan.Usual > 0);
    }
}
