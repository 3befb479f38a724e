using CsCheck;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class MinimalAutomatonTests
{
    [Fact]
    public void It_answers_every_word_as_the_machine_does() =>
        Gen.Select(MachineGen.Any, Gen.UInt.Array[0, 60]).Sample((definition, numbers) =>
        {
            var machine = definition.Build();
            var word = MachineGen.Word(machine, numbers);
            Assert.Equal(MachineGen.Answers(machine, word), MachineGen.Answers(MinimalAutomaton.Of(machine).ToDefinition().Build(), word));
        });

    [Fact]
    public void Minimising_twice_changes_nothing() =>
        MachineGen.Any.Sample(definition =>
        {
            var once = MinimalAutomaton.Of(definition.Build());
            var twice = MinimalAutomaton.Of(once.ToDefinition().Build());
            Assert.True(twice.BehavesAs(once));
            Assert.True(twice.WasMinimal);
            Assert.Equal(once.States * once.Symbols, once.Transitions);
            Assert.InRange(once.States, 1, once.ReachableStates);
        });

    [Fact]
    public void It_has_as_many_states_as_brute_force_can_tell_apart() =>
        MachineGen.Automata.Sample(definition => Assert.Equal(Distinguishable(definition), MinimalAutomaton.Of(definition.Build()).States));

    [Fact]
    public void Two_definitions_of_one_behaviour_give_one_automaton() =>
        Gen.Select(MachineGen.Automata, Gen.Int[0, 11].Array[0, 8], Gen.UInt).Sample((definition, copied, shuffle) =>
        {
            var other = Disguise(definition, [.. copied.Select(state => state % definition.Next.Count)], shuffle);
            var (first, second) = (MinimalAutomaton.Of(definition.Build()), MinimalAutomaton.Of(other.Build()));
            Assert.True(first.BehavesAs(second));
        });

    [Fact]
    public void A_hidden_start_takes_the_place_of_a_state_that_goes_on_alike()
    {
        // The start's own output 0 is never read and it goes on as state 1 does, so two states are enough.
        Assert.Equal(2, MinimalAutomaton.Of(new AutomatonDefinition(1, 1, 0, [[1], [2], [1]], [0, 1, 0]).Build()).States);
        // Here no state goes on as it does.
        Assert.Equal(3, MinimalAutomaton.Of(new AutomatonDefinition(2, 1, 0, [[1, 2], [1, 1], [2, 2]], [0, 1, 0]).Build()).States);
    }

    [Theory]
    [InlineData("EightBitMachine", 256)]
    [InlineData("SingleDirectMachine", 2)]
    [InlineData("SingleInvertMachine", 2)]
    [InlineData("SimpleXORMachine", 4)]
    [InlineData("ParityMachine", 256)]
    public void Ds1_machines_have_two_to_the_bits_they_read_states(string name, int states)
    {
        var minimal = MinimalAutomaton.Of(MachineCatalogue.Build(name));
        Assert.Equal((256, states, 16 * states), (minimal.ReachableStates, minimal.States, minimal.Transitions));
        Assert.Equal(states == 256, minimal.WasMinimal);
    }

    [Fact]
    public void The_largest_machine_of_the_catalogue_has_the_states_one_can_count()
    {
        // Watching: 256 registers, 128 with the first command matched, 64 with two. Keyed: 32, then in the j-th changed step as many
        // held outputs times the registers at most j bits away: 9 + 37 + 93 + 163.
        var minimal = MinimalAutomaton.Of(MachineCatalogue.Build("EightBitControl"));
        Assert.Equal(256 + 128 + 64 + 32 + (32 * (9 + 37 + 93 + 163)), minimal.ReachableStates);
        Assert.InRange(minimal.States, 32 * 163, minimal.ReachableStates);
    }

    [Fact]
    public void A_quarter_of_a_million_states_take_seconds_and_no_definition_holds_them()
    {
        var register = new RegisterDefinition(13, 13, [.. Enumerable.Range(0, 13).Select(bit => new RegisterLine(bit, [bit], false))]);
        var minimal = MinimalAutomaton.Of(new KeyedDefinition(register, [1], KeyRule.Invert, 30).Build());
        // At most 2^13 registers in each of 32 phases: watching, just keyed, and 30 changed steps.
        Assert.InRange(minimal.ReachableStates, 250_000, 32 * (1 << 13));
        Assert.True(minimal.WasMinimal);
        Assert.Throws<InvalidOperationException>(minimal.ToDefinition);
    }

    [Fact]
    public void A_window_of_k_symbols_is_enough_for_a_shift_register_and_for_no_register_machine()
    {
        Assert.Equal(0, Memory(new AutomatonDefinition(2, 1, 0, [[0, 0]], [1])));
        Assert.Equal(1, Memory(new AutomatonDefinition(2, 1, 0, [[0, 1], [0, 1]], [0, 1])));
        Assert.Equal(3, Memory(ShiftRegister(3)));
        Assert.Null(Memory(MachineCatalogue.Find("SingleDirectMachine")!));
        Assert.Null(Memory(new AutomatonDefinition(2, 1, 0, [[0, 1], [1, 0]], [0, 1])));
    }

    /// <summary>Remembers the last k bits and shows the oldest of them.</summary>
    static AutomatonDefinition ShiftRegister(int k) => new(
        2,
        1,
        0,
        [.. Enumerable.Range(0, 1 << k)
            .Select(state => (IReadOnlyList<int>)[(state << 1) & ((1 << k) - 1), ((state << 1) | 1) & ((1 << k) - 1)])],
        [.. Enumerable.Range(0, 1 << k).Select(state => (uint)state >> (k - 1))]);

    static int? Memory(MachineDefinition definition) => MinimalAutomaton.Of(definition.Build()).DefiniteMemory();

    /// <summary>The same behaviour with some states copied, unreachable ones added and all renumbered.</summary>
    static AutomatonDefinition Disguise(AutomatonDefinition definition, int[] copied, uint shuffle)
    {
        var originals = Enumerable.Range(0, definition.Next.Count).Concat(copied).ToArray();
        var order = Enumerable.Range(0, originals.Length).OrderBy(state => unchecked(((uint)state + 1) * 2654435761u ^ shuffle)).ToArray();
        int Number(int state, int turn)
        {
            var copies = Enumerable.Range(0, originals.Length).Where(number => originals[order[number]] == state).ToArray();
            return copies[turn % copies.Length];
        }

        return definition with
        {
            Start = Number(definition.Start, 0),
            Next = [.. order.Select((state, number) =>
                (IReadOnlyList<int>)[.. definition.Next[originals[state]].Select((next, symbol) => Number(next, number + symbol))])],
            Output = [.. order.Select(state => definition.Output[originals[state]])],
        };
    }

    /// <summary>
    /// The number of states a minimal machine needs, by marking pairs that some word tells apart (Moore 1956), without any cleverness.
    /// </summary>
    static int Distinguishable(AutomatonDefinition definition)
    {
        var reached = new HashSet<int>();
        var waiting = new Queue<int>([definition.Start]);
        while (waiting.TryDequeue(out var state))
        {
            foreach (var next in definition.Next[state].Where(reached.Add)) waiting.Enqueue(next);
        }

        var n = definition.Next.Count;
        var apart = new bool[n, n];
        for (var p = 0; p < n; p++)
            for (var q = 0; q < n; q++) apart[p, q] = definition.Output[p] != definition.Output[q];
        for (var round = 0; round < n; round++)
        {
            for (var p = 0; p < n; p++)
            {
                for (var q = 0; q < n; q++)
                    apart[p, q] |= definition.Next[p].Zip(definition.Next[q]).Any(pair => apart[pair.First, pair.Second]);
            }
        }

        var classes = reached.Count(p => !reached.Any(q => q < p && !apart[p, q]));
        var replaceable = reached.Any(
            p => definition.Next[p].Zip(definition.Next[definition.Start]).All(pair => !apart[pair.First, pair.Second]));
        return reached.Contains(definition.Start) || replaceable ? classes : classes + 1;
    }
}
