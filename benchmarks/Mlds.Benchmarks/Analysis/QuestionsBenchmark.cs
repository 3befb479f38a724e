using System.Diagnostics;
using System.Globalization;
using Mlds.Analysis;
using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Benchmarks.Analysis;

/// <summary>
/// How long all questions take for a population of the shape of DS1, DS2 and its control: <c>questions [N]</c>, N networks, 5,000 if no
/// number is given. The weights are random around one centre per machine: untrained, but as many and as large, so that no zoo has to be
/// made first. Steps are printed with their seconds, and at the end the seconds by the clock and of all cores.
/// </summary>
static class QuestionsBenchmark
{
    internal static int Run(string[] options)
    {
        var networks = options.Length > 0 ? int.Parse(options[0], CultureInfo.InvariantCulture) : 5000;
        var matrix = Matrix(networks);
        var watch = Stopwatch.StartNew();
        var (cpu, last, name) = (Process.GetCurrentProcess().TotalProcessorTime, 0.0, "");
        var result = WeightAnalysis.Run(matrix, progress: new Steps(step =>
        {
            if (name.Length > 0)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds - last,8:0.0} s  {name}"));
            (last, name) = (watch.Elapsed.TotalSeconds, step.Step);
        }));
        var core = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{matrix.Networks} networks, {result.Questions.Count(question => question.Skipped is null)} of {result.Questions.Count} "
            + $"questions asked: {result.Seconds:0.0} s by the clock, {core:0.0} core-seconds on {Environment.ProcessorCount} cores"));
        return 0;
    }

    static WeightMatrix Matrix(int networks)
    {
        var layout = RecurrentSpec.Ds1.Layout;
        var names = MachineCatalogue.Names;
        var perMachine = (networks + names.Count - 1) / names.Count;
        var weights = new float[(long)names.Count * perMachine * layout.Parameters];
        var labels = new NetworkLabel[names.Count * perMachine];
        var random = new SeededRandom(1, SeededRandom.Stream("questions_benchmark"));
        for (var machine = 0; machine < names.Count; machine++)
        {
            var centre = Enumerable.Range(0, layout.Parameters).Select(_ => (random.NextDouble() - 0.5) * 2).ToArray();
            for (var seed = 0; seed < perMachine; seed++)
            {
                var row = (machine * perMachine) + seed;
                var own = weights.AsSpan(row * layout.Parameters, layout.Parameters);
                for (var i = 0; i < own.Length; i++) own[i] = (float)(centre[i] + (0.3 * random.NextNormal()));
                var epochs = 3 + random.Next(30);
                labels[row] = new NetworkLabel(
                    row.ToString("x16", CultureInfo.InvariantCulture), MachineLabel.Of(names[machine], PopulationFactors.OfNames),
                    (uint)seed, Outcome.Converged, epochs, 1e-4 * random.NextDouble(),
                    1e-4, 1e-3, row.ToString("x64", CultureInfo.InvariantCulture),
                    [.. Enumerable.Range(1, epochs).Select(epoch => new EpochRecord(epoch, 0.1f / epoch, 0.1f / epoch, 0.01f))]);
            }
        }

        return new WeightMatrix("benchmark", "matrix", weights, layout, labels)
        {
            Machines = names.ToDictionary(
                name => name, name => new LearnedMachine(MachineCatalogue.Build(name), new DataSpec(1, 16384, 2048, 16, 512, 256, null))),
        };
    }

    sealed class Steps(Action<AnalysisProgress> tell) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value) => tell(value);
    }
}
