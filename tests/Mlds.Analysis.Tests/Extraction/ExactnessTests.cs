using Mlds.Analysis.Extraction;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Tests.Extraction;

public sealed class ExactnessTests
{
    static readonly int[] s_key = [7, 12, 3];

    static int[] Counterexample(string machine, int length) => Found(machine, length) ?? [];

    static int[]? Found(string machine, int length) =>
        AllWords.Counterexample(
            LearnedDirect.Direct.Recipe.Network, LearnedDirect.Direct.Weights, AllWords.Of(MachineCatalogue.Build(machine), length));

    static TransitionCover Cover(string name, int words = 2)
    {
        var machine = MachineCatalogue.Build(name);
        return TransitionCover.Of(
            new NetworkStepper(LearnedDirect.Layout, LearnedDirect.Direct.Weights), machine, MinimalAutomaton.Of(machine), words);
    }

    [Fact]
    public void All_words_are_all_words_once_in_order_with_the_machine_s_answers()
    {
        var machine = MachineCatalogue.Build("SimpleXORControl");
        var words = AllWords.Of(machine, 3);
        Assert.Equal(4096, words.Count);
        Assert.Equal(Enumerable.Range(0, 4096), Enumerable.Range(0, 4096)
            .Select(word => (words.Symbols[word * 3] * 256) + (words.Symbols[(word * 3) + 1] * 16) + words.Symbols[(word * 3) + 2]));
        var key = (11 * 256) + (6 * 16) + 13;
        Assert.Equal(Machines(machine, [11, 6, 13]), words.Targets[(key * 3)..((key + 1) * 3)]);
        Assert.Equal([4, 19], new[] { AllWords.Length(16, 1 << 20), AllWords.Length(2, 10_000_000) });
        Assert.Equal(1, AllWords.Length(32, 1));
    }

    static uint[] Machines(IMachine machine, int[] word)
    {
        var state = machine.Start;
        return [.. word.Select(symbol => machine.Read(state = machine.Next(state, symbol)))];
    }

    [Fact]
    public void A_network_that_learned_its_machine_answers_every_short_word_and_follows_every_state()
    {
        Assert.Null(Found("SingleDirectMachine", 4));
        var cover = Cover("SingleDirectMachine");
        Assert.Equal((0, null), (cover.Wrong, cover.Counterexample));
        Assert.InRange(cover.Steps, 2 * 16, 4 * 16);
    }

    [Fact]
    public void Of_another_machine_the_shortest_counterexample_is_found_by_both_ways()
    {
        // After "set 1" the exclusive or of bits 0 and 1 is 1 and bit 0 is 0; no earlier command tells them apart.
        Assert.Equal([3], Counterexample("SimpleXORMachine", 2));
        Assert.Equal([3], Cover("SimpleXORMachine").Counterexample!);
        Assert.Equal([0], Counterexample("SingleInvertMachine", 3));

        // The first word to tell is the key and one command more.
        Assert.Equal([.. s_key, 0], Counterexample("SingleDirectModified", 4));
        Assert.Null(Found("SingleDirectModified", 3));
        var cover = Cover("SingleDirectModified", words: 4).Counterexample!;
        Assert.Equal(s_key, cover[..3]);
        Assert.Equal(4, cover.Length);
    }

    [Fact]
    public void The_automaton_in_its_hidden_states_is_the_machine_s()
    {
        var machine = MachineCatalogue.Build("SingleDirectMachine");
        var words = SequenceData.Generate(machine, LearnedDirect.Data).Validation;
        var found = HiddenAutomaton.Of(
            new NetworkStepper(LearnedDirect.Layout, LearnedDirect.Direct.Weights), machine, MinimalAutomaton.Of(machine),
            words, "SingleDirectMachine", 3)!;
        Assert.True(found.Equivalent);
        Assert.Equal((2, 2, 1.0), (found.States, found.MachineStates, found.Agreement));
        Assert.Equal(["0", "1"], found.Outputs);
        Assert.Contains(found.Edges, edge => (edge.From, edge.To, edge.Symbols) == (0, 1, "set 0"));

        var other = MachineCatalogue.Build("SimpleXORMachine");
        Assert.False(HiddenAutomaton.Of(
            new NetworkStepper(LearnedDirect.Layout, LearnedDirect.Direct.Weights), other, MinimalAutomaton.Of(other),
            words, "SimpleXORMachine", 3)!.Equivalent);
    }
}
