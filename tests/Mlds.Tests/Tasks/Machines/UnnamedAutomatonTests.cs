using CsCheck;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class UnnamedAutomatonTests
{
    [Fact]
    public void Renaming_symbols_and_lines_changes_nothing() =>
        Gen.Select(MachineGen.Automata, Gen.Int[0, 1000], Gen.Int[0, 1000]).Sample((definition, one, other) =>
        {
            var (symbols, lines) = (Orders(definition.Symbols).ToArray(), Orders(definition.Outputs).ToArray());
            var renamed = Rename(definition, symbols[one % symbols.Length], lines[other % lines.Length]);
            Assert.Equal(UnnamedAutomaton.Of(definition.Build()), UnnamedAutomaton.Of(renamed.Build()));
            Assert.Equal(UnnamedAutomaton.Of(definition.Build()).GetHashCode(), UnnamedAutomaton.Of(renamed.Build()).GetHashCode());
        });

    /// <summary>Small ones, so that many pairs are equal; the other side tries all renamings.</summary>
    [Fact]
    public void Machines_are_equal_exactly_if_some_renaming_makes_them_answer_alike()
    {
        var (equal, different) = (0, 0);
        var small = Gen.Int[2, 3].SelectMany(states =>
            Gen.Select(Gen.Int[0, states - 1].Array[3].Array[states], Gen.UInt[0, 3].Array[states], Gen.Int[0, states - 1])
                .Select((next, output, start) => new AutomatonDefinition(3, 2, start, next, output)));
        Gen.Select(small, small).Sample(
            (one, other) =>
            {
                var target = MinimalAutomaton.Of(other.Build());
                var expected = (from symbols in Orders(3)
                    from lines in Orders(2)
                    select MinimalAutomaton.Of(Rename(one, symbols, lines).Build())).Any(target.BehavesAs);
                Assert.Equal(expected, UnnamedAutomaton.Of(one.Build()).Equals(UnnamedAutomaton.Of(other.Build())));
                Interlocked.Increment(ref expected ? ref equal : ref different);
            },
            iter: 3000);
        Assert.True(equal > 20 && different > 20, $"{equal} pairs were equal, {different} weren't.");
    }

    [Fact]
    public void Ten_symbols_are_no_trouble_unless_all_are_alike()
    {
        var drawn = new RandomAutomata(3, 6, 6, 10, 14, 0.5).Draw(1).Single();
        var reversed = Rename(drawn, [.. Enumerable.Range(0, 10).Reverse()], [.. Enumerable.Range(0, 14).Reverse()]);
        Assert.Equal(UnnamedAutomaton.Of(drawn.Build()), UnnamedAutomaton.Of(reversed.Build()));

        var twins = new AutomatonDefinition(
            10, 1, 0, [[1, 1, 1, 1, 1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]], [0, 1]);
        Assert.Equal(
            UnnamedAutomaton.Of(twins.Build()),
            UnnamedAutomaton.Of(Rename(twins, [9, .. Enumerable.Range(0, 9)], [0]).Build()));
    }

    [Fact]
    public void Numbers_of_symbols_and_lines_are_part_of_a_machine_and_eleven_symbols_are_too_many()
    {
        var one = new AutomatonDefinition(1, 1, 0, [[1], [0]], [0, 1]);
        Assert.NotEqual(UnnamedAutomaton.Of(one.Build()), UnnamedAutomaton.Of((one with { Outputs = 2 }).Build()));
        Assert.NotEqual(
            UnnamedAutomaton.Of(one.Build()), UnnamedAutomaton.Of((one with { Symbols = 2, Next = [[1, 1], [0, 0]] }).Build()));
        var wide = new AutomatonDefinition(11, 1, 0, [[.. new int[11]]], [0]);
        Assert.Contains(
            "at most 10 symbols can be compared under all renamings; this one has 11",
            Assert.Throws<ArgumentException>(() => UnnamedAutomaton.Of(wide.Build())).Message,
            StringComparison.Ordinal);
    }

    /// <summary>The machine whose symbol i is the given one's symbol <c>symbols[i]</c>, and its line k the line <c>lines[k]</c>.</summary>
    internal static AutomatonDefinition Rename(AutomatonDefinition definition, int[] symbols, int[] lines) => definition with
    {
        Next = [.. definition.Next.Select(row => (IReadOnlyList<int>)[.. symbols.Select(symbol => row[symbol])])],
        Output = [.. definition.Output.Select(
            shown => lines.Index().Aggregate(0u, (bits, line) => bits | (shown >> line.Item & 1) << line.Index))],
    };

    /// <summary>All orders of 0 … n − 1.</summary>
    internal static IEnumerable<int[]> Orders(int n) =>
        n == 0
            ? [[]]
            : Orders(n - 1).SelectMany(
                order => Enumerable.Range(0, n).Select(place => (int[])[.. order[..place], n - 1, .. order[place..]]));
}
