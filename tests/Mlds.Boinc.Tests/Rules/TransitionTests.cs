using CsCheck;
using Mlds.Boinc.Rules;
using Mlds.Boinc.States;

namespace Mlds.Boinc.Tests.Rules;

public sealed class TransitionTests
{
    const long Now = 1_800_000_000;

    static readonly WorkUnitFacts s_unit =
        new() { MinQuorum = 1, TargetResults = 1, MaxErrors = 3, MaxTotal = 10, MaxSuccesses = 5, DelayBound = 86400 };

    static ResultFacts Unsent(long id) => new(id, ServerState.Unsent, ResultOutcome.Init, ValidateState.Init, 0, 0);

    static ResultFacts InProgress(long id, long deadline = Now + 100) =>
        new(id, ServerState.InProgress, ResultOutcome.Init, ValidateState.Init, 0, deadline);

    static ResultFacts Over(long id, ResultOutcome outcome, ValidateState validation = ValidateState.Init, int exit = 0) =>
        new(id, ServerState.Over, outcome, validation, exit, Now);

    static TransitionPlan Plan(WorkUnitFacts unit, params ResultFacts[] results) => Transition.Plan(unit, results, Now, 0);

    [Fact]
    public void A_new_work_unit_gets_its_target_of_results() =>
        Assert.Equal(3, Plan(s_unit with { MinQuorum = 2, TargetResults = 3 }).NewResults);

    [Fact]
    public void What_is_unsent_or_in_progress_needs_no_more()
    {
        Assert.Equal(0, Plan(s_unit, Unsent(1)).NewResults);
        Assert.Equal(0, Plan(s_unit, InProgress(1)).NewResults);
    }

    [Fact]
    public void A_result_past_its_deadline_is_over_and_replaced()
    {
        var plan = Plan(s_unit, InProgress(7, Now - 1));
        Assert.Equal([7], plan.TimedOut);
        Assert.Equal(1, plan.NewResults);
    }

    [Fact]
    public void A_deadlines_grace_counts_as_in_time()
    {
        var plan = Transition.Plan(s_unit, [InProgress(7, Now - 1)], Now, 60);
        Assert.Empty(plan.TimedOut);
        Assert.Equal(Now + 60, plan.NextTime);
    }

    [Fact]
    public void A_success_is_validated_when_the_quorum_is_there()
    {
        Assert.True(Plan(s_unit, Over(1, ResultOutcome.Success)).NeedsValidation);
        var two = s_unit with { MinQuorum = 2, TargetResults = 2 };
        Assert.False(Plan(two, Over(1, ResultOutcome.Success), InProgress(2)).NeedsValidation);
        Assert.True(Plan(two, Over(1, ResultOutcome.Success), Over(2, ResultOutcome.Success)).NeedsValidation);
        Assert.False(Plan(
            two,
            Over(1, ResultOutcome.Success, ValidateState.Inconclusive),
            Over(2, ResultOutcome.Success, ValidateState.Inconclusive)).NeedsValidation);
    }

    [Fact]
    public void A_late_success_is_still_validated() =>
        Assert.True(Plan(
            s_unit with { HasCanonicalResult = true }, Over(1, ResultOutcome.Success, ValidateState.Valid),
            Over(2, ResultOutcome.Success)).NeedsValidation);

    [Fact]
    public void Too_many_errors_end_the_work_unit()
    {
        var plan = Plan(s_unit, [.. Enumerable.Range(1, 4).Select(id => Over(id, ResultOutcome.ClientError, exit: 1)), Unsent(5)]);
        Assert.Equal(WorkUnitErrors.TooManyErrors, plan.Errors);
        Assert.Equal([5], plan.NotNeeded);
        Assert.True(plan.ReadyToAssimilate);
        Assert.Equal(0, plan.NewResults);
    }

    [Fact]
    public void Errors_of_one_account_count_once()
    {
        ResultFacts Failed(long id, long account, ResultOutcome outcome = ResultOutcome.ClientError) =>
            Over(id, outcome, exit: 1) with { Account = account };
        ResultFacts[] one = [.. Enumerable.Range(1, 8).Select(id =>
            Failed(id, 7, id % 2 == 0 ? ResultOutcome.NoReply : ResultOutcome.ClientError)), InProgress(9, Now - 1) with { Account = 7 }];
        Assert.Equal((WorkUnitErrors.None, 1), (Plan(s_unit, one).Errors, Plan(s_unit, one).NewResults));
        Assert.Equal(WorkUnitErrors.TooManyErrors, Plan(s_unit, [.. Enumerable.Range(1, 4).Select(id => Failed(id, id))]).Errors);
    }

