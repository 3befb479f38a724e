using CsCheck;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class MachineDefinitionTests
{
    [Fact]
    public void A_definition_is_read_back_as_it_was_written() =>
        MachineGen.Any.Sample(definition =>
        {
            var read = Read(definition.ToJson().ToJsonString());
            Assert.Equal(definition, read);
            Assert.Equal(definition.GetHashCode(), read.GetHashCode());
            Assert.Equal(definition.ToJson().ToJsonString(), read.Build().Definition.ToJson().ToJsonString());
        });

    [Fact]
    public void Catalogue_machines_are_read_back_as_they_were_written() =>
        Assert.All(MachineCatalogue.Names, name =>
            Assert.Equal(MachineCatalogue.Find(name), Read(MachineCatalogue.Find(name)!.ToJson().ToJsonString())));

    [Fact]
    public void Definitions_that_differ_anywhere_are_not_equal()
    {
        var keyed = (KeyedDefinition)MachineCatalogue.Find("ParityModified")!;
        Assert.NotEqual<MachineDefinition>(keyed, keyed with { Steps = 3 });
        Assert.NotEqual<MachineDefinition>(keyed, keyed with { Key = [1, 2, 3] });
        Assert.NotEqual<MachineDefinition>(keyed, keyed with { Rule = KeyRule.Hold });
        Assert.NotEqual(MachineCatalogue.Find("SingleDirectMachine"), MachineCatalogue.Find("SingleInvertMachine"));
        var automaton = new AutomatonDefinition(1, 1, 0, [[0]], [1]);
        Assert.NotEqual(automaton, automaton with { Names = ["a"] });
        Assert.NotEqual(automaton, automaton with { Output = [0] });
    }

    [Fact]
    public void A_key_may_be_given_in_words()
    {
        var register = MachineCatalogue.Find("ParityMachine")!.ToJson().ToJsonString();
        var read = Read($$"""{"form": "keyed", "machine": {{register}}, "key": ["clear 1", "set 4", 12], "rule": "invert", "steps": 4}""");
        Assert.Equal(MachineCatalogue.Find("ParityModified"), read);
    }

    [Theory]
    [InlineData(
        """{"form": "registr"}""", "a text: $.form: there is no 'registr'. Did you mean 'register'? Allowed: register, keyed, automaton.")]
    [InlineData(
        """{"form": "register", "bit": 8}""",
        "a text: $.bit: there is no such key. Did you mean 'bits'? Keys here: form, bits, outputs, lines.")]
    [InlineData("""{"form": "register", "outputs": 8}""", "a text: $: the key 'bits' is missing.")]
    [InlineData(
        """{"form": "register", "bits": 17, "outputs": 8, "lines": []}""", "a text: $.bits: 17 is not a whole number from 1 to 16.")]
    [InlineData(
        """{"form": "register", "bits": 2, "outputs": 8, "lines": [{"line": 0, "xor": [2]}]}""",
        "a text: $: The numbers of the register bits of line 0 must ascend from 0 to at most 1, but 2 comes after none.")]
    [InlineData(
        """{"form": "automaton", "symbols": 1, "outputs": 1, "start": 0, "next": [[0], [2]], "output": [0, 1]}""",
        "a text: $.next[1][0]: 2 is not a whole number from 0 to 1.")]
    [InlineData(
        """{"form": "automaton", "symbols": 1, "outputs": 1, "start": 0, "next": [[0]], "output": [2]}""",
        "a text: $.output[0]: 2 sets a line beyond the 1 outputs; the largest is 1.")]
    public void A_wrong_definition_is_told_where_and_what_is_allowed(string json, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => Read(json)).Message);

    static MachineDefinition Read(string json) => MachineDefinition.Read(StrictJson.Parse(json, "a text"));
}
