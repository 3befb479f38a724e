using CsCheck;
using Mlds.Kernels.Random;

namespace Mlds.Kernels.Tests.Random;

public sealed class PhiloxStreamTests
{
    [Fact]
    public void Words_are_the_blocks_of_the_stated_counter_and_key() =>
        Gen.Select(Gen.UInt, Gen.UInt, Gen.Enum<RandomStream>()).Sample((seed, subStream, stream) =>
        {
            var random = new PhiloxStream(seed, stream, subStream);
            for (var block = 0u; block < 5; block++)
            {
                var (w0, w1, w2, w3) = Philox.Block(block, 0, subStream, 0, seed, (uint)stream);
                Assert.Equal(
                    (w0, w1, w2, w3),
                    (random.NextUInt32(), random.NextUInt32(), random.NextUInt32(), random.NextUInt32()));
            }
        });

    [Fact]
    public void Stream_numbers_are_the_published_ones()
    {
        Assert.Equal([1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 10u, 11u], Enum.GetValues<RandomStream>().Select(stream => (uint)stream));
        Assert.Equal(
            [
                "TrainingSequences", "ValidationSequences", "LongTestSequences", "InitialWeights", "Shuffles", "Automata", "LabelNoise",
                "Variation", "ImageSplit", "Poisoning", "ImageLabelNoise",
            ],
            Enum.GetNames<RandomStream>());
    }

    [Fact]
    public void Below_follows_the_stated_rule_also_where_words_are_rejected() =>
        Gen.Select(Gen.UInt, Gen.OneOf(Gen.UInt[1, 100], Gen.UInt[1u << 31, uint.MaxValue])).Sample((seed, count) =>
        {
            var random = new PhiloxStream(seed, RandomStream.Shuffles);
            var words = new PhiloxStream(seed, RandomStream.Shuffles);
            for (var draw = 0; draw < 20; draw++)
            {
                UInt128 product;
                do product = (UInt128)words.NextUInt32() * count;
                while ((product & uint.MaxValue) < (UInt128)(1UL << 32) % count);
                Assert.Equal((uint)(product >> 32), random.Below(count));
            }
        });

    [Fact]
    public void Below_is_uniform()
    {
        // χ² with 9 degrees of freedom exceeds 33.7 by chance once in ten thousand; the seed is fixed.
        var random = new PhiloxStream(1, RandomStream.TrainingSequences);
        var counts = new int[10];
        for (var draw = 0; draw < 100_000; draw++) counts[random.Below(10)]++;
        Assert.True(counts.Sum(count => (count - 10_000d) * (count - 10_000d) / 10_000) < 33.7);
    }

    [Fact]
    public void Below_refuses_an_empty_range()
    {
        var random = new PhiloxStream(1, RandomStream.Shuffles);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Below(0));
    }

    [Fact]
    public void UniformFloat_is_the_stated_integer_scaled_and_rounded_once() =>
        Gen.Select(Gen.UInt, Gen.Float[1e-3f, 1e3f]).Sample((seed, bound) =>
        {
            var random = new PhiloxStream(seed, RandomStream.InitialWeights);
            var words = new PhiloxStream(seed, RandomStream.InitialWeights);
            for (var draw = 0; draw < 20; draw++)
            {
                var odd = (2L * (words.NextUInt32() >> 8)) + 1 - 16_777_216;
                // 25 bits times 24 bits are exact in double, so that this rounds once.
                var expected = (float)((double)odd * bound / 16_777_216);
                var actual = random.UniformFloat(bound);
                Assert.Equal(BitConverter.SingleToUInt32Bits(expected), BitConverter.SingleToUInt32Bits(actual));
                Assert.InRange(MathF.Abs(actual), float.Epsilon, MathF.BitDecrement(bound));
            }
        });

    [Fact]
    public void UniformFloat_has_the_mean_and_variance_of_its_interval()
    {
        var random = new PhiloxStream(3, RandomStream.InitialWeights);
        var values = new double[100_000];
        for (var i = 0; i < values.Length; i++) values[i] = random.UniformFloat(2);
        Assert.InRange(values.Average(), -0.015, 0.015); // σ of the mean: 0.0037
        Assert.InRange(values.Average(value => value * value), 1.3133, 1.3533); // 4/3; σ 0.0038
    }

    [Fact]
    public void Shuffle_keeps_the_items_and_follows_the_stated_rule() =>
        Gen.Select(Gen.UInt, Gen.Int[0, 200]).Sample((seed, count) =>
        {
            var items = Enumerable.Range(0, count).ToArray();
            var random = new PhiloxStream(seed, RandomStream.Shuffles, 7);
            random.Shuffle(items);

            var expected = Enumerable.Range(0, count).ToList();
            var draws = new PhiloxStream(seed, RandomStream.Shuffles, 7);
            for (var left = count; left > 1; left--)
            {
                var j = (int)draws.Below((uint)left);
                (expected[left - 1], expected[j]) = (expected[j], expected[left - 1]);
            }

            Assert.Equal(expected, items);
            Assert.Equal(Enumerable.Range(0, count), items.Order());
        });

    [Fact]
    public void Each_order_of_three_is_as_likely()
    {
        var counts = new Dictionary<(int, int, int), int>();
        var items = new int[3];
        for (var epoch = 0u; epoch < 60_000; epoch++)
        {
            (items[0], items[1], items[2]) = (0, 1, 2);
            var random = new PhiloxStream(5, RandomStream.Shuffles, epoch);
            random.Shuffle(items);
            counts[(items[0], items[1], items[2])] = counts.GetValueOrDefault((items[0], items[1], items[2])) + 1;
        }

        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 9_600, 10_400)); // σ 91
    }
}
