using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Generation;

/// <summary>A quantity that is only known afterwards.</summary>
/// <param name="Expected">Null where nothing but limits is known.</param>
/// <param name="Low">In one case in ten it is less; without an expected value, never.</param>
/// <param name="High">In one case in ten it is more; without an expected value, never.</param>
public readonly record struct Forecast(double? Expected, double Low, double High)
{
    public static Forecast Nothing { get; } = new(0, 0, 0);

    /// <param name="draws">Values that it could take, all equally likely.</param>
    internal static Forecast Of(double? expected, double[] draws)
    {
        Array.Sort(draws);
        // When little has been seen, it may lie outside of what is likely.
        var (low, high) = (draws[draws.Length / 10], draws[draws.Length - 1 - (draws.Length / 10)]);
        return new Forecast(expected, Math.Min(low, expected ?? low), Math.Max(high, expected ?? high));
    }
}

/// <summary>What one machine of a population asks for and is expected to take.</summary>
/// <param name="Asked">Networks asked for.</param>
/// <param name="InZoo">Those of them that the zoo has.</param>
/// <param name="ToTrain">The others.</param>
/// <param name="EpochLimit">The recipe's.</param>
/// <param name="Known">Networks of it in the zoo, whose epochs and outcomes the forecasts rest on.</param>
/// <param name="Measured">Networks of it that ended in the measurement, likewise.</param>
/// <param name="LongestUnfinished">Epochs of the longest run that the measurement broke off; 0 when there is none.</param>
/// <param name="Epochs">Mean per network. Without an expected value: from the longest unfinished run to the limit.</param>
/// <param name="CoreSeconds">Mean per network.</param>
/// <param name="Converged">Of those to train.</param>
/// <param name="NotConverged">Of those to train.</param>
/// <param name="Diverged">Of those to train.</param>
/// <param name="Bytes">Of those to train, in the zoo.</param>
public sealed record MachinePlan(
    string Name,
    int Asked,
    int InZoo,
    int ToTrain,
    int EpochLimit,
    int Known,
    int Measured,
    int LongestUnfinished,
    Forecast Epochs,
    Forecast CoreSeconds,
    Forecast Converged,
    Forecast NotConverged,
    Forecast Diverged,
    Forecast Bytes);

