using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mlds.Analysis.Results;

namespace Mlds.Reports.Tests;

public sealed partial class ReportTests
{
    [Fact]
    public void A_report_is_a_page_its_metrics_and_every_figure_thrice()
    {
        using var report = new WrittenReport(SyntheticResult.Make());

        Assert.Equal("report.html", Path.GetFileName(report.PagePath));
        Assert.Equal(
            report.Figures("svg").Select(Path.GetFileNameWithoutExtension), report.Figures("png").Select(Path.GetFileNameWithoutExtension));
        Assert.Equal(
            report.Figures("svg").Select(Path.GetFileNameWithoutExtension), report.Figures("csv").Select(Path.GetFileNameWithoutExtension));
        string[] expected =
        [
            "weight-space", "weight-space-all-views", "which-machine-accuracy", "which-machine-curve",
            "which-machine-confusion", "which-machine-unsupervised-ari", "modified-or-original-auc",
            "modified-or-original-unseen-machine-auc", "twins-distance-spread", "loss-curves", "validation-loss", "outcomes",
        ];
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            report.Figures("svg").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        Assert.Equal(report.Figures("svg").Count(), FigureElement().Count(report.Page));
        Assert.Empty(Directory.GetFiles(report.Folder, "*.tmp", SearchOption.AllDirectories));
        var metrics = Metrics.Parse(File.ReadAllText(Path.Combine(report.Folder, "metrics.json")));
        Assert.Equal(294, metrics.Population.Used);
    }

