using System.Globalization;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Planning;

/// <summary>What is known of one machine's learnability.</summary>
/// <param name="Name">The machine's name in the population.</param>
/// <param name="RecipeSha256">Of what determines its networks (<see cref="Population.PlanSha256"/>): what the verdict is valid for.</param>
/// <param name="Difficulty">Null for what is learned from other things than a machine's sequences.</param>
/// <param name="DataFault">Where its examples aren't the task's; null if they are.</param>
/// <param name="Pilots">Those that ended, by seed.</param>
/// <param name="Begun">Those broken off, by seed.</param>
public sealed record MachineVerdict(
    string Name, string RecipeSha256, Difficulty? Difficulty, string? DataFault, IReadOnlyList<Pilot> Pilots,
    IReadOnlyList<BegunPilot> Begun)
{
    /// <summary>Pilots that a machine is given before it is refused, where one of them nearly learned it.</summary>
    internal const int Chances = 6;

    /// <summary>The share of the loss of a constant answer at which a machine is nearly learned.</summary>
    const double Near = 0.01;

    /// <summary>The verdict on a machine of which no pilot has been trained.</summary>
    public static MachineVerdict Untried(Population population, string name)
    {
        var (task, data) = (population.Task(name), population.Data(name));
        return new MachineVerdict(
            name, population.PlanSha256(name), Difficulty.Of(task, data), task.ContradictionIn(data), [], [])
        {
            IsSweep = population.IsVaried,
        };
    }

    /// <summary>
    /// Whether the population varies how its networks are trained: then some settings are expected to fail, or all to stop short of a goal
    /// that none should reach, so that only wrong examples are a reason to refuse.
    /// </summary>
    public bool IsSweep { get; init; }

    /// <summary>Whether a pilot has ended or begun.</summary>
    public bool IsTried => Pilots.Count > 0 || Begun.Count > 0;

    /// <summary>Pilots that converged.</summary>
    public int Converged => Pilots.Count(pilot => pilot.Outcome == Outcome.Converged);

    /// <summary>
    /// Whether its networks aren't worth training: its examples are wrong, or pilots have ended and none of those tried may still converge.
    /// A machine that is nearly learned is hard, but perhaps not for every seed, and has more chances.
    /// </summary>
    public bool IsRefused =>
        DataFault is not null
        || (!IsSweep && Pilots.Count > 0 && Converged == 0 && Begun.Count == 0 && !(IsNear && Pilots.Count < Chances));

    /// <summary>Whether no pilot has converged, but one has come close: its loss is a hundredth of a constant answer's.</summary>
    internal bool IsNear => Converged == 0 && Difficulty is { } known && Pilots.Any(
        pilot => pilot.BestValidationLoss <= Near * known.PlateauLoss);

    /// <summary>
    /// Why, in a clause: "not_converged after 60 epochs, validation loss 0.061 (best 0.06); a constant answer gives 0.0625". Null while it
    /// isn't refused.
    /// </summary>
    public string? Reason
    {
        get
        {
            if (DataFault is not null) return $"its examples aren't the machine's: {DataFault}";
            if (!IsRefused) return null;
            var pilots = Pilots.Select(pilot => string.Create(
                CultureInfo.InvariantCulture,
                $"seed {pilot.Seed} {Words(pilot.Outcome)} after {pilot.Epochs} epochs, validation loss {pilot.ValidationLoss:G3}"
                + $" (best {pilot.BestValidationLoss:G3})"));
            var plateau = Difficulty is { } known
                ? string.Create(CultureInfo.InvariantCulture, $"; a constant answer gives {known.PlateauLoss:G3}")
                : "";
            return $"{string.Join(", ", pilots)}{plateau}";
        }
    }

    /// <summary>With another pilot, ended or broken off, in the place of what was known of that seed.</summary>
    internal MachineVerdict With(Pilot pilot) => this with
    {
        Pilots = [.. Pilots.Where(other => other.Seed != pilot.Seed).Append(pilot).OrderBy(other => other.Seed)],
        Begun = [.. Begun.Where(other => other.Seed != pilot.Seed)],
    };

    /// <inheritdoc cref="With(Pilot)"/>
    internal MachineVerdict With(BegunPilot pilot) => this with
    {
        Begun = [.. Begun.Where(other => other.Seed != pilot.Seed).Append(pilot).OrderBy(other => other.Seed)],
    };

    static string Words(Outcome outcome) => outcome switch
    {
        Outcome.Converged => "converged",
        Outcome.NotConverged => "not converged",
        _ => "diverged",
    };
}