    [Theory]
    [InlineData(ResultOutcome.ClientError, ExitStatus.AbortedByUser)]
    [InlineData(ResultOutcome.ClientError, ExitStatus.AbortedByProject)]
    [InlineData(ResultOutcome.ClientDetached, 0)]
    public void What_people_stopped_is_no_error(ResultOutcome outcome, int exit)
    {
        var plan = Plan(s_unit, [.. Enumerable.Range(1, 6).Select(id => Over(id, outcome, exit: exit))]);
        Assert.Equal(WorkUnitErrors.None, plan.Errors);
        Assert.Equal(1, plan.NewResults);
    }

    [Fact]
    public void The_total_is_bounded() =>
        Assert.Equal(
            WorkUnitErrors.TooManyTotal,
            Plan(s_unit, [.. Enumerable.Range(1, 10).Select(id => Over(id, ResultOutcome.ClientDetached))]).Errors);

    [Fact]
    public void Successes_that_never_agree_are_bounded() =>
        Assert.Equal(
            WorkUnitErrors.TooManySuccesses,
            Plan(
                s_unit with { MinQuorum = 3, TargetResults = 6 },
                [.. Enumerable.Range(1, 6).Select(id => Over(id, ResultOutcome.Success, ValidateState.Inconclusive))]).Errors);

    [Fact]
    public void An_invalid_success_is_an_error_and_made_again()
    {
        var plan = Plan(s_unit, Over(1, ResultOutcome.Success, ValidateState.Invalid));
        Assert.Equal(1, plan.NewResults);
        Assert.Equal(WorkUnitErrors.None, plan.Errors);
    }

    [Fact]
    public void Files_go_when_all_is_over_validated_and_assimilated()
    {
        var done = s_unit with { HasCanonicalResult = true, AssimilateState = AssimilateState.Done };
        Assert.True(Plan(done, Over(1, ResultOutcome.Success, ValidateState.Valid)).ReadyToDeleteFiles);
        Assert.False(Plan(done, Over(1, ResultOutcome.Success, ValidateState.Valid), InProgress(2)).ReadyToDeleteFiles);
        Assert.False(Plan(done, Over(1, ResultOutcome.Success, ValidateState.Valid), Over(2, ResultOutcome.Success)).ReadyToDeleteFiles);
        Assert.False(Plan(
            s_unit with { HasCanonicalResult = true, AssimilateState = AssimilateState.Ready },
            Over(1, ResultOutcome.Success, ValidateState.Valid)).ReadyToDeleteFiles);
    }

    [Fact]
    public void A_cancelled_work_unit_makes_nothing_more()
    {
        var plan = Plan(s_unit with { Errors = WorkUnitErrors.Cancelled }, Unsent(1));
        Assert.Equal([1], plan.NotNeeded);
        Assert.Equal(0, plan.NewResults);
        Assert.True(plan.ReadyToAssimilate);
    }

    static readonly Gen<ResultFacts> s_anyResult = Gen.Select(
        Gen.Enum<ServerState>(), Gen.Enum<ResultOutcome>(), Gen.Enum<ValidateState>(), Gen.Int[-200, 300], Gen.Long[-100, 100],
        (state, outcome, validation, exit, deadline) => new ResultFacts(0, state, outcome, validation, exit, Now + deadline));

    [Fact]
    public void Whatever_happens_a_work_unit_ends() =>
        Gen.Select(s_anyResult.Array[0, 14], Gen.Int[1, 3]).Sample((results, quorum) =>
        {
            var numbered = results.Select((result, i) => result with { Id = i + 1 }).ToArray();
            var unit = s_unit with { MinQuorum = quorum, TargetResults = quorum };
            var plan = Plan(unit, numbered);
            Assert.True(plan.NextTime > Now);
            Assert.True(numbered.Length + plan.NewResults <= Math.Max(numbered.Length, unit.MaxTotal));
            // Something moves the unit on: work to send, a check, an end, or a result in progress whose deadline will pass.
            var alive = numbered.Any(
                result => result.State is ServerState.Unsent or ServerState.InProgress && !plan.TimedOut.Contains(result.Id));
            var successes = numbered.Count(result => result is { State: ServerState.Over, Outcome: ResultOutcome.Success }
                && result.Validation != ValidateState.Invalid);
            Assert.True(alive || plan.NewResults > 0 || plan.NeedsValidation || plan.ReadyToAssimilate || successes >= quorum);
        });
}
