using System.Globalization;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Zoos.Planning;

namespace Mlds.Cli.Planning;

/// <summary>A plan as tables for people, with what it rests on.</summary>
static class PlanTable
{
    public static void Write(TextWriter output, Population population, PlanReport report, string verdict)
    {
        WritePilots(output, report.Pilots);
        output.WriteLine();
        WriteCost(output, report);
        output.WriteLine();
        output.WriteLine(
            "Told by last k: the share of the output bits that the last k symbols tell; plateau: the loss of the best constant answer.");
        var tried = report.Pilots.Machines.Count(machine => machine.IsTried);
        output.WriteLine(
            $"The pilots are networks of {population.Name} itself; '{verdict}' keeps them, and the same command goes on from there.");
        if (report.Here.Machines.Any(machine => machine.ToTrain > 0))
        {
            output.WriteLine(
                "In brackets: in one case in ten it is less than the first, in one case in ten more than the second, "
                + "going by the networks seen to end (zoo + pilots).");
        }

        if (report.Here.Machines.Any(machine => machine is { ToTrain: > 0, Known: 0, Pilots: 0 }))
        {
            output.WriteLine(
                "From … to: no network of the machine has ended yet; all that is known is how long one has trained, and its epoch limit.");
        }

        if (tried < report.Pilots.Machines.Count(machine => machine.DataFault is null))
            output.WriteLine($"{tried} of {report.Pilots.Machines.Count} machines were tried: give the command again, or more --seconds.");
        WriteEasy(output, population, report.Pilots);
        WriteRefused(output, report.Pilots);
    }

    /// <summary>Machines whose networks converge without having learned anything of them.</summary>
    static void WriteEasy(TextWriter output, Population population, Verdict verdict)
    {
        foreach (var machine in verdict.Machines)
        {
            var goal = population.TrainingSpec(machine.Name).GoalLoss;
            if (machine.Difficulty is not { } difficulty || goal < difficulty.StepLoss) continue;
            output.WriteLine(
                $"{machine.Name}: its goal_loss of {Loss(goal)} says little, as who knows no command but the step's number has "
                + $"{Loss(difficulty.StepLoss)}; set it well below.");
        }
    }

    static void WritePilots(TextWriter output, Verdict verdict)
    {
        var width = Width(verdict.Machines.Select(machine => machine.Name));
        output.WriteLine(
            $"{"machine".PadRight(width)}  {"states",6}  {"told by last 0, 1, 2, 3",-24}  {"plateau",8}  {"pilots",-22}  {"epochs",-12}  "
            + $"{"best loss",-9}  verdict");
        foreach (var machine in verdict.Machines)
        {
            var difficulty = machine.Difficulty;
            output.WriteLine(
                $"{machine.Name.PadRight(width)}  {difficulty?.States?.ToString(CultureInfo.InvariantCulture) ?? "-",6}  "
                + $"{Told(difficulty),-24}  {Loss(difficulty?.PlateauLoss),8}  {Pilots(machine),-22}  {Epochs(machine),-12}  "
                + $"{Loss(machine.Pilots.Select(pilot => (double?)pilot.BestValidationLoss).Min()),-9}  {Word(machine)}");
        }
    }

    static string Pilots(MachineVerdict machine)
    {
        if (!machine.IsTried) return "not tried";
        var ended = machine.Pilots.Count > 0 ? $"{machine.Converged} of {machine.Pilots.Count} converged" : "";
        var begun = machine.Begun.Count > 0 ? $"{machine.Begun.Count} unfinished" : "";
        return string.Join(", ", new[] { ended, begun }.Where(text => text.Length > 0));
    }

    static string Told(Difficulty? difficulty) => string.Join(
        ' ', (difficulty?.ToldByLast ?? []).Select(share => share.ToString("0.00", CultureInfo.InvariantCulture)));

    static string Epochs(MachineVerdict machine) => string.Join(
        " ",
        machine.Pilots.Select(pilot => pilot.Epochs.ToString(CultureInfo.InvariantCulture))
            .Concat(machine.Begun.Select(pilot => string.Create(CultureInfo.InvariantCulture, $"{pilot.State.Epoch}…"))).Take(4));

