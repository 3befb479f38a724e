using Mlds.Boinc.States;

namespace Mlds.Boinc.Rules;

/// <summary>What a transition needs to know of a work unit.</summary>
public sealed record WorkUnitFacts
{
    /// <summary>Equal results that make one of them canonical.</summary>
    public required int MinQuorum { get; init; }

    /// <summary>Results to have unsent, in progress or successful as long as there is no canonical one.</summary>
    public required int TargetResults { get; init; }

    public required int MaxErrors { get; init; }
    public required int MaxTotal { get; init; }
    public required int MaxSuccesses { get; init; }

    /// <summary>Seconds from sending to deadline.</summary>
    public required long DelayBound { get; init; }

    public WorkUnitErrors Errors { get; init; }
    public bool HasCanonicalResult { get; init; }

    /// <summary>The canonical result waits until its host has earned trust: it isn't assimilated yet.</summary>
    public bool Held { get; init; }

    public AssimilateState AssimilateState { get; init; }
    public FileDeleteState FileDeleteState { get; init; }
}

/// <summary>What a transition needs to know of a result of the work unit.</summary>
/// <param name="Account">Who had it; accounts that may be one person's have the same number. 0: unknown, and counted as a person of its
/// own.</param>
public readonly record struct ResultFacts(
    long Id, ServerState State, ResultOutcome Outcome, ValidateState Validation, int ExitStatus, long Deadline, long Account = 0);

/// <summary>What has to be done to a work unit now. All of it happens in one transaction.</summary>
public sealed record TransitionPlan
{
    /// <summary>Results in progress past their deadline: they end without a reply.</summary>
    public List<long> TimedOut { get; } = [];

    /// <summary>Unsent results that nobody needs any more.</summary>
    public List<long> NotNeeded { get; } = [];

    public int NewResults { get; set; }
    public bool NeedsValidation { get; set; }
    public WorkUnitErrors Errors { get; set; }
    public bool ReadyToAssimilate { get; set; }
    public bool ReadyToDeleteFiles { get; set; }

    /// <summary>When to look again even if nothing has happened, Unix seconds.</summary>
    public long NextTime { get; set; }
}

/// <summary>
/// The transitioner's rules, which take a work unit from its creation to its end whatever its results do (BOINC: sched/transitioner.cpp). A
/// pure function: the same facts at the same time give the same plan, so a transition that was interrupted is simply made again.
/// </summary>
public static class Transition
{
    /// <summary>Seconds after which every work unit is looked at again, whatever happened to its events.</summary>
    public const long SafetyNet = 10 * 86400;

    /// <param name="unit">The work unit.</param>
    /// <param name="results">All its results.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="grace">Seconds after a deadline during which a report still counts as in time.</param>
    public static TransitionPlan Plan(WorkUnitFacts unit, IReadOnlyList<ResultFacts> results, long now, long grace)
    {
        var plan = new TransitionPlan { Errors = unit.Errors };
        foreach (var result in results)
            if (result.State == ServerState.InProgress && result.Deadline + grace < now) plan.TimedOut.Add(result.Id);
        var counts = Counts.Of(results, plan.TimedOut);
        plan.NeedsValidation = counts.Unvalidated > 0 && (unit.HasCanonicalResult || counts.Successes >= unit.MinQuorum);
        if (!unit.HasCanonicalResult) Grow(plan, unit, counts);
        if (unit.HasCanonicalResult || plan.Errors != WorkUnitErrors.None) Finish(plan, unit, results, counts);
        plan.NextTime = NextTime(unit, results, plan.TimedOut, now, grace);
        return plan;
    }

    /// <summary>Makes up for results that failed, or gives the work unit up.</summary>
    static void Grow(TransitionPlan plan, WorkUnitFacts unit, Counts counts)
    {
        if (counts.Errors > unit.MaxErrors) plan.Errors |= WorkUnitErrors.TooManyErrors;
        if (counts.Successes > unit.MaxSuccesses) plan.Errors |= WorkUnitErrors.TooManySuccesses;
        if (plan.Errors != WorkUnitErrors.None) return;
        var wanted = Math.Max(0, unit.TargetResults - counts.Unsent - counts.InProgress - counts.Successes);
        if (wanted > 0 && counts.Total + wanted > unit.MaxTotal) plan.Errors |= WorkUnitErrors.TooManyTotal;
        else plan.NewResults = wanted;
    }

    static void Finish(TransitionPlan plan, WorkUnitFacts unit, IReadOnlyList<ResultFacts> results, Counts counts)
    {
        foreach (var result in results)
            if (result.State == ServerState.Unsent) plan.NotNeeded.Add(result.Id);
        plan.ReadyToAssimilate = unit.AssimilateState == AssimilateState.Init && !unit.Held;
        plan.ReadyToDeleteFiles = unit.AssimilateState == AssimilateState.Done && unit.FileDeleteState == FileDeleteState.Init
            && counts.InProgress == 0 && counts.Unvalidated == 0;
    }

    static long NextTime(WorkUnitFacts unit, IReadOnlyList<ResultFacts> results, List<long> timedOut, long now, long grace)
    {
        var next = now + Math.Max(SafetyNet, unit.DelayBound + unit.DelayBound / 2);
        foreach (var result in results)
            if (result.State == ServerState.InProgress && !timedOut.Contains(result.Id)) next = Math.Min(next, result.Deadline + grace + 1);
        return next;
    }

    /// <summary>
    /// How many of a work unit's results are in which state. Errors of one account count once: it can make up as many hosts as it likes.
    /// </summary>
    readonly record struct Counts(int Total, int Unsent, int InProgress, int Successes, int Unvalidated, int Errors)
    {
        public static Counts Of(IReadOnlyList<ResultFacts> results, List<long> timedOut)
        {
            int unsent = 0, inProgress = 0, successes = 0, unvalidated = 0, errors = 0;
            var blamed = new HashSet<long>();
            void Blame(ResultFacts result) => errors += result.Account == 0 || blamed.Add(result.Account) ? 1 : 0;
            foreach (var result in results)
            {
                if (timedOut.Contains(result.Id))
                {
                    Blame(result);
                }
                else if (result.State == ServerState.Unsent)
                {
                    unsent++;
                }
                else if (result.State == ServerState.InProgress)
                {
                    inProgress++;
                }
                else if (result.State != ServerState.Over)
                {
                    continue;
                }
                else if (result.Outcome == ResultOutcome.Success && result.Validation != ValidateState.Invalid)
                {
                    successes++;
                    if (result.Validation == ValidateState.Init) unvalidated++;
                }
                else if (IsFault(result))
                {
                    Blame(result);
                }
            }

            return new(results.Count, unsent, inProgress, successes, unvalidated, errors);
        }

        /// <summary>Whether the end speaks against the work unit: not when somebody stopped it, detached, or nobody needed it.</summary>
        static bool IsFault(ResultFacts result) => result.Outcome switch
        {
            ResultOutcome.DidntNeed or ResultOutcome.ClientDetached => false,
            ResultOutcome.ClientError => result.ExitStatus is not (ExitStatus.AbortedByUser or ExitStatus.AbortedByProject),
            _ => true,
        };
    }
}
