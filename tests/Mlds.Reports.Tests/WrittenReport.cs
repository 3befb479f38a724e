using Mlds.Analysis.Results;

namespace Mlds.Reports.Tests;

/// <summary>A report written into a folder of its own, which is deleted with it.</summary>
sealed class WrittenReport : IDisposable
{
    public WrittenReport(AnalysisResult result) => PagePath = Report.Write(result, Folder);

    public string Folder { get; } = Directory.CreateTempSubdirectory("mlds-report-").FullName;

    public string PagePath { get; }

    public string Page => File.ReadAllText(PagePath);

    public IEnumerable<string> Figures(string extension) =>
        Directory.GetFiles(Path.Combine(Folder, "figures"), "*." + extension).Order(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
