using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Mlds.Analysis.Foreign;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Cli.Frame;
using Mlds.Kernels.Shapes;
using Mlds.Reports;

namespace Mlds.Cli;

/// <summary><c>mlds analyze --weights … --table … --label …</c>: anybody's networks, of which only weights and a table are known.</summary>
static class AnalyzeForeign
{
    /// <summary>The file with every prediction, beside the report.</summary>
    const string PredictionsName = "predictions.csv";

    static readonly Option<string[]> s_weights = new("--weights")
    {
        Description = "Instead of a zoo, anybody's networks: a .npy matrix of networks × parameters, several that follow one another, a "
            + ".safetensors file of stacked tensors, or a folder of such files or of one .safetensors file a network.",
        HelpName = "FILE-or-DIR",
        AllowMultipleArgumentsPerToken = true,
    };

    static readonly Option<string?> s_table = new("--table")
    {
        Description = "With --weights: the CSV file (or .csv.gz) with a row for each network, in the same order or by file name.",
        HelpName = "CSV",
    };

    static readonly Option<string[]> s_labels = Columns(
        "--label", "With --weights: columns of the table to be told from the weights; texts are named, numbers regressed.");

    static readonly Option<string?> s_layout = new("--layout")
    {
        Description = "With --weights: the CSV file that says which columns of the weights are which tensor.",
        HelpName = "CSV",
    };

    static readonly Option<string[]> s_metadata = Columns(
        "--metadata", "With --weights: columns that weights must beat; all others of numbers when not given.");

    static readonly Option<string?> s_group = new("--group")
    {
        Description = "With --weights: networks with one value in this column, such as a seed, are never on both sides of a split.",
        HelpName = "COLUMN",
    };

    static readonly Option<string[]> s_asText = Columns("--as-text", "With --weights: columns whose numbers are names.");
    static readonly Option<string[]> s_logarithms = Columns("--log", "With --weights: columns whose decimal logarithms are meant.");

    static readonly Option<string?> s_activation = new("--activation")
    {
        Description = "With --weights: relu or tanh, after every layer but the last; then units' symmetries are known, and the views "
            + "reduced, aligned and invariants can be had.",
        HelpName = "NAME",
    };

    static readonly Option<bool> s_maxPooling = new("--max-pooling")
    {
        Description = "With --activation tanh: there is a pooling that takes the largest, which lets no signs through.",
    };

    /// <summary>The options that are of anybody's networks alone.</summary>
    public static IEnumerable<Option> Options =>
    [
        s_weights, s_table, s_labels, s_layout, s_metadata, s_group, s_asText, s_logarithms, s_activation, s_maxPooling,
    ];

    static Option<string[]> Columns(string name, string description) =>
        new(name) { Description = description, HelpName = "COLUMN,…" };

    /// <summary>Whether anybody's networks are meant rather than a zoo or a release.</summary>
    /// <exception cref="UsageException">Both are, or an option has no <c>--weights</c>.</exception>
    public static bool IsAsked(VerbRun run, string? source)
    {
        if (run.Has(s_weights))
        {
            return source is null
                ? true
                : throw new UsageException($"Give either a zoo or release ('{source}') or --weights, not both.");
        }

        if (Options.FirstOrDefault(run.Has) is { } option)
            throw new UsageException($"{option.Name} is for anybody's networks: it needs --weights FILE, --table CSV and --label COLUMN.");
        return source is not null
            ? false
            : throw new UsageException(
                "'analyze' needs ZOO-or-RELEASE, the folder of a zoo or of a release; or, for anybody's networks, --weights FILE, --table "
                + "CSV and --label COLUMN.");
    }

    /// <summary>Reads, asks and writes. Nothing is written before all is read and checked.</summary>
    /// <param name="conditions">What <c>--where</c> asks for.</param>
    public static int Run(VerbRun run, string folder, uint seed, string? conditions)
    {
        if (run.Has(AnalysisChoices.PerClass))
            throw new UsageException("--per-class is for zoos and releases; of anybody's networks --where or a smaller table takes some.");
        var source = Source(run, conditions);
        var unfinished = Path.Combine(folder, AnalyzeVerb.Unfinished);
        var options = AnalysisChoices.Of(run, ForeignAnalysis.Parts) with { Seed = seed, WorkFolder = unfinished };
        var (zoo, result) = run.WithProgress(view =>
        {
            var networks = Read(run, source, options, view);
            var item = view.Begin("Analysing", 100);
            return (networks, ForeignAnalysis.Run(networks, options, AnalyzeVerb.Told(item), run.Cancellation));
        });
        var page = Report.Write(result.Analysis, folder);
        var predictions = Path.Combine(folder, PredictionsName);
        Write(predictions, result.Predictions);
        WorkFolder.Remove(unfinished);
        run.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{zoo.Networks} of {zoo.Found} networks of '{zoo.Name}' analysed in {result.Analysis.Seconds:0.0} s."));
        foreach (var note in zoo.Notes) run.Output.WriteLine(note);
        foreach (var finding in result.Analysis.Findings) run.Output.WriteLine(finding.Answer);
        run.Output.WriteLine($"Report: {page}");
        run.PrintJson(() => Json(result.Analysis, folder, page, predictions));
        return ExitCode.Success;
    }

