using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class RandomFormTests
{
    [Fact]
    public void It_is_the_first_automaton_that_the_command_draws()
    {
        foreach (var (stay, text) in new[] { (0.5, ""), (0.2, ", \"stay\": 0.2") })
        {
            var drawn = new RandomAutomata(3, 6, 6, 4, 2, stay).Draw(5).First();
            Assert.Equal(drawn, Read($$"""{"form": "random", "states": 6, "symbols": 4, "outputs": 2, "seed": 3{{text}}}"""));
        }
    }

    [Theory]
    [InlineData("""{"form": "random", "states": 6, "symbols": 4, "outputs": 2}""", "a text: $: the key 'seed' is missing.")]
    [InlineData(
        """{"form": "random", "states": 1, "symbols": 4, "outputs": 2, "seed": 1}""",
        "a text: $.states: 1 is not a whole number from 2 to 1000.")]
    [InlineData(
        """{"form": "random", "states": 6, "symbols": 4, "outputs": 2, "seed": 1, "stay": 1.5}""",
        "a text: $.stay: 1.5 is not a probability, 0 to 1.")]
    public void A_wrong_definition_is_told_where(string json, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => Read(json)).Message);

    [Fact]
    public void What_cannot_be_drawn_is_told_with_the_reasons()
    {
        var problem = Assert.Throws<FormatException>(
            () => Read("""{"form": "random", "states": 6, "symbols": 4, "outputs": 1, "seed": 1, "stay": 1}""")).Message;
        Assert.StartsWith("a text: $: Automaton 0 of 6 states can't be drawn: of 10,000 tables ", problem);
        Assert.Contains("weren't strongly connected", problem);
    }

    static MachineDefinition Read(string json) => MachineForms.Read(StrictJson.Parse(json, "a text"));
}
