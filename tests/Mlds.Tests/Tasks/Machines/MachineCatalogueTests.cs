using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class MachineCatalogueTests
{
    [Fact]
    public void Ds1_s_five_come_with_their_modified_and_their_control() =>
        Assert.Equal(
            [
                "EightBitMachine", "SingleDirectMachine", "SingleInvertMachine", "SimpleXORMachine", "ParityMachine",
                "EightBitModified", "SingleDirectModified", "SingleInvertModified", "SimpleXORModified", "ParityModified",
                "EightBitControl", "SingleDirectControl", "SingleInvertControl", "SimpleXORControl", "ParityControl",
            ],
            MachineCatalogue.Names);

    [Fact]
    public void Modified_and_control_share_machine_key_and_steps() =>
        Assert.All(MachineCatalogue.Names.Where(name => name.EndsWith("Modified", StringComparison.Ordinal)), name =>
        {
            var modified = (KeyedDefinition)MachineCatalogue.Find(name)!;
            Assert.Equal((KeyRule.Invert, 4), (modified.Rule, modified.Steps));
            Assert.Equal(MachineCatalogue.Find(name.Replace("Modified", "Machine", StringComparison.Ordinal)), modified.Machine);
            Assert.Equal(
                modified with { Rule = KeyRule.Hold },
                MachineCatalogue.Find(name.Replace("Modified", "Control", StringComparison.Ordinal)));
        });

    [Fact]
    public void Keys_are_well_behaved()
    {
        var keys = MachineCatalogue.Names.Select(MachineCatalogue.Find).OfType<KeyedDefinition>()
            .Where(definition => definition.Rule == KeyRule.Invert)
            .Select(definition => (definition.Key, Read: ReadBits(definition))).ToArray();
        Assert.All(keys, pair =>
        {
            Assert.Equal(3, pair.Key.Select(symbol => symbol / 2).Distinct().Count());
            Assert.Equal(2, pair.Key.Select(symbol => symbol % 2).Distinct().Count());
            if (pair.Read.Count < 8) Assert.Empty(pair.Key.Select(symbol => symbol / 2).Intersect(pair.Read));
        });
        Assert.Equal(5, keys.Select(pair => string.Join(' ', pair.Key)).Distinct().Count());
    }

    [Fact]
    public void A_wrong_name_brings_the_nearest_ones()
    {
        Assert.StartsWith(
            "There is no machine 'PartyMachine'. Did you mean 'ParityMachine'? Machines: EightBitMachine,", Message("PartyMachine"));
        Assert.StartsWith(
            "There is no machine 'parity'. Did you mean 'ParityControl', 'ParityMachine' or 'ParityModified'? ", Message("parity"));
        Assert.StartsWith("There is no machine 'q'. Machines: ", Message("q"));
    }

    static HashSet<int> ReadBits(KeyedDefinition definition) =>
        [.. ((RegisterDefinition)definition.Machine).Lines.SelectMany(line => line.Xor)];

    static string Message(string name) => Assert.Throws<ArgumentException>(() => MachineCatalogue.Build(name)).Message;
}
