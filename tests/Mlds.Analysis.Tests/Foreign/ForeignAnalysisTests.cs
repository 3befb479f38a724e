using System.Text.Json;
using Mlds.Analysis.Foreign;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Kernels.Shapes;

namespace Mlds.Analysis.Tests.Foreign;

/// <summary>A zoo of PyTorch's networks is asked here and, on the same splits, by scikit-learn.</summary>
public sealed class ForeignAnalysisTests : IDisposable
{
    static readonly AnalysisOptions s_quick = new() { RidgeShuffles = 3, CurveRepetitions = 1 };

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    ForeignSource Source(params string[] labels) => new([_scratch.In("weights.npy")], _scratch.In("networks.csv"), labels)
    {
        Layout = _scratch.In("layout.csv"),
        Activation = Activation.Relu,
        Group = "seed",
        Metadata = ["learning_rate", "loss"],
        Logarithms = ["learning_rate"],
    };

    static ForeignResult Run(ForeignSource source) =>
        ForeignAnalysis.Run(ForeignZoo.Read(source), s_quick, cancellation: TestContext.Current.CancellationToken);

    static Score Find(ForeignResult result, string subject, string view, string method, string metric) =>
        result.Analysis.Questions.SelectMany(question => question.Scores).Single(
            score => (score.Subject, score.View, score.Method, score.Metric) == (subject, view, method, metric));

    /// <summary>Ridge, forest and nearest neighbour on the weights and on the metadata, on the folds that ours used.</summary>
    const string ScikitLearn = """
        import csv, warnings
        warnings.filterwarnings('ignore')
        from sklearn.preprocessing import StandardScaler
        from sklearn.linear_model import RidgeCV
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
        from sklearn.neighbors import NearestNeighbors
        from sklearn.metrics import r2_score
        table = list(csv.DictReader(open(folder + '/networks.csv')))
        w = np.load(folder + '/weights.npy').astype(float)
        column = lambda name: np.array([float(row[name]) for row in table])
        meta = np.stack([np.log10(column('learning_rate')), column('loss')], 1)
        is_sgd = np.array([row['optimizer'] == 'sgd' for row in table]).astype(int)
        accuracy, seeds, folds = column('accuracy'), column('seed'), ints('folds')
        parts = [np.where(folds == f) for f in np.unique(folds)]
        def told(x, y, model, scaled):
            guess = np.zeros(y.shape)
            for test in parts:
                train = np.setdiff1d(np.arange(len(x)), test)
                a, b = x[train], x[test]
                if scaled:
                    s = StandardScaler().fit(a)
                    a, b = s.transform(a), s.transform(b)
                guess[test] = model(a).fit(a, y[train]).predict(b)
            return guess
        alphas = lambda a, penalties: np.array(penalties) * (a ** 2).sum() / len(a)
        ridge = lambda penalties: lambda a: RidgeCV(alphas(a, penalties))
        signs = np.stack([1 - 2 * is_sgd, 2 * is_sgd - 1], 1).astype(float)
        answer = {}
        for name, x in (('raw', w), ('metadata', meta)):
            guess = told(x, signs, ridge([1e-4, 1e-3, 1e-2, 1e-1, 1]), True).argmax(1)
            answer[name + '_ridge'] = float((guess == is_sgd).mean())
            forest = told(x, is_sgd, lambda a: RandomForestClassifier(200, random_state=1), False)
            answer[name + '_forest'] = float((forest == is_sgd).mean())
            answer[name + '_r2_ridge'] = r2_score(accuracy, told(x, accuracy, ridge([1e-4, 1e-3, 1e-2, 1e-1, 1, 10]), True))
            answer[name + '_r2_forest'] = r2_score(accuracy, told(
                x, accuracy, lambda a: RandomForestRegressor(200, max_features=1 / 3, min_samples_leaf=3, random_state=1), False))
        near = NearestNeighbors(n_neighbors=20).fit(w).kneighbors(w)[1]
        other = [next(j for j in row if seeds[j] != seeds[i]) for i, row in enumerate(near)]
        answer['nearest'] = float((is_sgd[other] == is_sgd).mean())
        out(**answer)
        """;

