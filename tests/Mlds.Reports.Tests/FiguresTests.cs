using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;

namespace Mlds.Reports.Tests;

public sealed class FiguresTests
{
    static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Results =>
        ["usual", "one machine", "long names", "thirty machines", "two networks", "with courses", "hundred machines"];

    static AnalysisResult Result(string kind) => kind switch
    {
        "usual" => SyntheticResult.Make(),
        "with courses" => SyntheticCourses.AddTo(SyntheticResult.Make(networks: 3)),
        "two networks" => SyntheticResult.Make(networks: 2),
        "hundred machines" => SyntheticMany.Make(),
        "one machine" => SyntheticResult.Make(networks: 4) is var all
            ? all with
            {
                Population = all.Population with { Machines = [all.Population.Machines[0]] },
                LossCurves = [all.LossCurves[0]],
                Projections = [.. all.Projections.Select(projection => projection with { Points = [projection.Points[0]] })],
            }
            : throw new InvalidOperationException(),
        "long names" => Renamed(name => "A_machine_that_its_author_gave_a_very_long_name_indeed_" + name),
        _ => Renamed(name => name, copies: 2),
    };

    /// <summary>A result with other names of machines, in which each machine occurs several times.</summary>
    static AnalysisResult Renamed(Func<string, string> rename, int copies = 1)
    {
        var all = SyntheticResult.Make(networks: 4);
        string Copy(string name, int copy) => rename(name) + (copy == 0 ? "" : copy.ToString(CultureInfo.InvariantCulture));
        IReadOnlyList<T> Each<T>(IEnumerable<T> items, Func<T, int, T> change) =>
            [.. items.SelectMany(item => Enumerable.Range(0, copies).Select(copy => change(item, copy)))];
        return all with
        {
            Population = all.Population with
            {
                Machines = Each(
                    all.Population.Machines,
                    (machine, copy) => machine with { Name = Copy(machine.Name, copy), Family = Copy(machine.Family, copy) }),
            },
            LossCurves = Each(
                all.LossCurves, (curve, copy) => curve with { Machine = Copy(curve.Machine, copy), Family = Copy(curve.Family, copy) }),
            Projections =
            [
                .. all.Projections.Select(projection => projection with
                {
                    Points = Each(
                        projection.Points,
                        (point, copy) => point with { Machine = Copy(point.Machine, copy), Family = Copy(point.Family, copy) }),
                }),
            ],
            Questions =
            [
                .. all.Questions.Select(question => question with
                {
                    Scores = Each(question.Scores, (score, copy) => score with { Subject = Copy(score.Subject, copy) }),
                    Distributions = Each(question.Distributions, (spread, copy) => spread with { Subject = Copy(spread.Subject, copy) }),
                    ConfusionMatrices = [
                        .. question.ConfusionMatrices.Select(matrix => matrix with { Classes = [.. matrix.Classes.Select(rename)] })],
                }),
            ],
        };
    }

