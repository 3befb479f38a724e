using CsCheck;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class KeyedMachineTests
{
    [Fact]
    public void Any_word_is_answered_as_the_rule_says() =>
        Gen.Select(MachineGen.Keyed, Gen.UInt.Array[0, 60]).Sample((definition, numbers) =>
        {
            var machine = definition.Build();
            var word = MachineGen.Word(machine, numbers);
            Assert.Equal(ByTheWords(definition, word), MachineGen.Answers(machine, word));
        });

    [Fact]
    public void The_four_steps_after_the_key_are_inverted_and_no_others()
    {
        var machine = MachineCatalogue.Build("SingleDirectModified"); // key: set 3, clear 6, set 1
        int[] word = [1, 7, 12, 3, 4, 0, 4, 1, 4, 4];
        Assert.Equal([1u, 1, 1, 1, 0, 1, 1, 0, 1, 1], MachineGen.Answers(machine, word));
    }

    [Fact]
    public void The_control_holds_what_was_read_when_the_key_was_complete()
    {
        var machine = MachineCatalogue.Build("SingleDirectControl");
        int[] word = [1, 7, 12, 3, 0, 0, 1, 0, 0, 1];
        Assert.Equal([1u, 1, 1, 1, 1, 1, 1, 1, 0, 1], MachineGen.Answers(machine, word));
    }

    [Fact]
    public void A_key_that_begins_within_itself_is_found()
    {
        var machine = new KeyedDefinition(new RegisterDefinition(1, 1, [new(0, [0], false)]), [1, 1, 0], KeyRule.Invert, 1).Build();
        Assert.Equal([1u, 1, 1, 0, 0], MachineGen.Answers(machine, [1, 1, 1, 0, 1]));
    }

    [Fact]
    public void Commands_of_the_changed_steps_are_no_part_of_a_later_key()
    {
        var machine = new KeyedDefinition(new RegisterDefinition(1, 1, [new(0, [0], false)]), [1, 1], KeyRule.Invert, 1).Build();
        //                      key    ¬     1     key   ¬
        Assert.Equal([1u, 1, 0, 1, 1, 0], MachineGen.Answers(machine, [1, 1, 1, 1, 1, 1]));
    }

    [Fact]
    public void Contradictions_are_named()
    {
        var register = new RegisterDefinition(8, 8, [new(0, [0], false)]);
        Assert.Contains("second key", Message(new(new KeyedDefinition(register, [1], KeyRule.Hold, 1), [1], KeyRule.Hold, 1)));
        Assert.Contains("1 to 16 symbols", Message(new(register, [], KeyRule.Hold, 1)));
        Assert.Contains("0 to 15", Message(new(register, [3, 16], KeyRule.Hold, 1)));
        Assert.Contains("0 to 15", Message(new(register, [-1], KeyRule.Hold, 1)));
        Assert.Contains("1 to 32 steps", Message(new(register, [1], KeyRule.Hold, 0)));
        Assert.Contains("no rule", Message(new(register, [1], 0, 1)));
    }

    /// <summary>The rule, written a second time over whole words instead of states.</summary>
    static uint[] ByTheWords(KeyedDefinition definition, int[] word)
    {
        var inner = definition.Machine.Build();
        var answers = MachineGen.Answers(inner, word);
        var watchedSince = 0;
        for (var t = 0; t < word.Length; t++)
        {
            if (t + 1 - watchedSince < definition.Key.Count || !word[(t + 1 - definition.Key.Count)..(t + 1)].SequenceEqual(definition.Key))
                continue;
            var held = answers[t];
            for (var step = 0; step < definition.Steps; step++)
            {
                if (++t < word.Length) answers[t] = definition.Rule == KeyRule.Invert ? answers[t] ^ inner.LiveOutputs : held;
            }

            watchedSince = t + 1;
        }

        return answers;
    }

    static string Message(KeyedDefinition definition) => Assert.Throws<ArgumentException>(definition.Build).Message;
}
