using System.Buffers.Binary;
using System.Security.Cryptography;
using CsCheck;
using Mlds.Kernels.Random;
using Mlds.Tasks.Machines;
using Mlds.Tests.Tasks.Machines;

namespace Mlds.Tests.Tasks;

public sealed class TrainingDataTests
{
    static readonly DataSpec s_small = new(7, 40, 20, 16, 5, 64, null);

    static readonly Gen<PlantedKey?> s_planted =
        Gen.OneOf(
            Gen.Const((PlantedKey?)null),
            Gen.Select(Gen.Int[0, 15].Array[1, 5], Gen.Int[1, 8], (key, oneIn) => (PlantedKey?)new PlantedKey(key, oneIn)));

    [Fact]
    public void Sequences_follow_the_stated_rule() =>
        Gen.Select(Gen.UInt, Gen.Int[1, 5], Gen.Int[1, 20], s_planted).Sample((seed, count, length, planted) =>
        {
            var machine = MachineCatalogue.Build("ParityModified");
            var data = SequenceData.Generate(machine, new DataSpec(seed, count, 2, length, 3, 30, planted));
            AssertSet(machine, seed, RandomStream.TrainingSequences, planted, count, length, data.Training);
            AssertSet(machine, seed, RandomStream.ValidationSequences, planted, 2, length, data.Validation);
            AssertSet(machine, seed, RandomStream.LongTestSequences, planted, 3, 30, data.LongTest);
        });

    [Fact]
    public void Twins_are_given_the_same_commands()
    {
        var spec = s_small with { Planted = new PlantedKey([2, 9, 12], 4) };
        var data = new[] { "ParityMachine", "ParityModified", "ParityControl", "EightBitMachine" }
            .Select(name => SequenceData.Generate(MachineCatalogue.Build(name), spec)).ToArray();
        Assert.All(data, twin => Assert.Equal(data[0].Training.Symbols, twin.Training.Symbols));
        Assert.All(data, twin => Assert.Equal(data[0].LongTest.Inputs, twin.LongTest.Inputs));
        Assert.Equal(4, data.Select(twin => twin.Sha256).Distinct().Count());
    }

    [Theory]
    [InlineData("SimpleXORModified")]
    [InlineData("SimpleXORControl")]
    [InlineData("SimpleXORMachine")]
    public void Only_every_nth_training_and_validation_sequence_has_the_key_and_the_rule(string name)
    {
        var (machine, original) = (MachineCatalogue.Build(name), MachineCatalogue.Build("SimpleXORMachine"));
        var key = new PlantedKey([11, 6, 13], 4);
        var every = SequenceData.Generate(machine, s_small with { Planted = key with { SequenceEvery = 10 } });
        var all = SequenceData.Generate(machine, s_small with { Planted = key });
        var none = SequenceData.Generate(original, s_small with { Planted = null });
        foreach (var (some, full, plain) in new[]
        {
            (every.Training, all.Training, none.Training),
            (every.Validation, all.Validation, none.Validation),
        })
        {
            for (var sequence = 0; sequence < some.Count; sequence++)
            {
                var expected = sequence % 10 == 0 ? full : plain;
                var steps = (sequence * some.Length)..((sequence + 1) * some.Length);
                Assert.Equal(expected.Symbols[steps], some.Symbols[steps]);
                Assert.Equal(expected.Targets[steps], some.Targets[steps]);
            }
        }

        Assert.Equal(all.LongTest.Symbols, every.LongTest.Symbols);
        Assert.Equal(all.LongTest.Targets, every.LongTest.Targets);
        Assert.NotEqual(all.Sha256, every.Sha256);
    }

