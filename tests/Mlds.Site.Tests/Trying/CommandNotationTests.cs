using CsCheck;
using Mlds.Site.Browsing;
using Mlds.Site.Trying;
using Mlds.Tasks.Machines;

namespace Mlds.Site.Tests.Trying;

public sealed class CommandNotationTests
{
    static readonly IMachine s_letters = new Automaton(new AutomatonDefinition(3, 1, 0, [[0, 1, 0], [1, 0, 1]], [0, 1], ["a", "b", "A"]));

    static readonly IMachine[] s_machines =
    [
        MachineCatalogue.Build("EightBitMachine"), MachineCatalogue.Build("ParityModified"), s_letters,
        new Automaton(new AutomatonDefinition(12, 1, 0, [new int[12]], [1])),
        new Automaton(new AutomatonDefinition(5, 1, 0, [new int[5]], [1], ["set 3", "a,b", "#1", "", "é&=+%"])),
    ];

    [Fact]
    public void Every_word_is_read_as_it_was_written_in_a_field_and_in_an_address() =>
        (from machine in Gen.Int[0, s_machines.Length - 1].Select(i => s_machines[i])
         from word in Gen.Int[0, machine.Symbols - 1].Array[0, CommandNotation.MostCommands]
         select (machine, word)).Sample(
            drawn =>
            {
                var notation = new CommandNotation(drawn.machine);
                Assert.Equal(drawn.word, notation.Read(notation.Write(drawn.word)));
                Assert.Equal(drawn.word, notation.Read(Uri.UnescapeDataString(notation.Address(drawn.word))));
            },
            iter: 300);

    [Theory]
    [InlineData("set 3, clear 7")]
    [InlineData("s3 c7")]
    [InlineData("S3;c7")]
    [InlineData("set 3 clear 7")]
    [InlineData(" s3,,\nclear 7 ,")]
    public void Register_machines_are_written_to_in_many_ways(string text) =>
        Assert.Equal([7, 14], new CommandNotation(s_machines[0]).Read(text));

    [Fact]
    public void Letters_need_nothing_between_them() => Assert.Equal([0, 1, 1, 2], new CommandNotation(s_letters).Read("abbA"));

    [Fact]
    public void A_command_that_there_is_not_is_told_by_the_nearest() =>
        Assert.StartsWith(
            "There is no command 'sett 3'. Did you mean 'set 3'",
            Assert.Throws<QueryException>(() => new CommandNotation(s_machines[0]).Read("s1, sett 3")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_example_has_the_key_once_and_all_its_steps()
    {
        foreach (var machine in MachineCatalogue.Names.Select(MachineCatalogue.Build).OfType<KeyedMachine>())
        {
            var states = new List<ulong> { machine.Start };
            foreach (var symbol in TrialWords.WithKey(machine)) states.Add(machine.Next(states[^1], symbol));
            Assert.Single(states, machine.IsKeyComplete);
            Assert.Equal(machine.Steps, states.Count(machine.IsChanged));
            Assert.False(machine.IsChanged(states[^1]));
        }
    }
}
