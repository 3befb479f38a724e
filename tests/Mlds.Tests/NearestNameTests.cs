using CsCheck;

namespace Mlds.Tests;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("lenght", "length", 1)]
    [InlineData("SEED", "seed", 0)]
    [InlineData("abc", "", 3)]
    public void Distances_are_the_known_ones(string left, string right, int distance) =>
        Assert.Equal(distance, NearestName.Distance(left, right));

    [Fact]
    public void A_distance_is_symmetric_and_zero_only_between_equals() =>
        Gen.Select(Gen.String[Gen.Char['a', 'c'], 0, 6], Gen.String[Gen.Char['a', 'c'], 0, 6]).Sample((left, right) =>
        {
            Assert.Equal(NearestName.Distance(left, right), NearestName.Distance(right, left));
            Assert.Equal(left == right, NearestName.Distance(left, right) == 0);
        });

    [Theory]
    [InlineData("trianing", "Did you mean 'training'? ")]
    [InlineData("trai", "Did you mean 'training'? ")]
    [InlineData("val", "Did you mean 'validate' or 'validation'? ")]
    [InlineData("trein", "Did you mean 'training'? ")]
    [InlineData("zebra", "")]
    public void Near_names_are_offered_and_far_ones_are_not(string wrong, string expected) =>
        Assert.Equal(expected, NearestName.DidYouMean(wrong, ["training", "validation", "validate", "seed"]));
}
