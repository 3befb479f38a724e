using System.Text.Json.Nodes;
using Mlds.Kernels.Recurrent;

namespace Mlds.EndToEnd.Tests;

/// <summary>Networks of every cell but the GRU, which all other tests have, go the whole way.</summary>
public sealed class CellsTests
{
    static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll");

    public static TheoryData<string> Cells => [.. RecurrentCells.All.Where(cell => cell != RecurrentCells.Gru).Select(cell => cell.Name)];

    [Theory]
    [MemberData(nameof(Cells))]
    public void Networks_of_a_cell_go_from_a_population_to_a_report_and_to_Python(string cell)
    {
        using var scratch = new ScratchFolder();
        CellWalk.Take(scratch, cell, arguments => Mlds(scratch, arguments), Repository.PathOf("python"));
    }

    [Fact]
    public void Speed_is_measured_for_networks_of_other_cells_and_widths()
    {
        using var scratch = new ScratchFolder();

        var run = Mlds(scratch, "bench", "--cell", "lstm", "--hidden", "5", "--seconds", "1", "--json");
        Assert.True(run.ExitCode == 0, run.Everything);
        var result = JsonNode.Parse(run.Output)!;
        Assert.Equal(("lstm", 5), ((string)result["cell"]!, (int)result["hidden"]!));
        Assert.InRange((double)result["share_of_peak"]!, 0.001, 1);

        var wrong = Mlds(scratch, "bench", "--cell", "ltsm");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Equal("mlds: There is no cell 'ltsm'. Did you mean 'lstm'? --cell takes gru, lstm, elman.\n", wrong.Error);
    }

    [Fact]
    public void A_cell_that_nobody_knows_is_refused_with_the_nearest_names()
    {
        using var scratch = new ScratchFolder();
        var text = JsonNode.Parse(File.ReadAllText(Repository.PathOf("populations", "ds1.json")))!;
        text["network"]!["cell"] = "lsmt";
        File.WriteAllText(scratch.File("population.json"), text.ToJsonString());

        var run = Mlds(scratch, "generate", "population.json", "--zoo", "zoo");

        Assert.Equal(2, run.ExitCode);
        Assert.Matches("^mlds: [^\n]*network\\.cell[^\n]*'lsmt'[^\n]*'lstm'[^\n]*\n$", run.Error);
        Assert.False(Directory.Exists(scratch.File("zoo")));
    }

    static Command Mlds(ScratchFolder scratch, params string[] arguments) =>
        Command.Run("dotnet", [s_program, .. arguments], scratch.Path, CellWalk.Limit);
}
