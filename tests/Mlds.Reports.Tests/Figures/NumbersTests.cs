using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;
using Mlds.Analysis.Loading;
using Mlds.Analysis.Results;
using Mlds.Reports.Figures;

namespace Mlds.Reports.Tests.Figures;

public sealed class NumbersTests
{
    static CsvTable Read(string csv)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, csv);
        try
        {
            return CsvTable.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_is_written_is_read_again_whatever_it_is() => Gen.Select(Gen.String[Gen.Char[' ', 'ÿ'], 1, 8], Gen.Double)
        .Sample((text, number) =>
        {
            var table = Read(new Numbers(["a", "b", "c"], [[$"x{text}x", number, null]]).ToCsv());
            Assert.Equal(["a", "b", "c"], table.Columns);
            Assert.Equal([$"x{text}x", number.ToString("R", CultureInfo.InvariantCulture), ""], table.Row(0));
        });

    [Theory]
    [InlineData("=HYPERLINK(1)", "'=HYPERLINK(1)")]
    [InlineData("-x, \"y\"", "\"'-x, \"\"y\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    public void A_text_is_quoted_and_never_a_formula(string text, string written) =>
        Assert.Equal($"a\n{written}\n", new Numbers(["a"], [[text]]).ToCsv());

    [Fact]
    public void Every_number_of_a_file_is_a_number_of_the_result()
    {
        var result = SyntheticCourses.AddTo(SyntheticResult.Make(networks: 3));
        var known = Leaves(Metrics.ToJson(result)).ToHashSet();
        using var report = new WrittenReport(result);
        var numbers = 0;

        foreach (var table in report.Figures("csv").Select(CsvTable.Read))
        {
            Assert.NotEqual(0, table.Rows);
            for (var row = 0; row < table.Rows; row++)
            {
                foreach (var (column, text) in table.Columns.Zip(table.Row(row)))
                {
                    // Places in a matrix, and numbers of states, count from 0.
                    if (column is "row" or "column" or "from" or "to") continue;
                    if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) continue;
                    Assert.True(known.Contains(number), $"{Path.GetFileName(table.Path)}, {column}: {text} is nowhere in the result.");
                    numbers++;
                }
            }
        }

        Assert.True(numbers > 5000, $"Only {numbers} numbers.");
    }

    [Fact]
    public void A_file_has_a_row_for_every_mark_of_its_figure()
    {
        var result = SyntheticResult.Make(networks: 3);
        using var report = new WrittenReport(result);
        CsvTable File(string id) => CsvTable.Read(report.Figures("csv").Single(path => Path.GetFileNameWithoutExtension(path) == id));

        Assert.Equal(result.Projections.Sum(plane => plane.Points.Count), File("weight-space-all-views").Rows);
        Assert.Equal(result.LossCurves.Sum(curve => curve.Points.Count), File("loss-curves").Rows);
        Assert.Equal(result.Population.Machines.Count, File("outcomes").Rows);
        Assert.Equal(5 * 5, File("which-machine-confusion").Rows);
        Assert.Equal(
            result.Questions.Single(question => question.Id == "modified_or_original").Scores.Count(score => score.Metric == "auc"),
            File("modified-or-original-auc").Rows);
    }

    static IEnumerable<double> Leaves(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Leaves(member.Value)),
        JsonArray items => items.SelectMany(Leaves),
        JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.Number =>
            [double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)],
        _ => [],
    };
}
