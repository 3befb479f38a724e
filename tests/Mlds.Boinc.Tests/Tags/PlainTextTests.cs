using System.Xml;
using CsCheck;
using Mlds.Boinc.Tags;

namespace Mlds.Boinc.Tests.Tags;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("Grüße, 世界 🖥 Ω", "Grüße, 世界 🖥 Ω")]
    [InlineData("", "")]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("a\u001b[31mb", "a\uFFFD[31mb")]
    [InlineData("a\u009bb\u007f", "a\uFFFDb\uFFFD")]
    [InlineData("a\r\nb\rc\nd\te", "a b c d e")]
    [InlineData("a\u2028b\u0085c", "a b c")]
    [InlineData("a\uFFFEb\uFFFF", "a\uFFFDb\uFFFD")]
    [InlineData("a\u202Eb\u2066c", "a\uFFFDb\uFFFDc")]
    public void A_line_holds_what_can_be_shown(string text, string expected)
    {
        Assert.Equal(expected, PlainText.Line(text));
        Assert.Equal(expected == text, PlainText.IsPlain(text));
    }

    [Fact]
    public void Halves_of_pairs_are_replaced_and_pairs_are_left()
    {
        var pair = "🖥";
        Assert.Equal("\uFFFD" + pair + "\uFFFD", PlainText.Line(pair[1] + pair + pair[0]));
    }

    [Fact]
    public void Several_lines_keep_their_ends_and_tabs() => Assert.Equal("a\nb\nc\td\uFFFD", PlainText.Lines("a\r\nb\rc\td\u001b"));

    [Fact]
    public void Whatever_comes_in_is_XML_and_plain_and_a_second_time_changes_nothing() =>
        Gen.Char.Array[0, 30].Sample(letters =>
        {
            var (line, lines) = (PlainText.Line(new string(letters)), PlainText.Lines(new string(letters)));
            XmlConvert.VerifyXmlChars(line);
            XmlConvert.VerifyXmlChars(lines);
            Assert.True(PlainText.IsPlain(line));
            Assert.Equal((line, lines), (PlainText.Line(line), PlainText.Lines(lines)));
            Assert.DoesNotContain('\0', lines);
        });
}
