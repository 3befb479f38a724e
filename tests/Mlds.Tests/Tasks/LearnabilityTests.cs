using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks;

public sealed class LearnabilityTests
{
    static readonly DataSpec s_unplanted = new(3, 20_000, 1, 16, 1, 1, null);

    [Fact]
    public void Parity_s_plateau_is_a_quarter_on_one_line_of_eight_whatever_window_is_seen()
    {
        var measured = Measure("ParityMachine", s_unplanted);
        // 1/4 on one line of eight. It begins at 0, so that is a little too much; a window sees all of a sequence that has just begun.
        Assert.InRange(measured.PlateauLoss, 0.0305, 0.03125);
        Assert.InRange(measured.ErrorWithLast[2], 0.027, measured.ErrorWithLast[1]);
        Assert.Equal(0, Assert.Single(measured.Lines).Line);
        Assert.InRange(measured.OutputEntropy, 0.99, 1);
        Assert.Null(measured.Key);
    }

    [Fact]
    public void A_window_that_settles_the_state_leaves_no_error()
    {
        // Shows the last but one symbol.
        var machine = new AutomatonDefinition(2, 1, 0, [[0, 1], [2, 3], [0, 1], [2, 3]], [0, 0, 1, 1]).Build();
        var measured = Learnability.Of(machine, SequenceData.Generate(machine, s_unplanted).Training);
        Assert.Equal([0.0, 0.0], measured.ErrorWithLast.Skip(2));
        Assert.InRange(measured.ErrorWithLast[1], 0.2, 0.25);
        Assert.InRange(measured.ErrorWithLast[0], 0.2, 0.25);
    }

    [Fact]
    public void Ones_and_entropy_are_those_of_a_table_one_can_count()
    {
        var machine = new AutomatonDefinition(1, 2, 0, [[1], [2], [3], [0]], [0, 1, 1, 2]).Build(); // shows 1, 1, 2, 0
        var measured = Learnability.Of(machine, SequenceData.Generate(machine, s_unplanted).Training);
        Assert.Equal([0.5, 0.25], measured.Lines.Select(line => line.Ones));
        Assert.Equal((0.25 + (3 / 16.0)) / 2, measured.PlateauLoss, 1e-12);
        Assert.Equal(1.5, measured.OutputEntropy, 1e-12);
    }

    [Fact]
    public void Ignoring_an_inverting_key_costs_what_the_changed_steps_of_each_time_cost()
    {
        var machine = (KeyedMachine)MachineCatalogue.Build("EightBitModified");
        var set = SequenceData.Generate(machine, s_unplanted with { Planted = new PlantedKey(machine.Key, 8) }).Training;
        var measured = Learnability.Of(machine, set);

        // Where a share q of a step's sequences is inverted, whatever the plain outputs, the best guess errs by q (1 − q).
        var changed = new double[set.Length];
        for (var sequence = 0; sequence < set.Count; sequence++)
        {
            var state = machine.Start;
            for (var t = 0; t < set.Length; t++)
            {
                state = machine.Next(state, set.Symbols[(sequence * set.Length) + t]);
                if (machine.IsChanged(state)) changed[t] += 1.0 / set.Count;
            }
        }

        Assert.Equal(changed.Average(), measured.Key!.ChangedShare, 1e-9);
        // The plain outputs reveal a little of whether the key came before, so the bound is not quite reached.
        Assert.InRange(measured.Key.ErrorIgnoringKey, 0.9 * changed.Average(q => q * (1 - q)), changed.Average(q => q * (1 - q)));
        Assert.InRange(measured.Key.ShareToLearn(1e-4), 0.999, 1);
        Assert.Equal(0, measured.Key.ShareToLearn(0.5));
    }

    [Fact]
    public void A_key_that_never_comes_needs_no_learning()
    {
        var machine =
            new KeyedDefinition(new RegisterDefinition(8, 8, [new(0, [0], false)]), [1, 3, 5, 7, 9, 11, 13, 15], KeyRule.Invert, 4).Build();
        var measured = Learnability.Of(machine, SequenceData.Generate(machine, s_unplanted with { Training = 500 }).Training);
        Assert.Equal(new KeyStatistics(0, 0, 0), measured.Key);
        Assert.Equal(0, measured.Key!.ShareToLearn(1e-4));
    }

    static Learnability Measure(string name, DataSpec spec)
    {
        var machine = MachineCatalogue.Build(name);
        return Learnability.Of(machine, SequenceData.Generate(machine, spec).Training);
    }
}
