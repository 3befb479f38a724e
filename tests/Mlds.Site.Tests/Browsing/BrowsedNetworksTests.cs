using Mlds.Recipes;
using Mlds.Site.Browsing;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Site.Tests.Browsing;

public sealed class BrowsedNetworksTests
{
    static StoredNetwork Network(string id, uint seed) => new(
        id, "ParityMachine", seed, Outcome.Converged, 1, 0.1f, 0.1f, 0.1f, new string('0', 64), new Provenance("", "", "", "", 1));

    static BrowsedNetworks Of(params StoredNetwork[] networks) =>
        new(new SourceContents("p", ["ParityMachine"], PopulationFactors.OfNames, networks));

    [Fact]
    public void A_network_that_is_there_twice_is_said_to_be_damage()
    {
        var (first, second) = (Network(new string('a', 64), 7), Network(new string('b', 64), 8));
        Assert.Equal(1, Of(first, second).RowOf(second.RecipeId));
        var damage = Assert.Throws<InvalidDataException>(() => Of(first, second, first));
        Assert.StartsWith("It is damaged: ParityMachine, seed 7 is there twice", damage.Message, StringComparison.Ordinal);
    }
}
