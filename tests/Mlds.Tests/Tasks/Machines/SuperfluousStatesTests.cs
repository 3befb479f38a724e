using CsCheck;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class SuperfluousStatesTests
{
    [Fact]
    public void Without_them_the_table_has_the_states_of_the_minimal_automaton() =>
        MachineGen.Automata.Sample(definition =>
        {
            var machine = new Automaton(definition);
            var (superfluous, minimal) = (machine.Superfluous(), MinimalAutomaton.Of(machine));
            Assert.Equal(minimal.GivenStates - minimal.States, superfluous.Count);
            Assert.Equal(minimal.GivenStates - minimal.ReachableStates, superfluous.Unreachable.Count);
            Assert.Equal(minimal.WasMinimal, superfluous.Sentence().Length == 0);
            Assert.All(superfluous.Equal, group => Assert.Equal(group.Order().Distinct(), group));
        });

    /// <summary>Whichever of a group a transition leads to, the answers stay the same.</summary>
    [Fact]
    public void States_of_a_group_can_stand_for_one_another() =>
        MachineGen.Automata.Sample(definition =>
        {
            foreach (var group in new Automaton(definition).Superfluous().Equal)
            {
                int First(int state) =>
                    group.Contains(state) && state != definition.Start ? group.First(one => one != definition.Start) : state;
                var merged = definition with { Next = [.. definition.Next.Select(row => (IReadOnlyList<int>)[.. row.Select(First)])] };
                Assert.True(MinimalAutomaton.Of(merged.Build()).BehavesAs(MinimalAutomaton.Of(definition.Build())));
            }
        });

    [Fact]
    public void They_are_named()
    {
        // 3 and 5 lead to 0 as 1 does, and show the same; nothing leads to 4 and 6.
        var machine = new Automaton(new AutomatonDefinition(
            2, 1, 0, [[1, 2], [0, 1], [3, 5], [0, 3], [4, 4], [0, 5], [4, 0]], [0, 1, 0, 1, 1, 1, 0]));

        Assert.Equal([4, 6], machine.Superfluous().Unreachable);
        Assert.Equal([1, 3, 5], Assert.Single(machine.Superfluous().Equal));
        Assert.Equal(4, machine.Superfluous().Count);
        Assert.Equal("States 4 and 6 can't be reached; states 1, 3 and 5 answer every word alike.", machine.Superfluous().Sentence());
    }

    [Fact]
    public void A_start_that_is_never_entered_again_equals_a_state_that_goes_on_alike() =>
        Assert.Equal(
            "States 0 and 1 answer every word alike.",
            new Automaton(new AutomatonDefinition(2, 1, 0, [[1, 2], [1, 2], [2, 1]], [0, 1, 0])).Superfluous().Sentence());

    [Fact]
    public void Of_many_ten_are_named()
    {
        var lonely = new Automaton(new AutomatonDefinition(1, 1, 0, [[0], .. Enumerable.Repeat((int[])[0], 30)], [.. new uint[31]]));

        Assert.Equal("States 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 20 more can't be reached.", lonely.Superfluous().Sentence());
    }
}
