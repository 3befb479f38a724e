using System.Text;
using Mlds.Analysis.Results;
using Mlds.Reports.Components;
using Mlds.Reports.Figures;
using Mlds.Reports.Pages;

namespace Mlds.Reports;

/// <summary>
/// Writes what an analysis found, for people to read: <c>report.html</c>, one self-contained page, and <c>figures/</c>, every figure of it
/// as SVG and PNG and its numbers as CSV; and, for programs, <c>metrics.json</c> with every number in them.
/// </summary>
public static class Report
{
    /// <summary>
    /// Writes the report into <paramref name="directory"/>, which is made if need be; files of an earlier report are replaced.
    /// </summary>
    /// <returns>The path of <c>report.html</c>.</returns>
    public static string Write(AnalysisResult result, string directory)
    {
        var figures = new FigureSet(result);
        var folder = Directory.CreateDirectory(Path.Combine(directory, "figures")).FullName;
        foreach (var figure in figures.All)
        {
            Replace(Path.Combine(folder, figure.Id + ".svg"), Encoding.UTF8.GetBytes(figure.ToSvg(inline: false)));
            Replace(Path.Combine(folder, figure.Id + ".png"), figure.ToPng());
            if (figure.Numbers is { } numbers)
                Replace(Path.Combine(folder, figure.Id + ".csv"), Encoding.UTF8.GetBytes(numbers.ToCsv()));
        }

        Metrics.Write(result, Path.Combine(directory, "metrics.json"));
        var page = Path.Combine(directory, "report.html");
        Replace(page, Encoding.UTF8.GetBytes(PageOf(result, figures)));
        return page;
    }

    /// <summary>The page alone; its figures are <paramref name="figures"/>.</summary>
    internal static string PageOf(AnalysisResult result, FigureSet figures) => StaticHtml.Of<ReportPage>(
        new Dictionary<string, object?> { [nameof(ReportPage.Result)] = result, [nameof(ReportPage.Figures)] = figures });

    /// <summary>Writes a file whole or not at all: a reader never meets half a file.</summary>
    static void Replace(string path, byte[] content)
    {
        File.WriteAllBytes(path + ".tmp", content);
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
