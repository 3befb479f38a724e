using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Mlds.Recipes;

namespace Mlds.Tests.Recipes;

public sealed class CanonicalTests
{
    /// <summary>RFC 8785, appendix B: the bits of a double and its JSON.</summary>
    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x8000000000000001, "-5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0xffefffffffffffff, "-1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0xc340000000000000, "-9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0x41b3de4355555554, "333333333.33333325")]
    [InlineData(0x41b3de4355555555, "333333333.3333333")]
    [InlineData(0x41b3de4355555556, "333333333.3333334")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void Numbers_are_printed_as_the_rfc_prints_them(ulong bits, string expected) =>
        Assert.Equal(expected, Canonical.Serialize(JsonValue.Create(BitConverter.UInt64BitsToDouble(bits))));

    [Fact]
    public void Numbers_that_json_lacks_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Canonical.Serialize(JsonValue.Create(double.NaN)));
        Assert.Throws<ArgumentException>(() => Canonical.Serialize(JsonValue.Create(double.NegativeInfinity)));
        Assert.Throws<ArgumentException>(() => Canonical.Serialize(JsonNode.Parse("1e400")));
    }

    [Fact]
    public void A_printed_number_gives_the_same_double_back() =>
        Gen.Double.Where(double.IsFinite).Sample(number =>
            Assert.Equal(number, JsonNode.Parse(Canonical.Serialize(JsonValue.Create(number)))!.GetValue<double>()));

    /// <summary>RFC 8785, §3.2.2 and its result in §3.2.3 and §3.2.4.</summary>
    [Fact]
    public void The_rfc_s_sample_comes_out_as_the_rfc_says()
    {
        const string Sample = """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """;
        const string Utf8 =
            "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b"
            + "3333333333333333332e333333333333332c31652b33302c"
            + "342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d";
        Assert.Equal(Utf8, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Canonical.Serialize(JsonNode.Parse(Sample)))));
    }

    /// <summary>RFC 8785, §3.2.3: keys sorted by UTF-16 code units, so that a surrogate pair comes before U+FB33.</summary>
    [Fact]
    public void Keys_are_sorted_as_the_rfc_sorts_them()
    {
        const string Sample = """
            {
              "\u20ac": "Euro Sign",
              "\r": "Carriage Return",
              "\ufb33": "Hebrew Letter Dalet With Dagesh",
              "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face",
              "\u0080": "Control",
              "\u00f6": "Latin Small Letter O With Diaeresis"
            }
            """;
        var values = JsonNode.Parse(Canonical.Serialize(JsonNode.Parse(Sample)))!.AsObject()
            .Select(member => member.Value!.GetValue<string>());
        Assert.Equal(
            [
                "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
                "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"],
            values);
    }

    [Fact]
    public void Control_characters_get_the_shortest_escape_and_others_none() =>
        Assert.Equal(
            "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f \u007f\u2028</>&'\"",
            Canonical.Serialize(JsonValue.Create("\0\b\t\n\u000b\f\r\u001f \u007f\u2028</>&'")));

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Canonical.Serialize(JsonValue.Create("a\ud83d")));
        Assert.Throws<ArgumentException>(() => Canonical.Serialize(JsonValue.Create("\ude00\ud83d")));
    }

    [Fact]
    public void Empty_values_and_integers_of_every_type_are_written()
    {
        Assert.Equal(
            "{\"a\":[],\"b\":{},\"c\":null}",
            Canonical.Serialize(new JsonObject { ["c"] = null, ["b"] = new JsonObject(), ["a"] = new JsonArray() }));
        Assert.Equal("[1,2,4294967295,-7]", Canonical.Serialize(new JsonArray(1, (byte)2, uint.MaxValue, -7L)));
        Assert.Equal("null", Canonical.Serialize(null));
    }
}
