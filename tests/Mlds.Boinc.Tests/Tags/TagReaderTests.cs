using System.Diagnostics;
using CsCheck;
using Mlds.Boinc.Tags;

namespace Mlds.Boinc.Tests.Tags;

public sealed class TagReaderTests
{
    /// <summary>All leaves of a text as name=value, elements in brackets.</summary>
    static string Flat(string text, int maxElements = 100)
    {
        var reader = new TagReader(text, maxElements);
        return Inside(ref reader);
    }

    static string Inside(ref TagReader reader)
    {
        var parts = new List<string>();
        while (reader.Child(out var name))
        {
            if (name.StartsWith("l")) parts.Add($"{name}={reader.Text()}");
            else if (name.StartsWith("s")) reader.Skip();
            else parts.Add($"{name}({Inside(ref reader)})");
        }

        return string.Join(' ', parts);
    }

    [Theory]
    [InlineData("<a><l>1</l></a>", "a(l=1)")]
    [InlineData("<a>\n  <l> 1 2 </l>\n</a>", "a(l=1 2)")]
    [InlineData("<a><l/><l2></l2></a>", "a(l= l2=)")]
    [InlineData("<a><l x=\"1\">v</l></a>", "a(l=v)")]
    [InlineData("<a><!-- <l>1</l> --><l>2</l></a>", "a(l=2)")]
    [InlineData("<?xml version=\"1.0\"?><a><l>1</l></a>", "a(l=1)")]
    [InlineData("text <a> text <l>1</l> text </a> text", "a(l=1)")]
    [InlineData("<a><skip><l>1</l><skip>2</skip></skip><l>3</l></a>", "a(l=3)")]
    [InlineData("<a><l>&lt;b&gt; &amp; &quot;c&quot;</l></a>", "a(l=<b> & \"c\")")]
    [InlineData("<a><b><l>1</l></a><l>2</l>", "a(b(l=1)) l=2")]
    [InlineData("<a></b><l>1</l></a>", "a(l=1)")]
    [InlineData("<a><s><![CDATA[</s><l>1</l>]]></s><l>2</l></a>", "a(l=2)")]
    [InlineData("<a><l>1", "a(l=1)")]
    [InlineData("<a><l", "a()")]
    [InlineData("<>< ></><a></a>", "a()")]
    [InlineData("", "")]
    public void Tags_are_read_as_clients_write_them(string text, string expected) => Assert.Equal(expected, Flat(text));

    [Theory]
    [InlineData("ab&amp;cd", 4, "ab&c")]
    [InlineData("&#x1F5A5;&#x1F5A5;", 2, "🖥")]
    [InlineData("&#x1F5A5;&#x1F5A5;", 3, "🖥\uFFFD")]
    [InlineData("a&#1;b&#27;", 9, "a\uFFFDb\uFFFD")]
    [InlineData("a\nb", 9, "a b")]
    public void A_text_is_cut_after_its_entities_are_resolved(string text, int most, string expected)
    {
        var reader = new TagReader($"<l>{text}</l>", 10);
        reader.Child(out _);
        Assert.Equal(expected, reader.Text(most));
    }

    [Theory]
    [InlineData("<v>\n<![CDATA[\na </v> & b\n]]>\n</v><l>1</l>", "<![CDATA[\na </v> & b\n]]>")]
    [InlineData("<v>a ]]> <!-- <![CDATA[ </w> ]]></v><l>1</l>", "a ]]> <!-- <![CDATA[ </w> ]]>")]
    [InlineData("<v>a &lt; b\r\nc</v><l>1</l>", "a < b\nc")]
    [InlineData("<v/><l>1</l>", "")]
    [InlineData("<v>0123456789abcdefghij0123456789abcdefghij</v><l>1</l>", "abcdefghij0123456789abcdefghij")]
    public void What_a_program_wrote_is_taken_as_it_stands_and_from_its_end(string text, string expected)
    {
        var reader = new TagReader(text, 10);
        reader.Child(out _);
        Assert.Equal(expected, reader.Verbatim(30));
        Assert.True(reader.Child(out var name));
        Assert.Equal("l", name);
    }

    [Fact]
    public void Entities_of_a_document_type_are_not_expanded() =>
        Assert.Equal("a(l=&x;)", Flat("<!DOCTYPE a [<!ENTITY x \"boom\">]><a><l>&x;</l></a>"));

    [Fact]
    public void Too_many_elements_are_refused() =>
        Assert.Throws<TagException>(() => Flat("<a>" + string.Concat(Enumerable.Repeat("<l>1</l>", 101)) + "</a>"));

    [Fact]
    public void Elements_that_go_too_deep_are_refused() =>
        Assert.Throws<TagException>(() => Flat(string.Concat(Enumerable.Repeat("<b>", 20))));

    [Fact]
    public void A_text_that_ends_too_early_is_seen()
    {
        var reader = new TagReader("<a><l>1</l>", 10);
        while (reader.Child(out _))
        {
            while (reader.Child(out _)) reader.Skip();
        }

        Assert.True(reader.Truncated);
    }

    [Fact]
    public void No_text_makes_it_hang_or_fall() =>
        Gen.Int[0, s_parts.Length - 1].Select(i => s_parts[i]).Array[0, 60].Sample(parts =>
            {
                try
                {
                    Flat(string.Concat(parts));
                }
                catch (TagException)
                {
                }
            });

    static readonly string[] s_parts =
    [
        "<", ">", "/", "a", "l", "s", "<a>", "</a>", "<l>", "</l>", "<s>", "</s>", "<![CDATA[", "]]>",
        "<!--", "-->", "<a/>", " ", "&", "<?", "\0",
    ];

    /// <summary>For four megabytes of the worst kinds of text the time grows only with their length.</summary>
    [Theory]
    [InlineData("<s>")]
    [InlineData("<")]
    [InlineData("<![CDATA[")]
    [InlineData("</a>")]
    [InlineData("<!--")]
    [InlineData("<x/>")]
    public void Large_nonsense_is_read_in_no_time(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, (4 << 20) / part.Length));
        var watch = Stopwatch.StartNew();
        try
        {
            Flat(text, 100_000);
        }
        catch (TagException)
        {
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{part}: {watch.Elapsed}");
    }

    [Theory]
    [InlineData("1.500000", 1.5, 1)]
    [InlineData("-7", -7, -7)]
    [InlineData("1e300", 1e300, 0)]
    [InlineData("NaN", 0, 0)]
    [InlineData("1e999", 0, 0)]
    [InlineData("five", 0, 0)]
    public void A_number_is_finite_or_zero(string text, double number, long whole)
    {
        var one = new TagReader($"<l>{text}</l>", 10);
        one.Child(out _);
        Assert.Equal(number, one.Number());
        var two = new TagReader($"<l>{text}</l>", 10);
        two.Child(out _);
        Assert.Equal(whole, two.Whole());
    }
}
