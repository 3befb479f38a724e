using System.Net;
using System.Text.RegularExpressions;

namespace Mlds.Site.Tests.Pages;

public sealed partial class HomePageTests
{
    [Fact]
    public async Task It_says_how_many_networks_are_where()
    {
        await using var zoo = await new BrowsedZoo().With(new TinyPopulation
        {
            Networks = 3,
            Machines = TinyPopulation.Named("SingleDirectMachine", "SimpleXORMachine"),
        }.Json).Open();
        var (status, text, _) = await zoo.Ask("");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains($"6 networks of 2 machines in the zoo {zoo["z"]}.", Tag().Replace(text, ""), StringComparison.Ordinal);
    }

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();
}
