using Mlds.Reports.Wording;

namespace Mlds.Reports.Tests.Wording;

public sealed class WordsTests
{
    [Theory]
    [InlineData("modified_or_original", "key, seen machine")]
    [InlineData("modified_or_original_unseen_machine", "key, unseen machine")]
    [InlineData("modified_or_control_unseen_key", "key or control, unseen key")]
    [InlineData("original_or_control", "control, seen machine")]
    [InlineData("which_machine", "which machine")]
    [InlineData("a_question_of_tomorrow", "a question of tomorrow")]
    public void A_question_has_a_short_name_for_a_tables_row(string id, string name) => Assert.Equal(name, Words.ShortQuestion(id));

    [Theory]
    [InlineData(9.1234e-5, "9.12e-5")]
    [InlineData(0.012345, "0.0123")]
    [InlineData(12.345, "12.3")]
    [InlineData(1234.5, "1234")]
    [InlineData(123456, "1.23e5")]
    [InlineData(0, "0")]
    [InlineData(-0.5, "-0.500")]
    public void Losses_have_three_figures(double value, string shown) => Assert.Equal(shown, Words.Figures(value));

    [Fact]
    public void Lists_read_as_people_say_them()
    {
        Assert.Equal("", Words.Join([]));
        Assert.Equal("a", Words.Join(["a"]));
        Assert.Equal("a and b", Words.Join(["a", "b"]));
        Assert.Equal("a, b and c", Words.Join(["a", "b", "c"]));
    }

    [Fact]
    public void Counts_and_shares_read_the_same_everywhere()
    {
        Assert.Equal("12,345", Words.Count(12345));
        Assert.Equal("99.1 %", Words.Percent(0.9912));
        Assert.Equal("0.500", Words.Number(0.5));
        Assert.Equal("20", Words.Range([20, 20]));
        Assert.Equal("18 to 20", Words.Range([20, 18]));
    }
}
