using Mlds.Analysis.Data;

namespace Mlds.Analysis.Tests.Data;

public sealed class MachineLabelTests
{
    [Theory]
    [InlineData("EightBitMachine", "EightBit", Variant.Original, "")]
    [InlineData("EightBitModified", "EightBit", Variant.Modified, "")]
    [InlineData("SimpleXORControl", "SimpleXOR", Variant.Control, "")]
    [InlineData("ParityModifiedB", "Parity", Variant.Modified, "B")]
    [InlineData("ParityMachineB", "Parity", Variant.Original, "B")]
    [InlineData("SingleDirectControlIn100", "SingleDirect", Variant.Control, "In100")]
    [InlineData("Automaton17", "Automaton17", Variant.Original, "")]
    [InlineData("Machine", "Machine", Variant.Original, "")]
    public void A_name_says_family_variant_and_key(string name, string family, Variant variant, string key) =>
        Assert.Equal(new MachineLabel(name, family, variant, key), MachineLabel.Parse(name));
}
