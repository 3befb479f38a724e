using Mlds.Recipes;
using Mlds.Zoos.Generation;

namespace Mlds.Zoos.Planning;

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
/// <param name="Pilots">Pilots of it that ended and aren't in the zoo, likewise.</param>
/// <param name="LongestUnfinished">Epochs of the longest pilot that was broken off; 0 when there is none.</param>
/// <param name="Epochs">Mean per network. Without an expected value: from the longest unfinished run to the limit.</param>
/// <param name="CoreSeconds">Mean per network.</param>
/// <param name="Converged">Of those to train.</param>
/// <param name="NotConverged">Of those to train.</param>
/// <param name="Diverged">Of those to train.</param>
/// <param name="Bytes">Of those to train, in the zoo.</param>
/// <param name="ReleaseBytes">Of those of them that converge, in a release.</param>
public sealed record MachinePlan(
    string Name,
    int Asked,
    int InZoo,
    int ToTrain,
    int EpochLimit,
    int Known,
    int Pilots,
    int LongestUnfinished,
    Forecast Epochs,
    Forecast CoreSeconds,
    Forecast Converged,
    Forecast NotConverged,
    Forecast Diverged,
    Forecast Bytes,
    Forecast ReleaseBytes);

/// <summary>What a generation will take, by the networks that its zoo has and by pilots. Nothing is trained for it.</summary>
/// <param name="Machines">In the population's order.</param>
/// <param name="Seconds">Wall time of the whole generation, the tail included.</param>
/// <param name="TailSeconds">The part of it at the end in which not every thread has something to do.</param>
/// <param name="CoreSeconds">Of all networks together.</param>
/// <param name="Bytes">What the zoo grows by.</param>
/// <param name="ZooBytes">What it has.</param>
/// <param name="ReleaseBytes">Of a release of the networks to train that converge, its texts included.</param>
/// <param name="IsTimed">Whether a pilot of a machine with networks to train has done an epoch: else nothing is known of time.</param>
public sealed record GenerationPlan(
    IReadOnlyList<MachinePlan> Machines, int Threads, Forecast Seconds, Forecast TailSeconds, Forecast CoreSeconds,
    Forecast Bytes, long ZooBytes, Forecast ReleaseBytes, bool IsTimed)
{
    const int Draws = 200;

    /// <param name="zoo">The population's, or null while there is none.</param>
    /// <param name="verdict">The population's pilots.</param>
    public static GenerationPlan Make(Population population, Zoo? zoo, GenerationOptions options, Verdict verdict)
    {
        var asked = new int[population.MachineNames.Count];
        var known = new Dictionary<string, int>();
        var work = new List<MachineWork>();
        var tried = verdict.Machines.ToDictionary(machine => machine.Name);
        for (var i = 0; i < asked.Length; i++)
        {
            var machine = MachineWork.Of(population, i, zoo, options, out asked[i]);
            known[machine.Machine] = machine.Ended.Sum(runs => runs.Count);
            work.Add(With(machine, tried.GetValueOrDefault(machine.Machine), zoo?.Seeds(machine.Machine)));
        }

        var queue = new GenerationQueue(work);
        foreach (var line in queue.Lines)
            if (tried.TryGetValue(line.Work.Machine, out var machine)) Time(queue, machine);
        return new Forecaster(population, queue, options).Plan(work, asked, known, zoo?.Status().Bytes ?? 0);
    }

    /// <summary>What is to be done of a machine, in the light of its pilots that the zoo doesn't have.</summary>
    static MachineWork With(MachineWork work, MachineVerdict? tried, ISet<uint>? inZoo)
    {
        bool IsNew(uint seed) => inZoo?.Contains(seed) != true;
        if (tried is null) return work with { Begun = new Dictionary<uint, int>() };
        return work with
        {
            Ended = [.. work.Ended, .. tried.Pilots.Where(pilot => IsNew(pilot.Seed))
                .Select(pilot => new EndedRuns(pilot.Epochs, pilot.Outcome, 1))],
            // Those of the zoo save little of the whole, and reading them would take time.
            Begun = tried.Begun.Where(pilot => work.Seeds.Contains(pilot.Seed))
                .ToDictionary(pilot => pilot.Seed, pilot => pilot.State.Epoch),
        };
    }

    static void Time(GenerationQueue queue, MachineVerdict machine)
    {
        foreach (var pilot in machine.Pilots) queue.Measured(machine.Name, pilot.Epochs, pilot.Seconds, pilot.By.CoreSeconds);
        foreach (var pilot in machine.Begun)
            queue.Measured(machine.Name, pilot.State.Epoch, pilot.Seconds, pilot.State.CoreSeconds);
    }

    /// <summary>From what a queue has seen to what all of its networks will take, by drawing futures.</summary>
    sealed class Forecaster(Population population, GenerationQueue queue, GenerationOptions options)
    {
        readonly Random _random = new(1);
        readonly int _parameters = population.Network.Layout.Parameters;

        public GenerationPlan Plan(
            List<MachineWork> work, int[] asked, Dictionary<string, int> known, long zooBytes)
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
                        machine.Machine, asked[index], asked[index], 0, machine.EpochLimit, known[machine.Machine],
                        machine.Ended.Sum(runs => runs.Count) - known[machine.Machine], 0, Forecast.Nothing, Forecast.Nothing,
                        Forecast.Nothing, Forecast.Nothing, Forecast.Nothing, Forecast.Nothing, Forecast.Nothing))
                            .ToList();
            var isKnown = lines.TrueForAll(line => line.Lengths.Ended > 0);
            Forecast Total(double[] values)
            {
                Array.Sort(values);
                return Forecast.Of(isKnown ? values[Draws / 2] : null, values);
            }

            return new GenerationPlan(
                machines, options.Threads, Total(all), Total(tail), Total(cores), Total(bytes), zooBytes, Release(machines),
                lines.Count == 0 || lines.Exists(line => line.PerEpoch.Count > 0));
        }

        static Forecast Release(List<MachinePlan> machines)
        {
            double Sum(Func<Forecast, double> of) => ReleaseSize.Texts + machines.Sum(machine => of(machine.ReleaseBytes));
            var isKnown = machines.TrueForAll(machine => machine.ReleaseBytes.Expected is not null);
            return new Forecast(
                isKnown ? Sum(bytes => bytes.Expected!.Value) : null, Sum(bytes => bytes.Low), Sum(bytes => bytes.High));
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
                Forecast.Nothing, Forecast.Nothing, Forecast.Nothing, Forecast.Nothing, Forecast.Nothing, Forecast.Nothing,
                Forecast.Nothing);
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
                    ReleaseBytes = new Forecast(null, 0, count * ReleasedBytesOf(line, work.EpochLimit)),
                };
            }

            var curve = line.Lengths.Curve(line.EpochsDone);
            var mean = Forecast.Of(curve.Mean, epochs);
            var (converged, notConverged, diverged) = Outcomes(curve, line.Lengths.Ended, count);
            Forecast Through(Func<double, double> of) => new(of(mean.Expected!.Value), of(mean.Low), of(mean.High));
            var ofConverged = Forecast.Of(count * curve.Converged, converged);
            return plan with
            {
                Epochs = mean,
                CoreSeconds = Through(value => CoreSecondsOf(line, value)),
                Converged = ofConverged,
                NotConverged = Forecast.Of(count * curve.NotConverged, notConverged),
                Diverged = Forecast.Of(count * curve.Diverged, diverged),
                Bytes = Through(value => count * BytesOf(line, value)),
                ReleaseBytes = new Forecast(
                    ofConverged.Expected * ReleasedBytesOf(line, mean.Expected!.Value),
                    ofConverged.Low * ReleasedBytesOf(line, mean.Low),
                    ofConverged.High * ReleasedBytesOf(line, mean.High)),
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

        double ReleasedBytesOf(MachineLine line, double epochs) =>
            ReleaseSize.OfNetwork(_parameters, epochs, population.TrainingSpec(line.Work.Machine));

        /// <summary>
        /// Share of a thread's time in which it had a core: below 1 with more threads than cores, or with other work on the machine.
        /// </summary>
        double CoresAThread { get; } = Ratio(queue.Lines.Where(line => line.PerEpoch.Count > 0).ToList());

        static double Ratio(List<MachineLine> measured) =>
            measured.Count == 0 ? 1 : measured.Sum(line => line.CoreSeconds.Mean) / measured.Sum(line => line.PerEpoch.Mean);
    }
}
