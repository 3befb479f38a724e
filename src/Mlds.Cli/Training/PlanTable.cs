using System.Globalization;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Zoos.Generation;

namespace Mlds.Cli.Training;

/// <summary>A plan as a table for people, with what it rests on.</summary>
static class PlanTable
{
    public static void Write(TextWriter output, Population population, GenerationPlan plan)
    {
        var width = Math.Max(7, plan.Machines.Max(machine => machine.Name.Length));
        output.WriteLine(
            $"{"machine".PadRight(width)}     asked    in zoo  to train  {"epochs each",-16}  {"core-seconds each",-18}  "
            + $"{"converge",-18}  {"don't",-16}  {"diverge",-13}  {"bytes",8}  seen to end");
        foreach (var machine in plan.Machines) WriteRow(output, machine, width);
        output.WriteLine();
        if (plan.Machines.All(machine => machine.ToTrain == 0))
        {
            output.WriteLine($"Nothing to train: the zoo has all that is asked for, {Terminal.Size(plan.ZooBytes)}.");
            return;
        }

        output.WriteLine(
            $"time    {Time(plan.Seconds)} on {plan.Threads} threads, of which {Time(plan.TailSeconds)} at the end with a thread idle");
        output.WriteLine($"work    {Number(plan.CoreSeconds, value => Terminal.Duration(TimeSpan.FromSeconds(value)))} of one core");
        output.WriteLine(
            $"disk    {Number(plan.Bytes, Terminal.Size)}"
            + $"{(plan.ZooBytes > 0 ? $" more than the zoo's {Terminal.Size(plan.ZooBytes)}" : "")}");
        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Measured {plan.MeasuredSeconds:0.0} s on {plan.Threads} threads with networks of {population.Name} itself; "
            + $"they were thrown away and nothing was written."));
        output.WriteLine(
            "In brackets: in one case in ten it is less than the first, in one case in ten more than the second, "
            + "going by the networks seen to end (zoo + measurement).");
        if (plan.Machines.Any(machine => machine is { ToTrain: > 0, Known: 0, Measured: 0 }))
        {
            output.WriteLine(
                "From … to: no network of the machine has ended yet; all that is known is how long one has trained, and its epoch limit. "
                + "A longer --plan-seconds tells more.");
        }
    }

    static void WriteRow(TextWriter output, MachinePlan m, int width)
    {
        var start = FormattableString.Invariant($"{m.Name.PadRight(width)}  {m.Asked,8}  {m.InZoo,8}  {m.ToTrain,8}");
        if (m.ToTrain == 0)
        {
            output.WriteLine(start);
            return;
        }

        var seen = m.Known + m.Measured > 0 ? $"{m.Known} + {m.Measured}" : $"none ({m.LongestUnfinished} of {m.EpochLimit} epochs)";
        output.WriteLine(
            $"{start}  {Number(m.Epochs, Short),-16}  {Number(m.CoreSeconds, Short),-18}  "
            + $"{Number(m.Converged, Whole),-18}  {Number(m.NotConverged, Whole),-16}  {Number(m.Diverged, Whole),-13}  "
            + $"{Terminal.Size(m.Bytes.Expected ?? m.Bytes.High),8}  {seen}");
    }

    static string Time(Forecast seconds) => Number(seconds, value => Terminal.Duration(TimeSpan.FromSeconds(value)));

    static string Number(Forecast forecast, Func<double, string> format)
    {
        var (low, high) = (format(forecast.Low), format(forecast.High));
        return forecast.Expected is { } expected
            ? low == high ? format(expected) : $"{format(expected)} ({low} – {high})"
            : $"{low} … {high}";
    }

    static string Short(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    static string Whole(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
