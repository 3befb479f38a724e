using System.Text.Json.Nodes;

namespace Mlds.EndToEnd.Tests;

/// <summary>docs/recipes.md says what docs/results/recipes-*.json hold.</summary>
public sealed class RecipesPageTests
{
    /// <summary>The table is what reference/recipe_table.py prints of the committed result: here its sums are taken again.</summary>
    [Theory]
    [InlineData("ds3", "states", 100)]
    [InlineData("ds3-lstm64", "states", 3)]
    [InlineData("ds4", "variant", 25)]
    public void Many_machines_stand_in_their_table_by_a_factor(string population, string factor, int count)
    {
        var page = File.ReadAllText(Repository.PathOf("docs/recipes.md"));
        var result = JsonNode.Parse(File.ReadAllText(Repository.PathOf($"docs/results/recipes-{population}.json")))!;
        var machines = result["machines"]!.AsArray();
        Assert.Equal(count, machines.Count);
        foreach (var (value, group) in machines.GroupBy(machine => $"{machine!["factors"]![factor]}")
            .Select(group => (group.Key, Machines: group.ToArray())).Append(("all", [.. machines])))
        {
            var converged = group.Sum(machine => (int)machine!["converged"]!);
            var total = converged + group.Sum(machine => (int)machine!["not_converged"]! + (int)machine["diverged"]!);
            var row = Assert.Single(
                page.Split('\n'),
                line => line.StartsWith($"| {value} | {group.Length} | {converged} of {total} (", StringComparison.Ordinal));
            Assert.EndsWith(
                FormattableString.Invariant($"| {group.Sum(machine => (double)machine!["core_seconds"]!) / converged:0.00} |"), row,
                StringComparison.Ordinal);
        }
    }

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
