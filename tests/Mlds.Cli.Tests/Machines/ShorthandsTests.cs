using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Tasks.Machines;

namespace Mlds.Cli.Tests.Machines;

/// <summary><c>mlds machines</c> shows what the forms stand for that only population files have.</summary>
public sealed class ShorthandsTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void An_expression_s_automaton_is_described_and_written_as_a_table()
    {
        var (file, target) = (_scratch.In("even.json"), _scratch.In("table.json"));
        File.WriteAllText(file, """{"form": "expression", "symbols": ["a", "b"], "expression": "(a|ba*b)*"}""");
        var (code, output, _) = Run(file, "--automaton", target);
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("commands    2: a, b", output, StringComparison.Ordinal);
        Assert.Contains("2 states, 4 transitions; the definition is minimal", output, StringComparison.Ordinal);
        Assert.Equal(
            new AutomatonDefinition(2, 1, 0, [[0, 1], [1, 0]], [1, 0], ["a", "b"]),
            MachineDefinition.Read(StrictJson.Parse(File.ReadAllText(target), target)));
    }

    [Fact]
    public void What_is_drawn_in_a_file_is_what_the_command_draws()
    {
        var (file, drawn) = (_scratch.In("one.json"), _scratch.In("set.json"));
        File.WriteAllText(file, """{"form": "random", "states": 6, "symbols": 4, "outputs": 2, "seed": 3}""");
        Assert.Equal(
            ExitCode.Success,
            Run("--random", "1", "--seed", "3", "--states", "6", "--symbols", "4", "--outputs", "2", "--out", drawn).ExitCode);
        var (code, output, _) = Run(file, "--json");
        Assert.Equal(ExitCode.Success, code);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse(output)!["definition"], JsonNode.Parse(File.ReadAllText(drawn))!["machines"]![0]!["machine"]));
    }

    [Fact]
    public void A_wrong_expression_is_told_its_character()
    {
        var file = _scratch.In("bad.json");
        File.WriteAllText(file, """{"form": "expression", "symbols": ["a", "b"], "expression": "(a|ba*b"}""");
        var (code, output, error) = Run(file);
        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.EndsWith("bad.json: $.expression: at character 1 this '(' has no ')'.\n", error, StringComparison.Ordinal);
    }

    static Command Run(params string[] args) => MldsCommand.Run(["machines", .. args]);
}
