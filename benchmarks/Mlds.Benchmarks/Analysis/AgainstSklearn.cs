using System.Diagnostics;
using System.Text.Json.Nodes;
using Mlds.Analysis.Classification;
using Mlds.Analysis.Clustering;
using Mlds.Analysis.Data;
using Mlds.Analysis.Decomposition;
using Mlds.Analysis.Embedding;
using Mlds.Analysis.Forests;
using Mlds.Analysis.Views;
using Mlds.Zoos.Releases;

namespace Mlds.Benchmarks.Analysis;

/// <summary>
/// Our methods and scikit-learn's on the same matrix, in turn, in seconds of the core, on the one core to which the caller has pinned both.
/// Their quality is shown too: a fast wrong answer is no answer.
/// </summary>
static class AgainstSklearn
{
    const int Rounds = 3;

    /// <param name="weights">The raw weights of networks; each is taken <paramref name="copies"/> times with a little noise, so that there
    /// are enough of them.</param>
    internal static JsonObject Measure(WeightMatrix weights, int copies)
    {
        var matrix = Noisy(View.Raw.Build(weights), copies);
        var machines = weights.Labels.Select(label => label.Machine.Name).Distinct().ToList();
        int[] labels = [.. Enumerable.Range(0, matrix.Rows).Select(row => machines.IndexOf(weights.Labels[row / copies].Machine.Name))];
        var folder = Directory.CreateTempSubdirectory("mlds-sklearn-").FullName;
        try
        {
            Save(matrix, labels, folder);
            var methods = new JsonArray();
            methods.Add(Compare(
                "pca", "explained share of the variance",
                folder, () => Pca.Fit(matrix, new PcaOptions(3)).ExplainedVarianceRatio.Sum(),
                "pca_full", "pca_arpack", "pca_arpack_float32"));
            methods.Add(Compare("pca, streamed", "explained share of the variance", folder, () => Streamed(matrix), "pca_randomized"));
            methods.Add(Compare(
                "kmeans", "inertia", folder, () => KMeans.Fit(matrix, new KMeansOptions(machines.Count, Restarts: 10)).Inertia, "kmeans"));
            methods.Add(Compare("forest", "accuracy on the other half", folder, () => Forest(matrix, labels, machines.Count), "forest"));
            methods.Add(Compare("tsne", "Kullback-Leibler divergence", folder, () => TSne.Fit(matrix).Divergence, "tsne"));
            return new JsonObject
            {
                ["rows"] = matrix.Rows,
                ["columns"] = matrix.Columns,
                ["networks"] = weights.Networks,
                ["rounds"] = Rounds,
                ["methods"] = methods,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static FeatureMatrix Noisy(FeatureMatrix weights, int copies)
    {
        var random = new SeededRandom(1);
        var values = new float[(long)weights.Rows * copies * weights.Columns];
        for (var row = 0; row < weights.Rows * copies; row++)
        {
            for (var j = 0; j < weights.Columns; j++)
                values[(row * weights.Columns) + j] = (float)(weights.Row(row / copies)[j] + (0.1 * random.NextNormal()));
        }

        return new FeatureMatrix(values, weights.Rows * copies, weights.ColumnNames);
    }

    static double Streamed(FeatureMatrix matrix) =>
        StreamedPca.Fit(
            Enumerable.Range(0, matrix.Rows).Select(row => matrix.Row(row).ToArray()),
            matrix.Columns,
            3).ExplainedVarianceRatio.Sum();

    static double Forest(FeatureMatrix matrix, int[] labels, int classes)
    {
        int[] train = [.. Enumerable.Range(0, matrix.Rows)
            .Where(row => row % 2 == 0)], test = [.. Enumerable.Range(0, matrix.Rows).Where(row => row % 2 == 1)];
        var scores = RandomForest.Fit(matrix.Select(train), Array.ConvertAll(train, row => labels[row]), classes, new ForestOptions(100))
            .Scores(matrix.Select(test));
        return test.Select((row, i) => (Truth: labels[row], Scores: scores[(i * classes)..((i + 1) * classes)]))
            .Average(one => Array.IndexOf(one.Scores, one.Scores.Max()) == one.Truth ? 1.0 : 0);
    }

    static void Save(FeatureMatrix matrix, int[] labels, string folder)
    {
        using var file = new NpyFile(Path.Combine(folder, "rows.npy"), matrix.Rows, matrix.Columns);
        for (var row = 0; row < matrix.Rows; row++) file.WriteRow(matrix.Row(row).ToArray());
        File.WriteAllLines(
            Path.Combine(folder, "labels.txt"), labels.Select(label => label.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>Rounds in turn; the rival is the fastest of its settings, by the median.</summary>
    static JsonObject Compare(string name, string quality, string folder, Func<double> ours, params string[] rivals)
    {
        ours(); // compiled before it is timed
        double our = 0;
        var ourTimes = new List<double>();
        var theirs = rivals.ToDictionary(rival => rival, _ => new List<(double Seconds, double Quality)>());
        for (var round = 0; round < Rounds; round++)
        {
            ourTimes.Add(SymmetryMeasurement.CoreSeconds(() => our = ours()));
            foreach (var rival in rivals) theirs[rival].Add(Python(rival, folder));
        }

        var best = rivals.MinBy(rival => Median(theirs[rival].Select(one => one.Seconds)))!;
        var (ourMedian, theirMedian) = (Median(ourTimes), Median(theirs[best].Select(one => one.Seconds)));
        Console.WriteLine(
            $"{name,-13} ours {ourMedian,8:F3} s   scikit-learn ({best}) {theirMedian,8:F3} s   ratio "
            + $"{theirMedian / ourMedian,6:F1}   {quality}: {our:G5} / {theirs[best][0].Quality:G5}");
        return new JsonObject
        {
            ["method"] = name,
            ["ours_core_seconds"] = SymmetryMeasurement.Rounded(ourMedian),
            ["sklearn_core_seconds"] = new JsonObject(theirs.Select(pair => KeyValuePair.Create(
                pair.Key, (JsonNode?)SymmetryMeasurement.Rounded(Median(pair.Value.Select(one => one.Seconds)))))),
            ["ratio"] = SymmetryMeasurement.Rounded(theirMedian / ourMedian),
            ["quality"] = quality,
            ["ours_quality"] = our,
            ["sklearn_quality"] = theirs[best][0].Quality,
        };
    }

    static double Median(IEnumerable<double> numbers) => numbers.Order().ElementAt(Rounds / 2);

    static (double Seconds, double Quality) Python(string method, string folder)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "sklearn_methods.py");
        var start = new ProcessStartInfo(
            "/usr/bin/python3", [script, method, Path.Combine(folder, "rows.npy"), Path.Combine(folder, "labels.txt")])
        {
            RedirectStandardOutput = true,
        };

        // Threads that wait for each other waste the core's seconds; by that measure scikit-learn is best with one thread.
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"sklearn_methods.py {method} ended with exit code {process.ExitCode}; it needs Debian's python3-sklearn.");
        }

        var answer = JsonNode.Parse(output)!;
        return ((double)answer["core_seconds"]!, (double)answer["quality"]!);
    }
}