    static ForeignZoo Read(VerbRun run, ForeignSource source, AnalysisOptions options, IProgressView view)
    {
        var item = view.Begin("Reading weights", 100);
        try
        {
            return ForeignZoo.Read(source, options.Memory, (done, of) => item.Report(100L * done / of), run.Cancellation);
        }
        catch (InvalidDataException problem)
        {
            // Whatever doesn't fit is in what was given, and nothing has been written.
            throw new UsageException(problem.Message);
        }
    }

    static ForeignSource Source(VerbRun run, string? conditions)
    {
        if (run.Get(s_table) is not { } table)
            throw new UsageException("--weights needs --table CSV: a table with a row for each network.");
        var labels = Names(run, s_labels);
        if (labels.Length == 0) throw new UsageException("--weights needs --label COLUMN: what is to be told from the weights.");
        return new ForeignSource(run.Get(s_weights)!, table, labels)
        {
            Layout = run.Get(s_layout),
            Metadata = run.Has(s_metadata) ? Names(run, s_metadata) : null,
            Group = run.Get(s_group),
            Where = Conditions(conditions),
            AsText = Names(run, s_asText),
            Logarithms = Names(run, s_logarithms),
            Activation = ActivationOf(run.Get(s_activation)),
            IsMaxPooled = run.Get(s_maxPooling),
            Views = run.Get(AnalysisChoices.Views) is { } views ? Names([views]) : null,
        };
    }

    static string[] Names(VerbRun run, Option<string[]> option) => Names(run.Get(option) ?? []);

    static string[] Names(IEnumerable<string> given) =>
        [.. given.SelectMany(names => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    static Activation? ActivationOf(string? name) => name?.ToLowerInvariant() switch
    {
        null => null,
        "relu" => Activation.Relu,
        "tanh" => Activation.Tanh,
        _ => throw new UsageException(
            $"--activation takes relu or tanh, not '{name}'; leave it out for others, whose symmetries aren't known here."),
    };

    static KeyValuePair<string, string>[] Conditions(string? text) =>
    [
        .. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(condition => condition.Split('=', 2) switch
        {
            [var column, var value] when column.Trim().Length > 0 => KeyValuePair.Create(column.Trim(), value.Trim()),
            _ => throw new UsageException($"--where takes COLUMN=VALUE with commas between, not '{condition}'."),
        }),
    ];

    static void Write(string path, IReadOnlyList<Prediction> predictions)
    {
        static string Field(string text) => text.AsSpan().ContainsAny(",\"\n\r")
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
        using (var file = new StreamWriter(path + ".tmp", append: false, new UTF8Encoding(false)) { NewLine = "\n" })
        {
            file.WriteLine("label,view,method,row,fold,truth,predicted");
            foreach (var one in predictions)
            {
                file.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Field(one.Label)},{one.View},{one.Method},{one.Row},{one.Fold},{Field(one.Truth)},{Field(one.Predicted)}"));
            }
        }

        File.Move(path + ".tmp", path, overwrite: true);
    }

    static JsonObject Json(AnalysisResult result, string folder, string page, string predictions) => new()
    {
        ["report"] = page,
        ["metrics"] = Path.Combine(folder, "metrics.json"),
        ["predictions"] = predictions,
        ["population"] = result.Population.Name,
        ["networks"] = result.Population.Networks,
        ["analysed"] = result.Population.Used,
        ["weights_digest"] = result.Population.WeightsDigest,
        ["seed"] = result.Seed,
        ["seconds"] = VerbRun.Number(result.Seconds),
        ["findings"] = Metrics.ToJson(result)["findings"]!.DeepClone(),
    };
}