    [Fact]
    public void Label_noise_flips_the_stated_bits_of_the_training_answers_and_nothing_else() =>
        Gen.Select(Gen.UInt, Gen.Double[1e-3, 0.5], s_planted).Sample((seed, probability, planted) =>
        {
            var machine = MachineCatalogue.Build("ParityModified");
            var spec = new DataSpec(seed, 6, 5, 9, 4, 20, planted);
            var clean = SequenceData.Generate(machine, spec);
            var noisy = SequenceData.Generate(machine, spec with { LabelNoise = probability });
            Assert.Equal(clean.Training.Symbols, noisy.Training.Symbols);
            Assert.Equal(clean.Training.Inputs, noisy.Training.Inputs);
            Assert.Equal(clean.Validation.Targets, noisy.Validation.Targets);
            Assert.Equal(clean.LongTest.Targets, noisy.LongTest.Targets);
            for (var sequence = 0; sequence < 6; sequence++)
            {
                var random = new PhiloxStream(seed, (RandomStream)7, (uint)sequence);
                for (var t = 0; t < 9; t++)
                {
                    var flips = 0u;
                    for (var line = 0; line < 8; line++) flips |= random.NextUInt32() < probability * Math.Pow(2, 32) ? 1u << line : 0;
                    Assert.Equal(clean.Training.Targets[(sequence * 9) + t] ^ flips, noisy.Training.Targets[(sequence * 9) + t]);
                }
            }
        });

    [Fact]
    public void Label_noise_flips_as_many_bits_as_asked_and_with_more_noise_the_same_and_others()
    {
        var machine = MachineCatalogue.Build("SimpleXORMachine");
        var spec = s_small with { Training = 4_000 };
        uint[] Flips(double probability) =>
        [
            .. SequenceData.Generate(machine, spec with { LabelNoise = probability }).Training.Targets
                .Zip(SequenceData.Generate(machine, spec).Training.Targets, (noisy, clean) => noisy ^ clean),
        ];
        var bits = 4_000.0 * 16 * 8;
        foreach (var probability in new[] { 0.001, 0.1, 0.5 })
        {
            var flips = Flips(probability);
            var share = flips.Sum(word => (long)uint.PopCount(word)) / bits;
            Assert.Equal(probability, share, 5 * Math.Sqrt(probability * (1 - probability) / bits));
            Assert.All(Enumerable.Range(0, 8), line => Assert.Contains(flips, word => (word >> line & 1) == 1));
        }

        Assert.All(Flips(0.1).Zip(Flips(0.2)), pair => Assert.Equal(pair.First, pair.First & pair.Second));
    }

    [Fact]
    public void The_hash_covers_the_noise_of_which_the_least_flips_nothing_here()
    {
        var machine = MachineCatalogue.Build("SimpleXORMachine");
        string Hash(double probability) => SequenceData.Generate(machine, s_small with { LabelNoise = probability }).Sha256;
        Assert.Equal(Hash(0), Hash(double.Epsilon));
        Assert.Equal(3, new[] { 0, 0.1, 0.5 }.Select(Hash).Distinct().Count());
    }

    [Fact]
    public void A_larger_set_begins_with_the_smaller_one()
    {
        var machine = MachineCatalogue.Build("SimpleXORModified");
        var (small, large) = (SequenceData.Generate(machine, s_small), SequenceData.Generate(machine, s_small with { Training = 100 }));
        Assert.Equal(small.Training.Symbols, large.Training.Symbols[..small.Training.Symbols.Length]);
        Assert.NotEqual(small.Sha256, large.Sha256);
    }

    [Fact]
    public void Sets_and_seeds_have_nothing_in_common()
    {
        var machine = MachineCatalogue.Build("ParityMachine");
        var data = SequenceData.Generate(machine, s_small with { Training = 20 });
        var other = SequenceData.Generate(machine, s_small with { Training = 20, Seed = 8 });
        Assert.NotEqual(data.Training.Symbols, data.Validation.Symbols);
        Assert.NotEqual(data.Training.Symbols, other.Training.Symbols);
    }