    [Fact]
    public void Courses_automata_and_weights_have_their_figures_and_tables()
    {
        using var report = new WrittenReport(SyntheticCourses.AddTo(SyntheticResult.Make(networks: 3)));

        foreach (var figure in new[]
        {
            "weight-space-tsne", "aligned-weights", "aligned-filters", "aligned-filters-2", "triggers", "twins-divergence",
            "interpolation-barriers", "how-small-a-change", "hidden-automata",
            "twin-barriers", "linear-weight-classification-auc", "linear-weight-classification-shares",
        })
        {
            Assert.Contains(figure, report.Figures("svg").Select(Path.GetFileNameWithoutExtension));
        }

        foreach (var table in new[] { "overview", "tallies", "tests", "automata", "shares" })
            Assert.Contains($"<table class=\"{table}\">", report.Page, StringComparison.Ordinal);
        Assert.Contains("There are 412 scores and 9 tests.", report.Page, StringComparison.Ordinal);
        Assert.Contains("&lt;clear 3&gt;", report.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("<clear 3>", report.Page, StringComparison.Ordinal);
        foreach (Match caption in Regex.Matches(report.Page, "<figcaption>(.*?)</figcaption>", RegexOptions.Singleline))
        {
            Assert.Matches(
                "[0-9] (test |converged )?networks|[0-9] pairs of networks|[0-9] per panel|networks? looked", caption.Groups[1].Value);
        }
    }

    [Fact]
    public void A_report_of_a_hundred_machines_folds_its_long_tables_and_says_what_its_figures_leave_out()
    {
        using var report = new WrittenReport(SyntheticMany.Make());

        Assert.Contains("<summary>All machines</summary>", report.Page, StringComparison.Ordinal);
        Assert.Contains("<summary>The automata found</summary>", report.Page, StringComparison.Ordinal);
        Assert.Contains("the 20 classes most often confused", report.Page, StringComparison.Ordinal);
        Assert.Contains("Shown are 12 of 100, from the fastest to the slowest", report.Page, StringComparison.Ordinal);
        Assert.Contains("Shown are 20 of 100 machines", report.Page, StringComparison.Ordinal);
        foreach (Match caption in Regex.Matches(report.Page, "<figcaption>(.*?)</figcaption>", RegexOptions.Singleline))
            Assert.Matches("[0-9] (test |converged )?networks|[0-9] pairs of networks|[0-9] per panel", caption.Groups[1].Value);
    }

    [Fact]
    public void A_report_loads_nothing()
    {
        using var report = new WrittenReport(SyntheticCourses.AddTo(SyntheticResult.Make()));

        Assert.DoesNotMatch(Loading(), report.Page);
        Assert.Contains("default-src 'none'", WebUtility.HtmlDecode(report.Page), StringComparison.Ordinal);
        foreach (var figure in report.Figures("svg"))
            Assert.DoesNotMatch(Loading(), File.ReadAllText(figure));
    }

    [Fact]
    public void Every_figure_offers_its_three_files()
    {
        using var report = new WrittenReport(SyntheticCourses.AddTo(SyntheticResult.Make(networks: 3)));

        var offered = Regex.Matches(report.Page, "<a href=\"(figures/[^\"]*)\" download").Select(link => link.Groups[1].Value).ToArray();

        var files = Directory.GetFiles(Path.Combine(report.Folder, "figures")).Select(file => $"figures/{Path.GetFileName(file)}");
        Assert.Equal(files.Order(StringComparer.Ordinal), offered.Order(StringComparer.Ordinal));
        Assert.Equal(3 * FigureElement().Count(report.Page), offered.Length);
    }

    [Fact]
    public void The_policy_allows_exactly_the_style_and_the_script_that_are_in_the_page()
    {
        using var report = new WrittenReport(SyntheticResult.Make(networks: 2));

        foreach (var element in new[] { "style", "script" })
        {
            var text = Regex.Match(report.Page, $"<{element}>(.*?)</{element}>", RegexOptions.Singleline).Groups[1].Value;
            var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            Assert.Contains($"{element}-src 'sha256-{hash}';", WebUtility.HtmlDecode(report.Page), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("unsafe-", report.Page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<[^>]* (style|on[a-z]+)=", report.Page);
    }

    [Fact]
    public void Every_number_of_the_page_is_a_number_of_the_result()
    {
        var result = SyntheticCourses.AddTo(SyntheticResult.Make());
        using var report = new WrittenReport(result);
        var known = Leaves(Metrics.ToJson(result)).OfType<double>().ToHashSet();
        known.Add(result.Population.Machines.Count);

        var shown = DataElement().Matches(report.Page);

        Assert.True(shown.Count > 500, $"Only {shown.Count} numbers.");
        foreach (Match match in shown)
        {
            var value = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            Assert.True(known.Contains(value), $"{match.Value} is nowhere in the result.");
            var text = WebUtility.HtmlDecode(match.Groups[2].Value);
            var percent = text.EndsWith('%');
            var read = double.Parse(text.TrimEnd('%', ' '), NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
                / (percent ? 100 : 1);
            Assert.True(Math.Abs(read - value) <= Math.Max(0.000501, Math.Abs(value) * 0.00501), $"{match.Value} is rounded wrongly.");
        }
    }

    [Fact]
    public void Every_other_digit_stands_in_a_sentence_of_the_result_or_in_a_fixed_one()
    {
        var result = SyntheticResult.Make();
        using var report = new WrittenReport(result);
        var rest = Regex.Replace(
            report.Page, "<head>.*</head>|<script>.*</script>|<svg.*?</svg>|<figcaption>.*?</figcaption>", " ", RegexOptions.Singleline);
        rest = DataElement().Replace(rest, " ");
        rest = WebUtility.HtmlDecode(Regex.Replace(rest, "<[^>]*>", "\n")).Replace('\u00a0', ' ');
        foreach (var sentence in Leaves(Metrics.ToJson(result)).OfType<string>().Where(sentence => sentence.Length > 0)
            .Distinct().OrderByDescending(sentence => sentence.Length))
        {
            rest = rest.Replace(sentence, "", StringComparison.Ordinal);
        }

        var digits = Regex.Matches(rest, "[0-9][0-9.]*").Select(match => match.Value).Distinct();

        Assert.Empty(digits.Except(["95", "10", "25", "75", "90", "2104.10555", "2021"]));
    }

    [Fact]
    public void Every_caption_counts_its_networks()
    {
        using var report = new WrittenReport(SyntheticResult.Make());

        foreach (Match caption in Regex.Matches(report.Page, "<figcaption>(.*?)</figcaption>", RegexOptions.Singleline))
            Assert.Matches("[0-9] (test |converged )?networks|[0-9] pairs of networks|[0-9] per panel", caption.Groups[1].Value);
    }

    [Fact]
    public void Nothing_in_a_result_becomes_markup()
    {
        const string Evil = "</title></svg><script>alert(1)</script>\"'&<img src=x>";
        var result = SyntheticResult.Make();
        result = result with
        {
            ProgramVersion = Evil,
            Population = result.Population with { Name = Evil, LeftOut = [Evil], Source = Evil, Network = Evil, WeightsDigest = Evil },
            Findings = [result.Findings[0] with { Claim = Evil, Answer = Evil }],
            Questions = [
                .. result.Questions.Select(question => question with { Title = Evil, Answer = Evil, Protocol = Evil, LeftOut = [Evil] })],
            Views = [result.Views[0] with { Name = Evil, Description = Evil }],
            Projections = [.. result.Projections.Select(
                projection => projection with { Points = [.. projection.Points.Select(point => point with { Machine = Evil })] })],
            LossCurves = [.. result.LossCurves.Select(curve => curve with { Machine = Evil, Family = Evil })],
        };
        using var report = new WrittenReport(result);

        Assert.Single(Regex.Matches(report.Page, "<script"));
        Assert.DoesNotContain("<img", report.Page, StringComparison.Ordinal);
        Assert.Contains("alert(1)", report.Page, StringComparison.Ordinal);
        foreach (var figure in report.Figures("svg"))
            Assert.DoesNotContain("<script", File.ReadAllText(figure), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_result_gives_the_same_bytes()
    {
        using var first = new WrittenReport(SyntheticResult.Make(networks: 6));
        using var second = new WrittenReport(SyntheticResult.Make(networks: 6));

        foreach (var path in Directory.GetFiles(first.Folder, "*", SearchOption.AllDirectories))
        {
            var twin = Path.Combine(second.Folder, Path.GetRelativePath(first.Folder, path));
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(twin));
        }
    }

    [Fact]
    public void A_report_replaces_an_earlier_one()
    {
        using var report = new WrittenReport(SyntheticResult.Make(networks: 6));
        var before = report.Page;

        Report.Write(SyntheticResult.Make(networks: 7), report.Folder);

        Assert.NotEqual(before, report.Page);
    }

    [Fact]
    public void A_population_that_answers_nothing_still_gets_its_report()
    {
        var full = SyntheticResult.Make(networks: 3);
        var machine = full.Population.Machines[0] with
        {
            Converged = 0,
            NotConverged = 3,
            MedianEpochs = null,
            MedianValidationLoss = null,
            MedianLongLoss = null,
        };
        var poor = full with
        {
            Population = full.Population with { Machines = [machine], Used = 0, LeftOut = [] },
            Headlines = new Headlines(null, null, null),
            Findings = [full.Findings[0] with { Evidence = [] }],
            Questions = [.. full.Questions.Select(question => question with
            {
                Skipped = "There is but one machine.", Answer = "", Scores = [], Curves = [],
                ConfusionMatrices = [], Distributions = [], LeftOut = [],
            })],
            Projections = [],
            LossCurves = [],
        };
        using var report = new WrittenReport(poor);

        Assert.Equal(full.Questions.Count, Regex.Count(report.Page, "There is but one machine"));
        Assert.Equal(["outcomes"], report.Figures("svg").Select(Path.GetFileNameWithoutExtension));
    }

    static IEnumerable<object> Leaves(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Leaves(member.Value)),
        JsonArray items => items.SelectMany(Leaves),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        JsonValue value when value.TryGetValue<bool>(out _) => [],
        JsonValue value => [double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)],
        _ => [],
    };

    [GeneratedRegex("<data value=\"([^\"]*)\">([^<]*)</data>")]
    private static partial Regex DataElement();

    [GeneratedRegex("<figure[ >]")]
    private static partial Regex FigureElement();

    /// <summary>
    /// Anything that makes a browser fetch: an address in an attribute or a style, or an element that loads. Links to a figure's files are
    /// followed when a reader says so.
    /// </summary>
    [GeneratedRegex(
        "(src|href|action|poster|data|srcset)\\s*=\\s*\"(?!#|figures/[a-z0-9-]+\\.(svg|png|csv)\" download)|"
        + "url\\(|@import|<link|<img|<iframe|<object|<embed|fetch\\(|XMLHttpRequest|https?://(?!www\\.w3\\.org/2000/svg)")]
    private static partial Regex Loading();
}
