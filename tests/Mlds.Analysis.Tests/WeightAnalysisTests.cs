using Mlds.Analysis.Results;
using Mlds.Networks;

namespace Mlds.Analysis.Tests;

public sealed class WeightAnalysisTests
{
    [Fact]
    public void Timing()
    {
        var machines = new[] { "A", "B", "C", "D", "E" }.SelectMany(f => new[] { f + "Machine", f + "Modified", f + "Control" }).ToArray();
        var matrix = Networks.Population(NetworkSpec.Ds1, machines, 20);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var result = WeightAnalysis.Run(matrix, null, new Printer(watch), TestContext.Current.CancellationToken);
        Console.WriteLine($"total {watch.Elapsed.TotalSeconds}");
        foreach (var f in result.Findings) Console.WriteLine(f.Answer);
        foreach (var q in result.Questions) Console.WriteLine($"{q.Id}: {q.Skipped}{q.Answer}");
        foreach (var s in result.Questions.SelectMany(q => q.Scores.Where(s => s.Subject.Contains("machines"))))
            Console.WriteLine($"{s.Subject} {s.View} {s.Method} {s.Metric} {s.Value} shuffled {s.Shuffled}");
        Metrics.Write(result, "/tmp/metrics.json");
    }

    [Fact]
    public void Real()
    {
        using var zoo = Mlds.Zoos.Zoo.Open("/tmp/analysis-run/z");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var matrix = Mlds.Analysis.Loading.ZooMatrix.Read(zoo, TestContext.Current.CancellationToken);
        Console.WriteLine($"loaded {matrix.Networks} in {watch.Elapsed.TotalSeconds:0.00}");
        var result = WeightAnalysis.Run(matrix, null, new Printer(watch), TestContext.Current.CancellationToken);
        foreach (var m in result.Population.Machines) Console.WriteLine(m);
        foreach (var f in result.Findings) Console.WriteLine(f.Answer);
        foreach (var q in result.Questions) Console.WriteLine($"{q.Id}: {q.Skipped}{q.Answer} {string.Join(" ", q.LeftOut)}");
        foreach (var q in result.Questions) foreach (var s in q.Scores)
            Console.WriteLine(FormattableString.Invariant($"{q.Id,-38} {s.Subject,-20} {s.View,-15} {s.Method,-7} {s.Metric,-8} {s.Value.Value:0.000} [{s.Value.Low:0.000} {s.Value.High:0.000}] shuffled {s.Shuffled?.Value:0.000} metadata {s.MetadataOnly?.Value:0.000}"));
        foreach (var q in result.Questions) foreach (var c in q.Curves)
            Console.WriteLine($"{c.Name}: {string.Join(" ", c.Points.Select(p => $"{p.X}:{p.Y.Value:0.000}"))}");
        foreach (var q in result.Questions) foreach (var d in q.Distributions)
            Console.WriteLine(FormattableString.Invariant($"{d.View} {d.Subject} {d.Group} {d.Count} median {d.Median:0.00}"));
        Metrics.Write(result, "/tmp/analysis-run/metrics.json");
    }

    [Fact]
    public void Parts()
    {
        var machines = new[] { "A", "B", "C", "D", "E" }.Select(f => f + "Machine").ToArray();
        var matrix = Networks.Population(NetworkSpec.Ds1, machines, 20);
        double Cpu() => System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
        var labels = matrix.Labels.Select(l => l.Machine.Name[0] - 'A').ToArray();
        var random = new SeededRandom(1);
        var shuffled = labels.ToArray(); random.Shuffle<int>(shuffled);
        foreach (var view in Mlds.Analysis.Views.View.All)
        {
            var features = view.Build(matrix);
            for (var rep = 0; rep < 2; rep++)
            {
                var t = Cpu();
                _ = new Mlds.Analysis.Classification.BinnedColumns(features, 64);
                Console.WriteLine($"{view.Name} {features.Columns} binning {Cpu() - t:0.000}");
                t = Cpu();
                Mlds.Analysis.Classification.RandomForest.Fit(features, labels, 5, new());
                Console.WriteLine($"{view.Name} forest true {Cpu() - t:0.000}");
                t = Cpu();
                Mlds.Analysis.Classification.RandomForest.Fit(features, shuffled, 5, new());
                Console.WriteLine($"{view.Name} forest shuffled {Cpu() - t:0.000}");
                t = Cpu();
                Mlds.Analysis.Classification.Ridge.Fit(features, labels, 5, Mlds.Analysis.Classification.RidgeOptions.Default);
                Console.WriteLine($"{view.Name} ridge {Cpu() - t:0.000}");
                t = Cpu();
                new Mlds.Analysis.Classification.Ridge(Mlds.Analysis.Classification.RidgeOptions.Default).Fit(features, [.. Enumerable.Repeat(labels, 21)], 5);
                Console.WriteLine($"{view.Name} ridge x 21 {Cpu() - t:0.000}");
            }
        }
    }

    sealed class Printer(System.Diagnostics.Stopwatch watch) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value) => Console.WriteLine($"{watch.Elapsed.TotalSeconds:0.00} {System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:0.00} {value.Step}");
    }
}