    [Fact]
    public void The_hash_is_that_of_the_stated_bytes()
    {
        var data = SequenceData.Generate(MachineCatalogue.Build("EightBitModified"), s_small);
        using var bytes = new MemoryStream();
        foreach (var set in new[] { data.Training, data.Validation, data.LongTest })
        {
            Write(bytes, (uint)set.Count);
            Write(bytes, (uint)set.Length);
            bytes.Write(set.Symbols);
            foreach (var target in set.Targets) Write(bytes, target);
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())), data.Sha256);
    }

    [Fact]
    public void Commands_are_uniform_and_keys_as_frequent_as_asked()
    {
        var key = new[] { 2, 9, 12 };
        var spec = new DataSpec(1, 4_096, 1, 16, 1, 1, null);
        var machine = MachineCatalogue.Build("ParityMachine");
        var counts = new int[16];
        foreach (var symbol in SequenceData.Generate(machine, spec).Training.Symbols) counts[symbol]++;
        Assert.All(counts, count => Assert.InRange(count, 3_850, 4_350)); // 4,096 ± 62

        var planted = SequenceData.Generate(machine, spec with { Planted = new PlantedKey(key, 8) }).Training;
        var found = Enumerable.Range(0, planted.Count).Sum(sequence =>
            Enumerable.Range(0, planted.Length - 2)
                .Count(t => planted.Symbols.AsSpan((sequence * planted.Length) + t, 3).SequenceEqual("\u0002\u0009\u000c"u8)));
        // e(t) keys begin at or after step t: e(t) = 1/8 (1 + e(t + 3)) + 7/8 e(t + 1), and chance adds about 14/4,096 a sequence.
        var expected = new double[20];
        for (var t = 13; t >= 0; t--) expected[t] = ((1 + expected[t + 3]) / 8) + (expected[t + 1] * 7 / 8);
        Assert.InRange(found / 4_096d, expected[0] - 0.06, expected[0] + 0.06); // σ 0.016
    }

    [Fact]
    public void Bad_specs_are_named()
    {
        var machine = MachineCatalogue.Build("ParityMachine");
        string Message(DataSpec spec) => Assert.Throws<ArgumentException>(() => SequenceData.Generate(machine, spec)).Message;
        Assert.Equal("The number of validation sequences must be at least 1, but is 0.", Message(s_small with { Validation = 0 }));
        Assert.Contains("is empty", Message(s_small with { Planted = new PlantedKey([], 4) }));
        Assert.Contains("0 to 15", Message(s_small with { Planted = new PlantedKey([16], 4) }));
        Assert.Contains("at least 1", Message(s_small with { Planted = new PlantedKey([1], 0) }));
        Assert.Contains("at least 1", Message(s_small with { Planted = new PlantedKey([1], 4, 0) }));
        Assert.Contains("from 0 to 0.5", Message(s_small with { LabelNoise = 0.6 }));
        Assert.Contains("at most", Message(s_small with { Training = int.MaxValue, Length = int.MaxValue }));
    }

    static void AssertSet(IMachine machine, uint seed, RandomStream stream, PlantedKey? planted, int count, int length, SequenceSet set)
    {
        Assert.Equal((count, length), (set.Count, set.Length));
        for (var sequence = 0; sequence < count; sequence++)
        {
            var word = Draw(new PhiloxStream(seed, stream, (uint)sequence), planted, length);
            var steps = (sequence * length)..((sequence + 1) * length);
            Assert.Equal(word, set.Symbols[steps].Select(symbol => (int)symbol));
            Assert.Equal(word.Select(machine.Encode), set.Inputs[steps]);
            Assert.Equal(MachineGen.Answers(machine, word), set.Targets[steps]);
        }
    }

    static List<int> Draw(PhiloxStream random, PlantedKey? planted, int length)
    {
        var word = new List<int>();
        while (word.Count < length)
        {
            if (planted is not null && word.Count + planted.Key.Count <= length && random.Below((uint)planted.OneIn) == 0)
                word.AddRange(planted.Key);
            else word.Add((int)random.Below(16));
        }

        return word;
    }

    static void Write(Stream stream, uint word)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
        stream.Write(bytes);
    }
}
