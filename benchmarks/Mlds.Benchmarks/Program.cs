using BenchmarkDotNet.Running;
using Mlds.Benchmarks;
using Mlds.Benchmarks.Analysis;
using Mlds.Benchmarks.Browsing;
using Mlds.Benchmarks.Growth;

// benchmarks/README.md says what each does.
switch (args)
{
    case ["activations"]: ActivationErrors.Measure(); break;
    case ["step", .. var network]: StepServer.Run(network); break;
    case ["shapes", .. var options]: return Shapes.Run(options);
    case ["questions", .. var options]: return QuestionsBenchmark.Run(options);
    case ["packing", .. var zoos]: return PackingBenchmark.Run(zoos);
    case ["growth", .. var options]: return GrowthBenchmark.Run(options);
    case ["growth-store", .. var options]: return GrowthBenchmark.Store(options);
    case ["zoo", .. var options]: return ZooSpeed.Run(options);
    case ["analysis", .. var options]: return AnalysisBenchmarks.Run(options);
    case ["browse", .. var options]: return BrowseBenchmark.Run(options);
    default: BenchmarkSwitcher.FromAssembly(typeof(ActivationErrors).Assembly).Run(args); break;
}

return 0;
