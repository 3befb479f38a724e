using System.Globalization;
using System.Net;
using CsCheck;

namespace Mlds.Site.Tests.Columns;

/// <summary>The table of networks, asked for by its address.</summary>
public sealed class NetworksTableTests : IAsyncLifetime
{
    readonly BrowsedZoo _zoo = new();

    public async ValueTask InitializeAsync() => await _zoo.With(new TinyPopulation
    {
        Networks = 40,
        Machines = TinyPopulation.Named("SingleDirectMachine", "SimpleXORMachine", "ParityMachine"),
    }.Json).Open();

    public ValueTask DisposeAsync() => _zoo.DisposeAsync();

    async Task<Dictionary<string, string>[]> Csv(string query)
    {
        var (status, text, _) = await _zoo.Ask("networks.csv" + query);
        Assert.Equal(HttpStatusCode.OK, status);
        string[][] rows = [.. text.TrimEnd('\n').Split('\n').Select(line => line.Split(','))];
        return [.. rows[1..].Select(row => rows[0].Zip(row).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public async Task Filters_and_order_are_what_one_would_do_by_hand_on_all_rows()
    {
        var all = await Csv("");
        Assert.Equal(120, all.Length);
        var cases = Gen.Select(Gen.Int[0, 39], Gen.Int[0, 39], Gen.Bool, Gen.Bool).Array[8].Single();
        foreach (var (a, b, isDescending, isOne) in cases)
        {
            var (low, high) = (Math.Min(a, b), Math.Max(a, b));
            var machine = isOne ? "SimpleXORMachine" : "ParityMachine,SimpleXORMachine";
            var found = await Csv($"?machine={machine}&seed={low}..{high}&sort={(isDescending ? "-" : "")}seed");
            var expected = all.Where(row => machine.Split(',').Contains(row["machine"]) && Number(row["seed"]) is var seed
                && seed >= low && seed <= high);
            expected = isDescending ? expected.OrderBy(row => -Number(row["seed"])) : expected.OrderBy(row => Number(row["seed"]));
            Assert.Equal(expected.Select(row => row["recipe_id"]), found.Select(row => row["recipe_id"]));
        }
    }

    [Fact]
    public async Task Bounds_come_from_a_form_too_and_what_is_empty_asks_nothing()
    {
        var found = await Csv("?machine=&seed.from=3&seed.to=&epochs.from=&sort=&page=");
        Assert.Equal(3 * 37, found.Length);
        Assert.Equal(found.Select(row => row["recipe_id"]), (await Csv("?seed=3..")).Select(row => row["recipe_id"]));
    }

    [Fact]
    public async Task Pages_hold_fifty_and_lead_on_with_the_same_filters()
    {
        var (_, text, _) = await _zoo.Ask("networks?machine=ParityMachine,SimpleXORMachine&sort=-seed");
        Assert.Equal(50, text.Split("<th scope=\"row\">").Length - 1);
        Assert.Contains("Page 1 of 2", text, StringComparison.Ordinal);
        Assert.Contains("?machine=ParityMachine%2CSimpleXORMachine&amp;sort=-seed&amp;page=2", text, StringComparison.Ordinal);
        Assert.Contains("aria-sort=\"descending\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?epoch=3", "There is no column 'epoch'. Did you mean 'epochs'?")]
    [InlineData("?sort=los", "There is no column 'los'.")]
    [InlineData("?machine=ParityMachin", "No network has machine 'ParityMachin'. Did you mean 'ParityMachine'?")]
    [InlineData("?epochs=few", "'few' is no number for epochs; give one, or bounds such as 10..20, ..1e-4 or 10.. .")]
    [InlineData("?epochs=9..3", "Of epochs, 9..3 has nothing in it: the lower bound comes first, as in 10..20.")]
    [InlineData("?page=0", "A page is a whole number from 1 on, not '0'.")]
    [InlineData("?columns=machine,sed", "There is no column 'sed'.")]
    public async Task What_can_t_be_asked_is_said_in_a_sentence(string query, string sentence)
    {
        var (status, text, _) = await _zoo.Ask("networks" + query);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(sentence, WebUtility.HtmlDecode(text), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_that_matches_nothing_and_a_page_beyond_the_last_say_where_to_go_on()
    {
        var (status, text, _) = await _zoo.Ask("networks?seed=1000..");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("No network has all of these.", text, StringComparison.Ordinal);
        (status, text, _) = await _zoo.Ask("networks?page=7");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("the last is <a href=\"/networks?page=3\">page 3</a>", text, StringComparison.Ordinal);
    }
}