/// <summary>
/// What a generation will take, from the networks its zoo has and from a measurement: the population's own networks, trained on all threads
/// for some seconds and thrown away. Nothing is written.
/// </summary>
/// <param name="Machines">In the population's order.</param>
/// <param name="Seconds">Wall time of the whole generation, the tail included.</param>
/// <param name="TailSeconds">The part of it at the end in which not every thread has something to do.</param>
/// <param name="CoreSeconds">Of all networks together.</param>
/// <param name="Bytes">What the zoo grows by.</param>
/// <param name="ZooBytes">What it has.</param>
/// <param name="MeasuredSeconds">How long the measurement took.</param>
public sealed record GenerationPlan(
    IReadOnlyList<MachinePlan> Machines, int Threads, Forecast Seconds, Forecast TailSeconds, Forecast CoreSeconds,
    Forecast Bytes, long ZooBytes, double MeasuredSeconds)
{
    const int Draws = 200;

    /// <summary>With this many networks of every machine the measurement ends early: more would add little.</summary>
    const int Enough = 20;

    static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(3);

    /// <param name="zoo">The population's, or null while there is none.</param>
    /// <param name="budget">Time for the measurement; it ends with the epochs that are being trained then.</param>
    /// <param name="report">Called a few times per second with the seconds gone, on the calling thread.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static GenerationPlan Make(
        Population population, Zoo? zoo, GenerationOptions options, TimeSpan budget, Action<double> report, CancellationToken cancellation)
    {
        var asked = new int[population.MachineNames.Count];
        var work = population.MachineNames.Select((_, index) => MachineWork.Of(population, index, zoo, options, out asked[index])).ToList();
        // Checkpoints save little of the whole, and reading them would take time.
        var queue = new GenerationQueue(work.Select(machine => machine with { Begun = new Dictionary<uint, int>() }), sample: int.MaxValue);
        var known = queue.Lines.ToDictionary(line => line.Work.Machine, line => line.Lengths.Ended);
        var watch = Stopwatch.StartNew();
        if (queue.Lines.Count > 0) Train(population, queue, options.Threads, budget, report, cancellation);
        return new Forecaster(population, queue, options).Plan(work, asked, known, zoo?.Status().Bytes ?? 0, watch.Elapsed.TotalSeconds);
    }

    static void Train(
        Population population, GenerationQueue queue, int threads, TimeSpan budget, Action<double> report, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        Exception? fault = null;
        bool IsOver() =>
            fault is not null || cancellation.IsCancellationRequested || watch.Elapsed >= budget || (watch.Elapsed >= s_shortest
                && queue.HasEnded(Enough));
        var training = Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            try
            {
                do
                {
                    if (queue.Next() is not { } next) return;
                    TrainOne(population, queue, next.Machine, next.Seed, IsOver);
                }
                while (!IsOver());
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref fault, exception, null);
            }
        })
        { Name = $"measuring {i}", IsBackground = true }).ToList();
        foreach (var thread in training) thread.Start();
        foreach (var thread in training)
            while (!thread.Join(TimeSpan.FromMilliseconds(250))) report(watch.Elapsed.TotalSeconds);
        if (fault is not null) ExceptionDispatchInfo.Throw(fault);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Trains one network to its end, or to the end of the epoch at which the measurement is over; at least an epoch.</summary>
    static void TrainOne(Population population, GenerationQueue queue, string machine, uint seed, Func<bool> isOver)
    {
        var (recipe, data) = (population.Recipe(machine, seed), population.Data(machine));
        var watch = Stopwatch.StartNew();
        using var run = new TrainingRun(recipe, data);
        do
        {
            var (began, cores) = (watch.Elapsed, run.CoreSeconds);
            run.NextEpoch();
            queue.Did(machine, seed, run.Epoch, (watch.Elapsed - began).TotalSeconds, run.CoreSeconds - cores);
        }
        while (run.Outcome is null && !isOver());
        if (run.Outcome is not { } outcome) return;
        run.Finish();
        queue.Ended(machine, seed, run.Epoch, outcome, watch.Elapsed.TotalSeconds);
    }

    /// <summary>From what a queue has seen to what all of its networks will take, by drawing futures.</summary>
    sealed class Forecaster(Population population, GenerationQueue queue, GenerationOptions options)
    {
        readonly Random _random = new(1);
        readonly int _parameters = population.Network.Layout.Parameters;

        public GenerationPlan Plan(
            List<MachineWork> work, int[] asked, Dictionary<string, int> known, long zooBytes, double measuredSeconds)
        {
            var lines = queue.Lines.OrderByDescending(line => line.ExpectedCost).ToList();
            var draws = lines.ToDictionary(line => line.Work.Machine, _ => new double[Draws]);
            var (all, tail, cores, bytes) = (new double[Draws], new double[Draws], new double[Draws], new double[Draws]);
            for (var i = 0; i < Draws && lines.Count > 0; i++)
            {
                var waiting = new List<WaitingNetworks>();
                foreach (var line in lines)
                {
                    var (curve, scale) = Curve(line);
                    var epochs = draws[line.Work.Machine][i] = Math.Min(line.Work.EpochLimit, scale * curve.Mean);
                    waiting.Add(
                        new WaitingNetworks(curve, line.Work.Seeds.Count, scale * queue.SecondsPerEpoch(line), queue.SecondsPerNetwork));
                    cores[i] += line.Work.Seeds.Count * CoreSecondsOf(line, epochs);
                    bytes[i] += line.Work.Seeds.Count * BytesOf(line, epochs);
                }

                var (end, firstIdle) = Makespan.Draw(new double[options.Threads], waiting, _random);
                (all[i], tail[i]) = (end, end - firstIdle);
            }

            var machines =
                work.Select((machine, index) => queue.Lines.FirstOrDefault(line => line.Work.Machine == machine.Machine) is { } line
                    ? Machine(line, asked[index], known[machine.Machine], draws[machine.Machine])
                    : new MachinePlan(
                        machine.Machine, asked[index], asked[index], 0, machine.EpochLimit, machine.Ended.Sum(runs => runs.Count), 0, 0,
                        Forecast.Nothing, Forecast.Nothing, Forecast.Nothing, Forecast.Nothing, Forecast.Nothing, Forecast.Nothing))
                            .ToList();
            var isKnown = lines.TrueForAll(line => line.Lengths.Ended > 0);
            Forecast Total(double[] values)
            {
                Array.Sort(values);
                return Forecast.Of(isKnown ? values[Draws / 2] : null, values);
            }

            return new GenerationPlan(
                machines, options.Threads, Total(all), Total(tail), Total(cores), Total(bytes), zooBytes, measuredSeconds);
        }

        /// <summary>
        /// A curve that could be the machine's. While no network of it has ended, any mean from the longest run to the limit is equally
        /// likely.
        /// </summary>
        (SurvivalCurve Curve, double Scale) Curve(MachineLine line)
        {
            if (line.Lengths.Ended > 0) return (line.Lengths.Resampled(line.EpochsDone, _random, out var scale), scale);
            var least = Math.Max(1, line.EpochsDone.Max());
            return (SurvivalCurve.Constant((int)Math.Round(least + (_random.NextDouble() * (line.Work.EpochLimit - least)))), 1);
        }

        MachinePlan Machine(MachineLine line, int asked, int known, double[] epochs)
        {
            var work = line.Work;
            var count = work.Seeds.Count;
            var longest = line.EpochsDone.Max();
            var plan = new MachinePlan(
                work.Machine, asked, asked - count, count, work.EpochLimit, known, line.Lengths.Ended - known, longest,
                Forecast.Nothing, Forecast.Nothing, Forecast.Nothing, Forecast.Nothing, Forecast.Nothing, Forecast.Nothing);
            if (line.Lengths.Ended == 0)
            {
                var least = Math.Max(1, longest);
                return plan with
                {
                    Epochs = new Forecast(null, least, work.EpochLimit),
                    CoreSeconds = new Forecast(null, CoreSecondsOf(line, least), CoreSecondsOf(line, work.EpochLimit)),
                    Converged = new Forecast(null, 0, count),
                    NotConverged = new Forecast(null, 0, count),
                    Diverged = new Forecast(null, 0, count),
                    Bytes = new Forecast(null, count * BytesOf(line, least), count * BytesOf(line, work.EpochLimit)),
                };
            }

            var curve = line.Lengths.Curve(line.EpochsDone);
            var mean = Forecast.Of(curve.Mean, epochs);
            var (converged, notConverged, diverged) = Outcomes(curve, line.Lengths.Ended, count);
            Forecast Through(Func<double, double> of) => new(of(mean.Expected!.Value), of(mean.Low), of(mean.High));
            return plan with
            {
                Epochs = mean,
                CoreSeconds = Through(value => CoreSecondsOf(line, value)),
                Converged = Forecast.Of(count * curve.Converged, converged),
                NotConverged = Forecast.Of(count * curve.NotConverged, notConverged),
                Diverged = Forecast.Of(count * curve.Diverged, diverged),
                Bytes = Through(value => count * BytesOf(line, value)),
            };
        }

        /// <summary>
        /// How many of <paramref name="count"/> networks will end with each outcome, given the shares of <paramref name="curve"/> so far: a
        /// Dirichlet posterior with Jeffreys' prior, since what hasn't been met yet may still come.
        /// </summary>
        (double[] Converged, double[] NotConverged, double[] Diverged) Outcomes(SurvivalCurve curve, int ended, int count)
        {
            var (converged, notConverged, diverged) = (new double[Draws], new double[Draws], new double[Draws]);
            for (var i = 0; i < Draws; i++)
            {
                double[] weights = [.. new[] { curve.Converged, curve.NotConverged, curve.Diverged }
                    .Select(share => RunLengths.Weight((share * ended) + 0.5, _random))];
                double Count(double weight)
                {
                    var share = weight / weights.Sum();
                    return Math.Clamp(
                        Math.Round((count * share) + (Math.Sqrt(count * share * (1 - share)) * RunLengths.Normal(_random))), 0, count);
                }

                (converged[i], notConverged[i], diverged[i]) = (Count(weights[0]), Count(weights[1]), Count(weights[2]));
            }

            return (converged, notConverged, diverged);
        }

        double CoreSecondsOf(MachineLine line, double epochs) =>
            CoresAThread * (queue.SecondsPerNetwork + (epochs * queue.SecondsPerEpoch(line)));

        double BytesOf(MachineLine line, double epochs) =>
            ZooSize.OfNetwork(_parameters, epochs, population.TrainingSpec(line.Work.Machine), options.KeepMilestones);

        /// <summary>
        /// Share of a thread's time in which it had a core: below 1 with more threads than cores, or with other work on the machine.
        /// </summary>
        double CoresAThread { get; } = Ratio(queue.Lines.Where(line => line.PerEpoch.Count > 0).ToList());

        static double Ratio(List<MachineLine> measured) =>
            measured.Count == 0 ? 1 : measured.Sum(line => line.CoreSeconds.Mean) / measured.Sum(line => line.PerEpoch.Mean);
    }
}
