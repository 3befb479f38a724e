using CsCheck;

namespace Mlds.Zoos.Tests;

public sealed class ShardTests
{
    [Fact]
    public void Every_network_is_in_exactly_one_shard_and_shards_are_even_in_every_machine() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 30], Gen.Int[0, 10]).Sample((count, networks, machine) =>
        {
            var sizes = Enumerable.Range(0, count)
                .Select(i => Enumerable.Range(0, networks).Count(seed => new Shard(i, count).Has(machine, (uint)seed)))
                .ToList();
            Assert.Equal(networks, sizes.Sum());
            Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
        });

    [Fact]
    public void A_shard_is_read_as_it_is_written() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Int[0, 999]).Where((count, index) => index < count)
            .Sample((count, index) => Assert.Equal(new Shard(index, count), Shard.Parse($"{index}/{count}")));

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("3/3")]
    [InlineData("-1/3")]
    [InlineData("1/2/3")]
    [InlineData("a/b")]
    [InlineData("0/0")]
    public void Anything_else_is_refused_with_the_allowed_form(string text) =>
        Assert.Contains("0 ≤ i < n", Assert.Throws<FormatException>(() => Shard.Parse(text)).Message);
}