    [Fact]
    public void Answers_are_those_of_scikit_learn_on_the_same_splits()
    {
        TorchZoo.Write(_scratch.Path);
        var result = Run(Source("optimizer", "accuracy"));
        var folds = result.Predictions.Where(one => (one.Label, one.View, one.Method) == ("optimizer", "raw", "ridge"))
            .OrderBy(one => one.Row).Select(one => (double)one.Fold).ToArray();
        Assert.Equal(TorchZoo.Networks, folds.Length);
        Assert.All(Enumerable.Range(0, TorchZoo.Networks), row => Assert.Equal(folds[row / 3 * 3], folds[row]));
        var judge = Python.Run($"folder = {JsonSerializer.Serialize(_scratch.Path)}\n{ScikitLearn}", ("folds", folds));
        Score Name(string method) => Find(result, "optimizer", "raw", method, "accuracy");
        Score Number(string method) => Find(result, "accuracy", "raw", method, "r2");
        foreach (var (theirs, ours, tolerance) in new[]
        {
            ("raw_ridge", Name("ridge").Value.Value, 0.02), ("raw_forest", Name("forest").Value.Value, 0.05),
            ("metadata_ridge", Name("ridge").MetadataOnly!.Value.Value, 0.02),
            ("metadata_forest", Name("forest").MetadataOnly!.Value.Value, 0.03),
            ("raw_r2_ridge", Number("ridge").Value.Value, 0.03), ("raw_r2_forest", Number("forest").Value.Value, 0.06),
            ("metadata_r2_ridge", Number("ridge").MetadataOnly!.Value.Value, 0.02),
            ("metadata_r2_forest", Number("forest").MetadataOnly!.Value.Value, 0.04),
            ("nearest", Find(result, "optimizer", "raw", "nearest", "accuracy").Value.Value, 1e-12),
        })
        {
            Assert.True(Math.Abs(judge.Double(theirs) - ours) <= tolerance, $"{theirs}: scikit-learn {judge.Double(theirs)}, ours {ours}.");
        }

        // Weights of finished networks tell how they were trained, labels that were shuffled don't.
        var statistics = Find(result, "optimizer", "statistics", "forest", "accuracy");
        Assert.True(statistics.Value.Low > statistics.Chance, $"{statistics}");
        Assert.InRange(Name("ridge").Shuffled!.Value.Value, Name("ridge").Chance - 0.15, Name("ridge").Chance + 0.1);
        Assert.True(Find(result, "accuracy", "statistics", "forest", "r2").Value.Low > 0.3);
        Assert.Equal(
            ["raw", "reduced", "aligned", "statistics", "invariants", "spectral"], result.Analysis.Views.Select(view => view.Name));
        Assert.Equal(
            ["names_from_weights", "numbers_from_weights", "clusters_without_labels", "nearest_neighbours"],
            result.Analysis.Questions.Select(question => question.Id));
        Assert.All(result.Analysis.Questions, question => Assert.Null(question.Skipped));
        Assert.Equal(2, result.Analysis.Findings.Count);
        Assert.Equal(("optimizer", "seed", 100), (
            result.Analysis.Foreign!.ColouredBy, result.Analysis.Foreign.Group, result.Analysis.Foreign.Groups));
        Assert.Equal(
            Metrics.ToJson(result.Analysis).ToJsonString(),
            Metrics.ToJson(Metrics.Parse(Metrics.ToJson(result.Analysis).ToJsonString())).ToJsonString());
    }

    [Fact]
    public void A_file_for_each_network_gives_the_numbers_of_the_matrix()
    {
        TorchZoo.Write(_scratch.Path, ["F32", "F64"]);
        var source = Source("optimizer") with { Views = ["raw", "invariants"] };
        var matrix = Run(source).Analysis;
        var files = Run(source with
        {
            Weights = [_scratch.In("tensors")],
            Layout = null,
            Table = _scratch.In("shuffled.csv"),
        }).Analysis;
        Assert.Equal(
            matrix.Questions.SelectMany(question => question.Scores), files.Questions.SelectMany(question => question.Scores));
        Assert.Equal("tensors", files.Population.Name);
        Assert.Contains(files.Population.LeftOut, note => note.Contains("the column 'file'", StringComparison.Ordinal));
    }

    [Fact]
    public void Copies_are_found_and_never_on_both_sides_of_a_split()
    {
        TorchZoo.Write(_scratch.Path);
        Python.Run(
            $$"""
            import os
            folder = {{JsonSerializer.Serialize(_scratch.Path)}}
            a = np.load(folder + '/weights.npy')
            a[299] = a[0]
            r = np.random.RandomState(1)
            p, s = r.permutation(8), np.exp(r.randn(8)).astype('<f4')
            b = a[7].copy()
            b[:16] = (a[7][:16].reshape(8, 2)[p] * s[:, None]).ravel()
            b[16:24] = a[7][16:24][p] * s
            b[24:88] = (a[7][24:88].reshape(8, 8)[:, p] / s).ravel()
            a[298] = b
            np.save(folder + '/weights-0.npy', a[:100].astype('<f8'))
            np.save(folder + '/weights-2.npy', a[100:110])
            np.save(folder + '/weights-10.npy', a[110:])
            out(ok=1)
            """);
        var result = Run(Source("optimizer") with
        {
            Weights = [_scratch.In("weights-10.npy"), _scratch.In("weights-0.npy"), _scratch.In("weights-2.npy")],
            Views = ["statistics"],
        });
        var tallies = result.Analysis.Questions.Single(question => question.Id == "nearest_neighbours").Tallies;
        Assert.Equal([(2, "row 0 = row 299"), (4, "row 0 = row 299; row 7 = row 298")], tallies.Select(tally => (
            tally.Count, string.Join("; ", tally.Detail.Split("; ").Order(StringComparer.Ordinal)))));
        Assert.Equal((99, 1), (result.Analysis.Foreign!.Groups, result.Analysis.Foreign.Joined));
        int Fold(int row) => result.Predictions.First(one => one.Row == row).Fold;
        Assert.Equal(Fold(0), Fold(299));
    }
}