    static string Word(MachineVerdict machine) => machine switch
    {
        { IsRefused: true } => "refused",
        { Converged: > 0 } => "learned",
        { IsTried: true, IsSweep: true, Begun.Count: 0 } => "tried",
        { IsTried: true } => "not known yet",
        _ => "not tried",
    };

    static void WriteRefused(TextWriter output, Verdict verdict)
    {
        var refused = verdict.Machines.Where(machine => machine.IsRefused).ToList();
        if (refused.Count == 0) return;
        output.WriteLine();
        foreach (var machine in refused) output.WriteLine($"{machine.Name} isn't learned: {machine.Reason}.");
        output.WriteLine("`generate` and `project work add` refuse these unless told --ungated.");
    }

    static void WriteCost(TextWriter output, PlanReport report)
    {
        var plan = report.Here;
        var width = Width(plan.Machines.Select(machine => machine.Name));
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

        output.WriteLine(plan.IsTimed
            ? $"time        {Time(plan.Seconds)} on {plan.Threads} threads, of which {Time(plan.TailSeconds)} at the end with a thread idle"
            : "time        not known: no pilot has done an epoch");
        if (plan.IsTimed) output.WriteLine($"work        {Time(plan.CoreSeconds)} of one core");
        output.WriteLine(
            $"disk        {Number(plan.Bytes, Terminal.Size)}"
            + $"{(plan.ZooBytes > 0 ? $" more than the zoo's {Terminal.Size(plan.ZooBytes)}" : "")}; "
            + $"a release of them {Number(plan.ReleaseBytes, Terminal.Size)}");
        WriteVolunteers(output, report);
    }

    static void WriteVolunteers(TextWriter output, PlanReport report)
    {
        var work = report.Here.IsTimed ? $", {Time(report.VolunteersCoreSeconds)} of a core like this one's" : "";
        output.WriteLine(
            $"volunteers  {Number(report.OnVolunteers(cost => cost.Units), Whole)} work units of about {report.Work.UnitSeconds / 60} "
            + $"minutes, {Number(report.OnVolunteers(cost => cost.Results), Whole)} results (quorum {report.Work.Quorum}), "
            + $"{Number(report.OnVolunteers(cost => cost.UploadBytes), Terminal.Size)} of uploads{work}, if no result is lost or wrong");
    }

    static void WriteRow(TextWriter output, MachinePlan m, int width)
    {
        var start = FormattableString.Invariant($"{m.Name.PadRight(width)}  {m.Asked,8}  {m.InZoo,8}  {m.ToTrain,8}");
        if (m.ToTrain == 0)
        {
            output.WriteLine(start);
            return;
        }

        var seen = m.Known + m.Pilots > 0 ? $"{m.Known} + {m.Pilots}" : $"none ({m.LongestUnfinished} of {m.EpochLimit} epochs)";
        output.WriteLine(
            $"{start}  {Number(m.Epochs, Short),-16}  {Number(m.CoreSeconds, Short),-18}  "
            + $"{Number(m.Converged, Whole),-18}  {Number(m.NotConverged, Whole),-16}  {Number(m.Diverged, Whole),-13}  "
            + $"{Terminal.Size(m.Bytes.Expected ?? m.Bytes.High),8}  {seen}");
    }

    static int Width(IEnumerable<string> names) => Math.Max(7, names.Max(name => name.Length));

    static string Loss(double? loss) => loss is { } value ? value.ToString("G3", CultureInfo.InvariantCulture) : "-";

    static string Time(Forecast seconds) => Number(seconds, value => Terminal.Duration(TimeSpan.FromSeconds(value)));

    static string Number(Forecast forecast, Func<double, string> format)
    {
        var (low, high) = (format(forecast.Low), format(forecast.High));
        return forecast.Expected is { } expected
            ? low == high ? format(expected) : $"{format(expected)} ({low} – {high})"
            : $"{low} … {high}";
    }

    static string Short(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    /// <summary>A count; rounding may have left it a trace below 0.</summary>
    static string Whole(double value) => Math.Max(0, value).ToString("0", CultureInfo.InvariantCulture);
}
