using CsCheck;
using Mlds.Kernels.Random;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class RandomAutomataTests
{
    /// <summary>Sets that can be drawn: with fewer symbols, or if they stay more often, large automata are hardly ever connected.</summary>
    static readonly Gen<RandomAutomata> s_sets =
        Gen.Select(Gen.UInt, Gen.Int[3, 6], Gen.Int[0, 4], Gen.Int[4, 9], Gen.Int[1, 8], Gen.Double[0, 0.5]).Select(
            (seed, least, more, symbols, outputs, stay) => new RandomAutomata(seed, least, least + more, symbols, outputs, stay));

    [Fact]
    public void Every_automaton_is_minimal_and_strongly_connected_and_has_the_states_of_its_grade() =>
        s_sets.Sample(
            set =>
            {
                var number = 0;
                foreach (var definition in set.Draw(8))
                {
                    var states = definition.Next.Count;
                    Assert.Equal(set.StatesOf(number++), states);
                    Assert.Equal((set.Symbols, set.Outputs, 0), (definition.Symbols, definition.Outputs, definition.Start));
                    Assert.Equal(states, TellsApart(definition));
                    Assert.All(Enumerable.Range(0, states), state => Assert.Equal(states, Reach(definition, state)));
                    Assert.Equal("", new Automaton(definition).Superfluous().Sentence());
                    for (var line = 0; line < set.Outputs; line++)
                        Assert.Equal(2, definition.Output.Select(lines => lines >> line & 1).Distinct().Count());
                }
            },
            iter: 50);

    [Fact]
    public void No_two_of_a_set_are_equal_under_any_renaming_of_symbols_or_lines() =>
        Gen.UInt.Sample(
            seed =>
            {
                // So small that equal ones are drawn often.
                var set = new RandomAutomata(seed, 3, 4, 3, 2, 0.3);
                var forms = set.Draw(30).Select(Renamings).ToArray();
                for (var one = 0; one < forms.Length; one++)
                    for (var other = 0; other < one; other++) Assert.Empty(forms[one].Intersect(forms[other]));
            },
            iter: 5);

    [Fact]
    public void A_set_begins_with_the_automata_of_a_smaller_one_and_another_seed_draws_others() =>
        s_sets.Sample(
            set =>
            {
                var drawn = set.Draw(9).ToArray();
                Assert.Equal(drawn[..4], set.Draw(4));
                Assert.Equal(drawn, (set with { }).Draw(9));
                Assert.NotEqual(drawn, (set with { Seed = unchecked(set.Seed + 1) }).Draw(9));
            },
            iter: 30);

    /// <summary>The rule of docs/formats/machine.md, read literally, for a set whose first tables are accepted.</summary>
    [Fact]
    public void A_table_is_made_of_the_words_of_the_stated_stream()
    {
        var set = new RandomAutomata(5, 12, 12, 9, 8, 0.25);
        foreach (var (number, drawn) in set.Draw(5).Index())
        {
            var random = new PhiloxStream(5, (RandomStream)6, (uint)number);
            int Successor(int state)
            {
                if (random.NextUInt32() < 1u << 30) return state;
                return Enumerable.Range(0, 12).Except([state]).ElementAt((int)random.Below(11));
            }

            int[][] next = [.. Enumerable.Range(0, 12).Select(state => Enumerable.Range(0, 9).Select(_ => Successor(state)).ToArray())];
            uint[] output = [.. Enumerable.Range(0, 12).Select(_ => random.NextUInt32() >> 24)];
            var table = new AutomatonDefinition(9, 8, 0, next, output);
            Assert.True(MinimalAutomaton.Of(table.Build()).BehavesAs(MinimalAutomaton.Of(drawn.Build())));
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public void Symbols_stay_as_often_as_they_should(double stay)
    {
        // 2,000 states × 9 symbols: four standard deviations are below 0.015. Acceptance hardly favours tables that stay less.
        var drawn = new RandomAutomata(1, 100, 100, 9, 8, stay).Draw(20).ToArray();
        var stays = drawn.SelectMany(definition => definition.Next.Select((row, state) => row.Count(next => next == state))).Sum();

        Assert.Equal(stay, stays / (20 * 100 * 9.0), 0.015);
    }

    [Fact]
    public void What_cannot_be_drawn_is_told_with_the_reasons()
    {
        // There are only so many machines of two states and one symbol.
        var message = Assert.Throws<ArgumentException>(() => new RandomAutomata(1, 2, 2, 1, 1, 0.5).Draw(10).ToArray()).Message;
        Assert.Matches("^Automaton [0-9] of 2 states can't be drawn: of 10,000 tables [0-9,]+ had a constant line, ", message);
        Assert.Contains(" were equal to an earlier one", message, StringComparison.Ordinal);

        message = Assert.Throws<ArgumentException>(() => new RandomAutomata(1, 5, 5, 2, 1, 1).Draw(1).ToArray()).Message;
        Assert.Contains("weren't strongly connected", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2 to 1000 states, not 1", 1, 4, 3, 2, 0.5)]
    [InlineData("4 to 1000 states, not 3", 4, 3, 3, 2, 0.5)]
    [InlineData("2 to 1000 states, not 1001", 1001, 1001, 3, 2, 0.5)]
    [InlineData("1 to 10 symbols, not 11", 3, 4, 11, 2, 0.5)]
    [InlineData("1 to 32 output lines, not 33", 3, 4, 3, 33, 0.5)]
    [InlineData("0 to 1, not -0.1", 3, 4, 3, 2, -0.1)]
    [InlineData("0 to 1, not NaN", 3, 4, 3, 2, double.NaN)]
    public void Parameters_have_limits(string limits, int least, int largest, int symbols, int outputs, double stay) =>
        Assert.Contains(
            limits,
            Assert.Throws<ArgumentException>(() => new RandomAutomata(1, least, largest, symbols, outputs, stay).Draw(1)).Message,
            StringComparison.Ordinal);

    /// <summary>How many states some word from a state leads to.</summary>
    static int Reach(AutomatonDefinition definition, int state)
    {
        var seen = new HashSet<int>();
        var waiting = new Queue<int>([state]);
        while (waiting.TryDequeue(out var next))
        {
            foreach (var after in definition.Next[next].Where(seen.Add)) waiting.Enqueue(after);
        }

        return seen.Count;
    }

    /// <summary>How many classes of states there are, after refining outputs by successors until nothing changes.</summary>
    static int TellsApart(AutomatonDefinition definition)
    {
        var classes = definition.Output.Select(lines => $"{lines}").ToArray();
        for (var round = 0; round < definition.Next.Count; round++)
        {
            var before = classes;
            var names = before.Zip(definition.Next, (own, row) => $"{own}: {string.Join(' ', row.Select(next => before[next]))}").ToArray();
            var numbers = names.Distinct().Index().ToDictionary(name => name.Item, name => name.Index);
            classes = [.. names.Select(name => $"{numbers[name]}")];
        }

        return classes.Distinct().Count();
    }

    /// <summary>All tables, numbered breadth-first, that renamings of the symbols and lines make of one.</summary>
    static HashSet<string> Renamings(AutomatonDefinition definition) =>
        [.. from symbols in UnnamedAutomatonTests.Orders(definition.Symbols)
            from lines in UnnamedAutomatonTests.Orders(definition.Outputs)
            let renamed = UnnamedAutomatonTests.Rename(definition, symbols, lines)
            select (MinimalAutomaton.Of(renamed.Build()).ToDefinition() with { Names = null }).ToText()];
}