    [Fact]
    public void Twins_of_modified_machines_come_before_those_of_controls_whatever_they_are_called()
    {
        var all = SyntheticCourses.AddTo(SyntheticResult.Make(networks: 4));
        var (first, machines) = (all.Population.Machines[0], new[] { "foo1", "foo2Control", "foo3Modified" });
        string[] variants = ["control", "modified", "control"];
        var result = all with
        {
            Population = all.Population with
            {
                Machines = [.. machines.Zip(variants, (name, variant) => first with { Name = name, Variant = variant })],
            },
            Questions =
            [
                .. all.Questions.Where(question => question.Id == "twins_divergence").Select(question => question with
                {
                    Curves = [.. machines.SelectMany(name => question.Curves.Take(2).Select(curve => curve with { Subject = name }))],
                }),
            ],
        };
        var figure = new FigureSet(result).All.Single(figure => figure.Id == "twins-divergence").ToSvg(inline: false);
        var places = new[] { "foo2Control", "foo1", "foo3Modified" }.Select(name => figure.IndexOf(name, StringComparison.Ordinal));
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void Of_a_hundred_machines_the_most_confused_are_shown_and_no_network_is_lost()
    {
        var question = SyntheticMany.Make().Questions[0];
        var shown = ConfusionFigure.Confused([.. question.ConfusionMatrices]);
        Assert.All(shown, matrix => Assert.Equal(21, matrix.Classes.Count));
        Assert.All(shown, matrix => Assert.Equal(400, matrix.Counts.Sum(row => row.Sum())));

        // Machines 0, 21, 42, … and those after them are confused in both matrices.
        foreach (var name in new[] { "Automaton000", "Automaton021", "Automaton022", "Automaton084" })
            Assert.Contains(name, shown[0].Classes);
        var row = shown[1].Classes.ToList().IndexOf("Automaton021");
        Assert.Equal(2, shown[1].Counts[row][row + 1]);
    }

    [Theory]
    [InlineData(5, 8, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(9, 3, new[] { 0, 4, 8 })]
    [InlineData(100, 4, new[] { 0, 33, 66, 99 })]
    public void What_is_thinned_is_thinned_evenly(int all, int most, int[] shown) =>
        Assert.Equal(shown, Thinning.Evenly([.. Enumerable.Range(0, all)], most));

    [Fact]
    public void Figures_of_a_hundred_machines_stay_readable()
    {
        var figures = new FigureSet(SyntheticMany.Make()).All.ToArray();
        string[] expected =
        [
            "which-machine-accuracy", "which-machine-top5-accuracy", "which-machine-curve", "which-machine-curve-2",
            "which-machine-confusion", "nearest-known-machines-nearest-in-5", "nearest-known-machines-rank-correlation",
            "machine-distances-mantel-r",
            "machine-distances", "difficulty-from-weights-r2", "extracted-automata",
        ];
        Assert.Empty(expected.Except(figures.Select(figure => figure.Id)));
        Assert.All(figures, figure => Assert.InRange(figure.Height, 100, 2200));
    }

    [Theory]
    [MemberData(nameof(Results))]
    public void Every_mark_and_every_letter_is_inside_its_figure(string kind)
    {
        foreach (var figure in new FigureSet(Result(kind)).All)
        {
            var svg = XDocument.Parse(figure.ToSvg(inline: false)).Root!;
            foreach (var path in svg.Descendants(s_svg + "path"))
            {
                foreach (Match number in Regex.Matches(path.Attribute("d")!.Value, "[ML](\\S+) ([^MLZ ]+)"))
                    AssertInside(figure, Number(number.Groups[1].Value), Number(number.Groups[2].Value), path);
            }

            foreach (var circle in svg.Descendants(s_svg + "circle"))
                AssertInside(figure, Number(circle.Attribute("cx")!.Value), Number(circle.Attribute("cy")!.Value), circle);
            foreach (var text in svg.Descendants(s_svg + "text").Where(text => text.Attribute("x") is not null))
            {
                var width = Lettering.Width(
                    text.Value, Number(text.Attribute("font-size")!.Value), text.Attribute("font-weight") is not null);
                var x = Number(text.Attribute("x")!.Value);
                var start = text.Attribute("text-anchor")?.Value switch { null => x, "middle" => x - (width / 2), _ => x - width };
                AssertInside(figure, start, Number(text.Attribute("y")!.Value), text);
                AssertInside(figure, start + width, Number(text.Attribute("y")!.Value), text);
            }
        }
    }

    static void AssertInside(Figure figure, double x, double y, XElement element) => Assert.True(
        x >= -1 && x <= figure.Width + 1 && y >= -1 && y <= figure.Height + 1,
        $"{figure.Id} is {figure.Width} by {figure.Height}, but this is at {x}, {y}: {element}");

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public void A_png_is_twice_as_large_as_its_figure_and_not_empty()
    {
        foreach (var figure in new FigureSet(SyntheticResult.Make(networks: 5)).All)
        {
            var png = figure.ToPng();
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
            Assert.Equal((int)Math.Ceiling(2 * figure.Width), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
            Assert.Equal((int)Math.Ceiling(2 * figure.Height), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
            Assert.True(png.Length > 5000, $"{figure.Id} has {png.Length} bytes: nothing is drawn.");
        }
    }

    [Fact]
    public void Every_network_is_a_point_in_every_view_and_says_its_seed()
    {
        var result = SyntheticResult.Make(networks: 7);
        var figure = new FigureSet(result).AllViews!;
        var tips = XDocument.Parse(figure.ToSvg(inline: false)).Descendants(s_svg + "title").Select(title => title.Value).ToArray();

        foreach (var point in result.Projections[0].Points)
        {
            Assert.True(tips.Count(tip => tip.StartsWith($"{point.Machine}, seed {point.Seed}\n", StringComparison.Ordinal))
                >= result.Projections.Count);
        }
    }

    [Fact]
    public void A_better_score_stands_further_right()
    {
        var question = SyntheticResult.Make().Questions[0];
        var figure = ScoreFigure.Of(question, "accuracy", "x")!;
        var dots = XDocument.Parse(figure.ToSvg(inline: false)).Descendants(s_svg + "circle")
            .Where(circle => circle.Element(s_svg + "title") is not null)
            .Select(circle => Number(circle.Attribute("cx")!.Value)).ToArray();
        var values = question.Scores.Where(score => score.Metric == "accuracy").Select(score => score.Value.Value).ToArray();

        Assert.Equal(values.Length, dots.Length);
        for (var i = 1; i < values.Length; i++)
        {
            Assert.Equal(
                (dots[i] - dots[0]) / (values[i] - values[0]), (dots[1] - dots[0]) / (values[1] - values[0]), 0.2 * Figure.FullWidth);
        }

        Assert.Equal(
            values.Index().OrderBy(v => v.Item).Select(v => v.Index).Last(), dots.Index().OrderBy(d => d.Item).Select(d => d.Index).Last());
    }
}
