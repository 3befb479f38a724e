using BenchmarkDotNet.Running;
using Mlds.Benchmarks;

if (args is ["activations"]) ActivationErrors.Measure();
else BenchmarkSwitcher.FromAssembly(typeof(ActivationErrors).Assembly).Run(args);
