using System.Diagnostics;
using System.Globalization;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Zoos;
using Mlds.Zoos.Generation;

namespace Mlds.Cli.Training;

/// <summary>A <see cref="GenerationRun"/> as verbs show it: a bar per machine and one for all.</summary>
static class Generation
{
    /// <summary>Networks trained and the time it took.</summary>
    public readonly record struct Result(int Trained, double Seconds);

    /// <exception cref="OperationCanceledException">Stopped; its message says what is stored.</exception>
    public static Result Run(
        ZooWriter writer, Population population, GenerationOptions options, IProgressView view, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        // Every machine's sequences are generated here: the recipes have their SHA-256.
        var preparing = view.Begin("Preparing examples", population.MachineNames.Count);
        preparing.Report(0);
        var generation = new GenerationRun(writer, population, options);
        preparing.Report(population.MachineNames.Count);
        var all = default(IProgressItem);
        var machines = new Dictionary<string, IProgressItem>();
        GenerationProgress? last = null;
        void Show(GenerationProgress progress)
        {
            last = progress;
            (all ??= view.Begin(population.Name, progress.Total)).Report(progress.Done, Note(progress));
            foreach (var (name, done, total) in progress.Machines.Where(machine => machine.Total > 0 && view.IsDetailed))
            {
                if (!machines.TryGetValue(name, out var item)) machines.Add(name, item = view.Begin(name, total));
                item.Report(done);
            }
        }

        try
        {
            Show(generation.Run(Show, cancellation));
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(
                $"Interrupted: {last?.Done ?? 0} of {last?.Total ?? 0} networks are stored; the same command goes on from there.",
                cancellation);
        }

        return new Result(last!.Trained, watch.Elapsed.TotalSeconds);
    }

    static string Note(GenerationProgress progress)
    {
        if (progress.Trained == 0 && progress.Done == progress.Total) return "all were there";
        var remaining = progress.Done == progress.Total ? "done" : Left(progress.Remaining);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.NetworksPerMinute:0.0} networks/min, "
            + $"{progress.SampleTimestepsPerSecond / 1e6:0.00} M sample-timesteps/s, {remaining}");
    }

    /// <summary>
    /// No more than is known: one figure where it is right to within a fifth, else a range that holds the truth eight times out of ten.
    /// </summary>
    internal static string Left(TimeLeft? left) => left switch
    {
        null => "time left not known yet",
        { IsAtLeast: true } time => $"at least {Terminal.Duration(time.Expected)} left",
        { IsSharp: true } time => $"about {Terminal.Duration(time.Expected)} left",
        { } time => $"{Terminal.Duration(time.Low)} to {Terminal.Duration(time.High)} left",
    };
}
