using Mlds.Recipes;
using Mlds.Server.Science;
using Mlds.Zoos.Planning;

namespace Mlds.Cli.Planning;

/// <summary>All that a plan says.</summary>
/// <param name="Pilots">The verdict, which has the population's machines in its order.</param>
/// <param name="Here">What generating takes on this machine.</param>
/// <param name="Low">What it costs on volunteers if every machine takes as little as its forecast's low end.</param>
/// <param name="Volunteers">The same by what is expected; null while that isn't known of every machine.</param>
/// <param name="High">The same by the high ends.</param>
/// <param name="Work">How units are cut.</param>
sealed record PlanReport(
    Verdict Pilots, GenerationPlan Here, VolunteerCost Low, VolunteerCost? Volunteers, VolunteerCost High, WorkOptions Work)
{
    public static PlanReport Of(Population population, Verdict verdict, GenerationPlan plan, WorkOptions work)
    {
        VolunteerCost Cost(Func<Forecast, double> of) => VolunteerCost.Of(
            [.. plan.Machines.Where(machine => machine.ToTrain > 0).Select(machine => new VolunteersShare(
                population.Recipe(machine.Name, 0), machine.ToTrain, Math.Max(1, of(machine.Epochs))))],
            work);
        var isKnown = plan.Machines.All(machine => machine.Epochs.Expected is not null);
        return new PlanReport(
            verdict, plan, Cost(forecast => forecast.Low), isKnown ? Cost(forecast => forecast.Expected!.Value) : null,
            Cost(forecast => forecast.High), work);
    }

    /// <summary>Core-seconds on volunteers, on cores like the one that was measured: every result of a quorum trains the same.</summary>
    public Forecast VolunteersCoreSeconds => new(
        Work.Quorum * Here.CoreSeconds.Expected, Work.Quorum * Here.CoreSeconds.Low, Work.Quorum * Here.CoreSeconds.High);

    /// <summary>One number of the cost on volunteers; low and high are with every machine at the end of its range.</summary>
    public Forecast OnVolunteers(Func<VolunteerCost, double> number)
    {
        var (low, high) = (number(Low), number(High));
        // Longer runs may fill units better.
        var expected = Volunteers is { } cost ? number(cost) : (double?)null;
        return new Forecast(expected, Math.Min(Math.Min(low, high), expected ?? low), Math.Max(Math.Max(low, high), expected ?? high));
    }
}
