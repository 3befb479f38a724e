using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

public sealed class NetworksTableTests
{
    /// <summary>What a volunteer's machine says of itself is opened in spreadsheets.</summary>
    [Theory]
    [InlineData("=HYPERLINK(\"http://x.example\")", "\"'=HYPERLINK(\"\"http://x.example\"\")\"")]
    [InlineData("+1+1", "'+1+1")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz", "Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz")]
    [InlineData("", "")]
    public void No_cell_of_the_CSV_file_is_a_formula(string processor, string cell)
    {
        using var scratch = new ScratchFolder();
        var network = new StoredNetwork(
            "0a", "ParityMachine", 1, Outcome.Converged, 3, -0.5f, 0.25f, 0.125f, "0b",
            new Provenance("0.1.0", processor, "avx2", "", 1.5));
        Directory.CreateDirectory(scratch.In("r"));
        var file = Path.Combine(scratch.In("r"), "networks.csv");
        NetworksTable.WriteCsv(file, PopulationFactors.OfNames, [new ReleasedNetwork(network, 1)]);
        var line = File.ReadAllLines(file)[1];
        Assert.Contains($",{cell},avx2", line, StringComparison.Ordinal);
        Assert.Contains(",-0.5,", line, StringComparison.Ordinal); // numbers stay numbers
    }

    [Fact]
    public void No_factor_can_be_called_as_a_column_of_every_release() =>
        Assert.Equal(NetworksTable.Columns(PopulationFactors.OfNames).Select(column => column.Name), Factor.TakenNames);
}
