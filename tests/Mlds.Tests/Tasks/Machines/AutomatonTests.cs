using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class AutomatonTests
{
    static readonly AutomatonDefinition s_toggle = new(2, 3, 0, [[0, 1], [1, 0]], [1, 5], ["keep", "toggle"]);

    [Fact]
    public void The_table_is_run_and_symbols_are_one_hot()
    {
        var machine = s_toggle.Build();
        Assert.Equal((2, 2, 3), (machine.Symbols, machine.Inputs, machine.Outputs));
        Assert.Equal([1u, 5, 5, 1], MachineGen.Answers(machine, [0, 1, 0, 1]));
        Assert.Equal([1u, 2u], [machine.Encode(0), machine.Encode(1)]);
        Assert.Equal("toggle", machine.Describe(1));
        Assert.Equal("1", (s_toggle with { Names = null }).Build().Describe(1));
    }

    [Fact]
    public void Live_lines_are_those_some_word_raises()
    {
        Assert.Equal(5u, s_toggle.Build().LiveOutputs);
        // State 1 can't be reached; state 0's outputs are seen only because it is entered again.
        Assert.Equal(1u, new AutomatonDefinition(1, 2, 0, [[0], [0]], [1, 2]).Build().LiveOutputs);
        Assert.Equal(2u, new AutomatonDefinition(1, 2, 0, [[1], [1]], [1, 2]).Build().LiveOutputs);
    }

    [Fact]
    public void Contradictions_are_named()
    {
        Assert.Contains("1 to 32 symbols", Message(s_toggle with { Symbols = 33 }));
        Assert.Contains("start state 2", Message(s_toggle with { Start = 2 }));
        Assert.Contains("State 1 has 1 successors", Message(s_toggle with { Next = [[0, 1], [1]] }));
        Assert.Contains("State 0 leads to", Message(s_toggle with { Next = [[0, 2], [1, 0]] }));
        Assert.Contains("state 1 sets a line beyond", Message(s_toggle with { Output = [1, 8] }));
        Assert.Contains("2 states but 1 outputs", Message(s_toggle with { Output = [1] }));
        Assert.Contains("different", Message(s_toggle with { Names = ["a", "a"] }));
    }

    static string Message(AutomatonDefinition definition) => Assert.Throws<ArgumentException>(definition.Build).Message;
}
