using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Analysis.Decomposition;
using Mlds.Analysis.Loading;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Benchmarks.Analysis;

/// <summary>
/// <c>Mlds.Benchmarks analysis --zoo DIR</c>: symmetry and the methods of the analysis on a zoo's networks (analysis.json); with
/// <c>--rows N</c> instead, the principal components of a zoo of N networks made of that one's (streamed-pca.json); with
/// <c>--planted N</c> instead, planted symmetries of its first N converged networks, to be found again (planted.json); with
/// <c>--growth N,N</c> instead, the time and memory of <c>mlds analyze</c> against the number of networks (analysis-growth.json).
/// </summary>
static class AnalysisBenchmarks
{
    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>
    /// Options: --zoo DIR, --copies N (10), --rows N, --planted N, --growth N,N with --questions all or headlines (all) and --memory GB,
    /// --out FOLDER. Returns the exit code.
    /// </summary>
    internal static int Run(string[] options)
    {
        string? zoo = null;
        var (folder, copies, rows, planted) = (Path.Combine("benchmarks", "results", Processor.Here.Folder), 10, 0, 0);
        var (sizes, all, memory) = (Array.Empty<int>(), true, 0.0);
        for (var i = 0; i + 1 < options.Length; i += 2)
        {
            switch (options[i])
            {
                case "--zoo": zoo = options[i + 1]; break;
                case "--rows" when int.TryParse(options[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out rows) && rows > 0:
                    break;
                case "--copies" when int.TryParse(options[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out copies)
                    && copies > 0:
                    break;
                case "--planted" when int.TryParse(options[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out planted)
                    && planted > 0:
                    break;
                case "--growth" when Sizes(options[i + 1]) is { Length: > 0 } given: sizes = given; break;
                case "--questions" when options[i + 1] is "all" or "headlines": all = options[i + 1] == "all"; break;
                case "--memory" when double.TryParse(options[i + 1], CultureInfo.InvariantCulture, out memory) && memory > 0: break;
                case "--out": folder = options[i + 1]; break;
                default: return Refuse(options[i]);
            }
        }

        if (options.Length % 2 != 0 || zoo is null) return Refuse(options.Length > 0 ? options[^1] : "");
        Directory.CreateDirectory(folder);
        if (sizes.Length > 0)
        {
            AnalysisGrowth.Run(
                zoo, sizes, all, memory, Path.Combine(folder, "analysis-growth.json"),
                Head("mlds analyze on zoos of noisy copies of a real zoo's networks: time and memory, no accuracy."));
            return 0;
        }

        if (planted > 0) Write(Path.Combine(folder, "planted.json"), Planted(zoo, planted));
        else if (rows == 0) Write(Path.Combine(folder, "analysis.json"), OfZoo(zoo, copies));
        else Write(Path.Combine(folder, "streamed-pca.json"), Streamed(zoo, rows));
        return 0;
    }

    static int Refuse(string option)
    {
        Console.Error.WriteLine(
            $"analysis: '{option}' isn't right; give --zoo DIR (a zoo made by mlds generate), "
            + "and if wanted --copies NUMBER, --rows NUMBER, --planted NUMBER or --growth NUMBER,NUMBER (with --questions all or "
            + "headlines, and --memory GB), and --out FOLDER.");
        return 2;
    }

    static int[] Sizes(string text)
    {
        var sizes = text.Split(',')
            .Select(size => int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var networks) ? networks : 0).ToArray();
        return sizes.All(size => size >= 20) ? sizes : [];
    }

    static JsonObject OfZoo(string path, int copies)
    {
        using var zoo = Zoo.Open(path);
        var result = Head(
            $"Symmetry and methods on the {zoo.Population.Name} networks of a zoo; seconds of the core, scikit-learn in turn.");
        result["symmetry"] = SymmetryMeasurement.Measure(zoo);
        Console.WriteLine(result["symmetry"]!.ToJsonString(s_json));
        result["against_sklearn"] = AgainstSklearn.Measure(ZooMatrix.Read(zoo).Where(label => label.Outcome == Outcome.Converged), copies);
        return result;
    }

    static JsonObject Planted(string path, int most)
    {
        using var zoo = Zoo.Open(path);
        var result = Head($"Symmetries planted in {zoo.Population.Name} networks of a zoo and found again by alignment.");
        result["planted"] = SymmetryMeasurement.Planted(zoo, most);
        Console.WriteLine(result["planted"]!.ToJsonString(s_json));
        return result;
    }

    static JsonObject Streamed(string path, int rows)
    {
        var folder = Directory.CreateTempSubdirectory("mlds-streamed-pca-").FullName;
        try
        {
            using (var trained = Zoo.Open(path)) NoisyZoo.Write(trained, folder, rows);
            using var zoo = Zoo.Open(folder);
            var columns = Recipe.Parse(zoo.RecipeJson(zoo.Networks().First())).Network.Parameters;
            StreamedPca? pca = null;
            var watch = Stopwatch.StartNew();
            var core = SymmetryMeasurement.CoreSeconds(() => pca = StreamedPca.Fit(ZooRows.Read(zoo), columns, 3));
            var seconds = watch.Elapsed.TotalSeconds;
            var result = Head(string.Create(
                CultureInfo.InvariantCulture,
                $"Principal components of a large zoo's weights, streamed; the zoo never in memory. Its rows "
                + $"are the weights of trained {zoo.Population.Name} networks with normal noise of standard deviation {NoisyZoo.Noise}."));
            using var process = Process.GetCurrentProcess();
            result["networks"] = pca!.Rows;
            result["columns"] = columns;
            result["seconds"] = SymmetryMeasurement.Rounded(seconds);
            result["core_seconds"] = SymmetryMeasurement.Rounded(core);
            result["peak_megabytes"] = process.PeakWorkingSet64 >> 20;
            result["explained_variance_ratio"] = new JsonArray([.. pca.ExplainedVarianceRatio.Select(ratio => (JsonNode)ratio)]);
            Console.WriteLine(result.ToJsonString(s_json));
            return result;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static JsonObject Head(string about) => new()
    {
        ["about"] = about,
        ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["processor"] = Processor.Here.Name,
        ["cores"] = Environment.ProcessorCount,
        ["version"] = Provenance.Version,
    };

    static void Write(string path, JsonObject result) => File.WriteAllText(path, result.ToJsonString(s_json) + "\n");
}
