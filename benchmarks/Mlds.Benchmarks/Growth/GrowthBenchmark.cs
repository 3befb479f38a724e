using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Benchmarks.Growth;

/// <summary>
/// <c>Mlds.Benchmarks growth</c>: time, memory and bytes of each step of the main path against the number of networks, each step a process
/// of its own, as people start it. Training is left out, which is as long as it is.
/// </summary>
static class GrowthBenchmark
{
    const string StoreCommand = "growth-store";
    const int Parts = 2;

    static readonly int[] s_usual = [1_000, 10_000, 100_000];

    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>
    /// Options: --networks N,N (1000,10000,100000) or none, --folder DIR for zoos and releases, which are deleted (the folder for temporary
    /// files), --out FILE (docs/results/growth.json; other sizes in it stay), --figure FILE (docs/images/growth.svg), --analysis FILE (the
    /// processor's analysis-growth.json, which is taken over where it is there). Returns the exit code.
    /// </summary>
    internal static int Run(string[] options)
    {
        var (sizes, folder) = (s_usual, Path.GetTempPath());
        var (file, figure) = (Path.Combine("docs", "results", "growth.json"), Path.Combine("docs", "images", "growth.svg"));
        var analysis = Path.Combine("benchmarks", "results", Processor.Here.Folder, "analysis-growth.json");
        for (var i = 0; i + 1 < options.Length; i += 2)
        {
            switch (options[i])
            {
                case "--networks" when Sizes(options[i + 1]) is { } given: sizes = given; break;
                case "--folder": folder = options[i + 1]; break;
                case "--out": file = options[i + 1]; break;
                case "--figure": figure = options[i + 1]; break;
                case "--analysis": analysis = options[i + 1]; break;
                default: return Refuse(options[i]);
            }
        }

        if (options.Length % 2 != 0) return Refuse(options[^1]);
        if (sizes.Length > 0) Measure(folder, sizes, size => Keep(file, [size]));
        var result = Keep(file, File.Exists(analysis) ? OfAnalysis(JsonNode.Parse(File.ReadAllText(analysis))!) : []);
        File.WriteAllText(figure, GrowthFigure.Of(result).ToSvg(inline: false));
        foreach (var line in GrowthTable.Lines(result)) Console.WriteLine(line);
        return 0;
    }

    /// <summary><c>growth-store TRAINED POPULATION ZOO PART EACH</c>, which <see cref="Run"/> starts.</summary>
    internal static int Store(string[] options)
    {
        var part = new Shard(int.Parse(options[3], CultureInfo.InvariantCulture), Parts);
        GrowthZoo.Store(options[0], options[1], options[2], part, int.Parse(options[4], CultureInfo.InvariantCulture));
        return 0;
    }

    static int[]? Sizes(string text)
    {
        if (text == "none") return [];
        var sizes = text.Split(',').Select(
            size => int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var networks) ? networks : 0).ToArray();
        return sizes.All(size => size >= GrowthZoo.Machines * Parts && size % GrowthZoo.Machines == 0) ? sizes : null;
    }

    static int Refuse(string option)
    {
        Console.Error.WriteLine(
            $"growth: '{option}' isn't right; give --networks N,N (multiples of {GrowthZoo.Machines}) or none, --folder DIR (0.1 MB a "
            + "network), --out FILE, --figure FILE and --analysis FILE, each with a value.");
        return 2;
    }

    static void Measure(string folder, int[] sizes, Action<GrownSize> keep)
    {
        var scratch = Path.Combine(folder, $"mlds-growth-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(scratch);
            GrowthZoo.Train(Path.Combine(scratch, "trained"));
            File.WriteAllText(Path.Combine(scratch, "growth.json"), GrowthZoo.PopulationJson(GrowthZoo.EasyGoal));
            foreach (var size in sizes) keep(Measure(scratch, size));
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    static GrownSize Measure(string scratch, int networks)
    {
        string At(string name) => Path.Combine(scratch, name);
        var each = (networks / GrowthZoo.Machines).ToString(CultureInfo.InvariantCulture);
        var (population, zoo, release) = (At("growth.json"), At("z"), At("r"));
        var steps = new Dictionary<string, MeasuredRun>();
        void Add(string step, MeasuredRun run)
        {
            steps[step] = run;
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{networks,7} {step,-28} {run.Seconds,8:0.0} s {run.CoreSeconds,8:0.0} core-s {run.PeakBytes / 1e6,8:0} MB"));
        }

        void Mlds(string step, params string[] words) =>
            Add(step, MeasuredRun.Of([Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll"), .. words, "--json"]));
        MeasuredRun Half(int part) => MeasuredRun.Of(
            typeof(GrowthBenchmark).Assembly.Location, StoreCommand, At("trained"), population, At($"half{part}"), $"{part}", each);

        Add("generate: storing", Half(0).Then(Half(1)));
        Mlds("merge of two halves", "merge", At("half0"), At("half1"), "--into", zoo);
        Delete(At("half0"), At("half1"));
        Mlds("generate: nothing left to do", "generate", population, "--networks", each, "--zoo", zoo);
        Mlds("zoo: status and digest", "zoo", zoo);
        Mlds("zoo show", "zoo", zoo, "show", "ParityMachine/0");
        Mlds("release", "release", zoo, "--out", release);
        Mlds("release in three formats", "release", zoo, "--out", At("r3"), "--formats", "npy,h5,safetensors");
        Delete(At("r3"));
        Mlds("verify a zoo", "verify", zoo);
        Mlds("verify a release", "verify", release);
        var size = new GrownSize(networks, Bytes(zoo), Bytes(release), steps);
        Delete(zoo, release);
        return size;
    }

    static void Delete(params string[] folders)
    {
        foreach (var folder in folders) Directory.Delete(folder, recursive: true);
    }

    static long Bytes(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    /// <summary>What <c>analysis --growth</c> measured, as steps.</summary>
    static IEnumerable<GrownSize> OfAnalysis(JsonNode result) =>
        result["sizes"]!.AsArray().GroupBy(size => (int)size!["networks"]!).Select(size => new GrownSize(size.Key, 0, 0, size.ToDictionary(
            one => (string)one!["questions"]! == "all" ? "analyze, all questions" : "analyze, headlines",
            one => new MeasuredRun(
                (double)one!["seconds"]!, (double)one["core_seconds"]!, 1_000_000 * (long)one["peak_megabytes"]!))));

    /// <summary>Adds sizes, or steps of sizes that are there, to the file.</summary>
    static GrowthResult Keep(string file, IEnumerable<GrownSize> sizes)
    {
        var before = File.Exists(file) ? JsonSerializer.Deserialize<GrowthResult>(File.ReadAllText(file), s_json)!.Sizes : [];
        var result = new GrowthResult(
            "Cost of the main path's steps but training against networks of DS1's shape, of which a few were trained and the others are "
            + "those with noise. Made by: dotnet run -c Release --project benchmarks/Mlds.Benchmarks -- growth",
            DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Processor.Here.Name,
            Environment.ProcessorCount,
            Provenance.Version,
            [.. before.Concat(sizes).GroupBy(size => size.Networks).Select(same => same.Aggregate((old, next) => old.With(next)))
                .OrderBy(size => size.Networks)]);
        File.WriteAllText(file, JsonSerializer.Serialize(result, s_json) + "\n");
        return result;
    }
}
