using System.Text.Json.Nodes;

namespace Mlds.EndToEnd.Tests;

/// <summary>docs/recipes.md says what docs/results/recipes-*.json hold.</summary>
public sealed class RecipesPageTests
{
    [Fact]
    public void Every_machine_of_the_three_populations_stands_in_the_table_with_its_measured_share()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/recipes.md"));
        var machines = new[] { "ds1", "ds2", "ds2-control" }
            .SelectMany(
                name => JsonNode.Parse(File.ReadAllText(Repository.PathOf($"docs/results/recipes-{name}.json")))!["machines"]!.AsArray())
            .ToArray();
        Assert.Equal(15, machines.Length);
        foreach (var machine in machines)
        {
            var (converged, missed) = ((int)machine!["converged"]!, (int)machine["not_converged"]! + (int)machine["diverged"]!);
            Assert.Equal(40, converged + missed);
            Assert.Contains(FormattableString.Invariant($"| {machine["name"]} | {converged} of 40 ("), page, StringComparison.Ordinal);
            Assert.Contains(
                FormattableString.Invariant($"| {(double)machine["of_converged"]!["epochs_median"]!:0} |"), page, StringComparison.Ordinal);
        }
    }
}
