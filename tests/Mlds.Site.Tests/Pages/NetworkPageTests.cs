using System.Net;

namespace Mlds.Site.Tests.Pages;

public sealed class NetworkPageTests : IAsyncLifetime
{
    readonly BrowsedZoo _zoo = new();

    /// <summary>Weights are drawn by the seed and the length of the machine's name, so that two machines have equal ones.</summary>
    public async ValueTask InitializeAsync() => await _zoo.With(new TinyPopulation
    {
        Networks = 3,
        Machines = TinyPopulation.Named("SingleDirectMachine", "SingleInvertMachine", "SimpleXORMachine"),
    }.Json).Open();

    public ValueTask DisposeAsync() => _zoo.DisposeAsync();

    string Page(string machine, uint seed = 0) => "networks/" + _zoo.Of(machine, seed).Recipe.Id;

    static string Section(string text, string id)
    {
        var from = text.IndexOf($"<h2 id=\"{id}\"", StringComparison.Ordinal);
        return WebUtility.HtmlDecode(text[from..text.IndexOf("</section>", from, StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task Copies_are_named_by_bits_at_once_and_up_to_a_symmetry_when_asked()
    {
        var (_, text, _) = await _zoo.Ask(Page("SingleDirectMachine"));
        Assert.Contains("SingleInvertMachine, seed 0</a>", Section(text, "copies"), StringComparison.Ordinal);
        (_, text, _) = await _zoo.Ask(Page("SimpleXORMachine"));
        Assert.Contains("No other network here has the same weights to the bit.", Section(text, "copies"), StringComparison.Ordinal);

        text = Section(await _zoo.Computed(Page("SingleInvertMachine", 2) + "?copies=symmetry"), "copies");
        Assert.Contains("The same network up to a symmetry", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("SingleDirectMachine, seed 2</a>").Length - 1);
        text = Section(await _zoo.Computed(Page("SimpleXORMachine", 2) + "?copies=symmetry"), "copies");
        Assert.Contains("No other network here is the same up to a symmetry.", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await _zoo.Ask(Page("SimpleXORMachine") + "?copies=yes")).Status);
    }

    [Fact]
    public async Task Twins_have_their_losses_in_a_figure_and_how_far_apart_they_are()
    {
        var (_, text, _) = await _zoo.Ask(Page("SingleDirectMachine"));
        text = Section(text, "twins");
        Assert.Contains("distance", text, StringComparison.Ordinal);
        Assert.Contains("<td class=\"number\">0</td>", text, StringComparison.Ordinal); // equal weights, by the way in which they are drawn
        var (status, csv, _) = await _zoo.Ask(Page("SingleDirectMachine") + "/twins.csv");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            ["machine", "SingleDirectMachine", "SimpleXORMachine", "SingleInvertMachine"],
            csv.TrimEnd('\n').Split('\n').Select(line => line.Split(',')[0]).Distinct().OrderBy(name => name != "machine")
                .ThenBy(name => name != "SingleDirectMachine").ThenBy(name => name));
        var (drawn, svg, _) = await _zoo.Ask(Page("SingleDirectMachine") + "/twins.svg");
        Assert.Equal(HttpStatusCode.OK, drawn);
        Assert.Contains("SimpleXORMachine", svg, StringComparison.Ordinal);

        // Those of seed 1 diverged: no loss is a number, and no distance.
        Assert.Equal(HttpStatusCode.NotFound, (await _zoo.Ask(Page("SingleDirectMachine", 1) + "/twins.svg")).Status);
        (status, text, _) = await _zoo.Ask(Page("SingleDirectMachine", 1));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain("distance", Section(text, "twins"), StringComparison.Ordinal);
        Assert.DoesNotContain("twins.svg", text, StringComparison.Ordinal);
    }
}
