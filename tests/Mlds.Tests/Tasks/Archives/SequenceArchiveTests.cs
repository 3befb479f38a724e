using System.IO.Compression;
using Mlds.Kernels.Shapes;
using Mlds.Recipes;
using Mlds.Tasks;

namespace Mlds.Tests.Tasks.Archives;

/// <summary>Sequences from a NumPy archive: what is read, and what is said of what can't be.</summary>
public sealed class SequenceArchiveTests : IDisposable
{
    static readonly NpzArray[] s_sound = NpzFile.Echo((5, 3, 4, 2, 7));

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    /// <summary>The population of a file of these arrays.</summary>
    Population Read(IEnumerable<NpzArray> arrays, bool compressed = false) =>
        Written(new OwnSequences { Sha256 = NpzFile.Write(At("mine.npz"), arrays, compressed) });

    Population Written(OwnSequences population)
    {
        File.WriteAllText(At("p.json"), population.Json);
        return Population.Read(At("p.json"));
    }

    string Refusal(IEnumerable<NpzArray> arrays) => Assert.Throws<FormatException>(() => Read(arrays)).Message;

    static NpzArray[] With(string name, Func<NpzArray, NpzArray> change) =>
        [.. s_sound.Select(array => array.Name == name ? change(array) : array)];

    static void Says(string message, params string[] parts)
    {
        Assert.Contains("$.machines[0]", message, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    /// <summary>The lines of a set as [sequence, step, line] bytes again.</summary>
    static byte[] Bits(uint[] words) => [.. words.SelectMany(word => new[] { (byte)(word & 1), (byte)(word >> 1) })];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stored_and_deflated_archives_have_the_same_sequences(bool compressed)
    {
        var population = Read(s_sound, compressed);
        var data = population.Data("Mine");
        var all = new[] { data.Training, data.Validation, data.LongTest }.Cast<Sequences>().ToArray();
        Assert.Equal([(5, 4), (3, 4), (2, 7)], all.Select(set => (set.Count, set.Length)));
        Assert.Equal(s_sound.Select(array => array.Values), all.SelectMany(set => new[] { Bits(set.Inputs), Bits(set.Targets) }));
        var task = population.Task("Mine");
        Assert.Equal((5, 3, 4), (task.TrainingCount, task.ValidationCount, task.Steps));
        Assert.Equal(data.Sha256, population.Recipe("Mine", 0).DataSha256);
        Assert.Equal(Read(s_sound).Recipe("Mine", 0).DataSha256, data.Sha256);
    }

    [Theory]
    [InlineData("|b1", "01")]
    [InlineData("|i1", "01")]
    [InlineData("<i2", "0100")]
    [InlineData("<u4", "01000000")]
    [InlineData("<i8", "0100000000000000")]
    [InlineData("<f2", "003C")]
    [InlineData("<f4", "0000803F")]
    [InlineData("<f8", "000000000000F03F")]
    public void Other_types_that_hold_only_0_and_1_are_read_too(string type, string one)
    {
        var bytes = Convert.FromHexString(one);
        var wide = s_sound.Select(array => array with
        {
            Type = type,
            Values = [.. array.Values.SelectMany(value => value == 1 ? bytes : new byte[bytes.Length])],
        });
        Assert.Equal(Read(s_sound).Data("Mine").Sha256, Read(wide).Data("Mine").Sha256);
    }

    [Fact]
    public void A_recipe_names_the_file_by_its_SHA_256_and_no_path()
    {
        var recipe = Read(s_sound).Recipe("Mine", 7);
        var sha256 = NpzFile.Sha256(At("mine.npz"));
        var sizes = $"{{\"inputs\":2,\"length\":4,\"long_length\":7,\"long_test\":2,\"outputs\":2,\"sha256\":\"{sha256}\","
            + "\"training\":5,\"validation\":3}";
        Assert.Contains($"\"sequences\":{sizes}", recipe.CanonicalJson, StringComparison.Ordinal);
        Assert.DoesNotContain("mine", recipe.CanonicalJson, StringComparison.Ordinal);
        Assert.Equal(recipe, Recipe.Parse(recipe.CanonicalJson));
        Assert.Equal(recipe.Task, Recipe.Parse(recipe.CanonicalJson).Task);

        Directory.CreateDirectory(At("sub"));
        File.Move(At("mine.npz"), At("sub/other.npz"));
        var moved = Written(new OwnSequences { File = "sub/other.npz", Sha256 = NpzFile.Sha256(At("sub/other.npz")) });
        Assert.Equal(recipe.Id, moved.Recipe("Mine", 7).Id);
    }

    [Fact]
    public void A_recipe_alone_finds_its_file_by_its_SHA_256_and_says_where_it_should_be()
    {
        var population = Read(s_sound);
        var recipe = Recipe.Parse(population.Recipe("Mine", 0).CanonicalJson);
        var nowhere = Assert.Throws<FileNotFoundException>(() => recipe.Task.Generate()).Message;
        var sha256 = NpzFile.Sha256(At("mine.npz"));
        Assert.Contains(sha256, nowhere, StringComparison.Ordinal);

        var kept = recipe.WithFilesIn(At("kept"));
        Assert.Contains(Path.Combine(At("kept"), $"{sha256}.npz"), kept.Task.MissingFile, StringComparison.Ordinal);
        File.Copy(At("mine.npz"), _scratch.File($"kept/{sha256}.npz"));
        Assert.Null(kept.Task.MissingFile);
        Assert.Equal(recipe.DataSha256, kept.Task.Generate().Sha256);
        File.AppendAllText(At($"kept/{sha256}.npz"), "x");
        Assert.Contains("has SHA-256", Assert.Throws<InvalidDataException>(() => kept.Task.Generate()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_SHA_256_is_answered_with_the_file_s_own()
    {
        var actual = NpzFile.Write(At("mine.npz"), s_sound);
        var wrong = Assert.Throws<FormatException>(() => Written(new OwnSequences { Sha256 = new string('0', 64) })).Message;
        Says(wrong, actual, new string('0', 64));
        File.WriteAllText(At("p.json"), new OwnSequences { Sha256 = "" }.Json.Replace(", \"sha256\": \"\"", ""));
        Says(Assert.Throws<FormatException>(() => Population.Read(At("p.json"))).Message, "'sha256' is missing", actual);
    }

    [Fact]
    public void A_missing_array_is_named_with_those_that_are_there()
    {
        var message = Refusal(s_sound.Where(array => array.Name != "validation_targets"));
        Says(message, "no array 'validation_targets'", "it has training_inputs, training_targets, validation_inputs, long_inputs");
        Says(Refusal([]), "no array 'training_inputs'; it has none at all");
    }

    [Fact]
    public void Wrong_shapes_are_told_with_the_arrays_that_have_them()
    {
        Says(Refusal(With("training_inputs", array => array with { Shape = "(5, 8)" })), "'training_inputs' of shape (5, 8)");
        Says(Refusal(With("training_inputs", array => array with { Shape = "(0, 4, 2)", Values = [] })), "of shape (0, 4, 2)");
        Says(
            Refusal(With("long_inputs", array => array with { Shape = "(1, 1, 33)", Values = new byte[33] })),
            "'long_inputs' of shape (1, 1, 33)", "1 to 32 lines");
        Says(
            Refusal(With("training_targets", array => array with { Shape = "(4, 4, 2)", Values = array.Values[..32] })),
            "5 sequences of 4 steps in 'training_inputs'", "4 of 4 in 'training_targets'");
        Says(
            Refusal([.. s_sound.Select(array => array.Name.StartsWith("validation", StringComparison.Ordinal)
                ? array with { Shape = "(4, 3, 2)" } : array)]),
            "training sequences of 4 steps", "validation sequences of 3");
        Says(
            Refusal(With("long_targets", array => array with { Shape = "(2, 7, 1)", Values = array.Values[..14] })),
            "2 lines in 'training_targets'", "1 in 'long_targets'");
        Says(Refusal(With("long_targets", array => array with { Values = array.Values[1..] })), "bytes in 'long_targets'");
        Says(Refusal(With("long_targets", array => array with { IsFortran = true })), "Fortran's order", "numpy.ascontiguousarray");
        Says(Refusal(With("long_targets", array => array with { Type = ">i4" })), "of type '>i4'", "uint8");
    }

    [Fact]
    public void Values_other_than_0_and_1_are_told_with_their_place()
    {
        var values = (byte[])s_sound[1].Values.Clone();
        values[(2 * 4 * 2) + (3 * 2) + 1] = 2;
        Says(Refusal(With("training_targets", array => array with { Values = values })), "at training_targets[2, 3, 1]", "0 or 1");
    }

    [Fact]
    public void A_file_that_is_no_archive_or_only_the_beginning_of_one_is_told()
    {
        NpzFile.Write(At("mine.npz"), s_sound);
        var whole = File.ReadAllBytes(At("mine.npz"));
        foreach (var bytes in new[] { [], [1, 2, 3], whole[..(whole.Length / 2)], new byte[100] })
        {
            File.WriteAllBytes(At("mine.npz"), bytes);
            var population = new OwnSequences { Sha256 = NpzFile.Sha256(At("mine.npz")) };
            var message = Assert.Throws<FormatException>(() => Written(population)).Message;
            Says(message, "isn't an .npz file");
        }
    }

    /// <summary>Whatever byte is changed, it is a sentence or the sequences; nothing else is thrown.</summary>
    [Fact]
    public void Damaged_archives_are_sentences()
    {
        NpzFile.Write(At("mine.npz"), s_sound, compressed: true);
        var whole = File.ReadAllBytes(At("mine.npz"));
        var random = new Random(5);
        for (var i = 0; i < 400; i++)
        {
            var damaged = (byte[])whole.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(At("mine.npz"), damaged);
            try
            {
                Written(new OwnSequences { Sha256 = NpzFile.Sha256(At("mine.npz")) });
            }
            catch (FormatException refusal)
            {
                Assert.StartsWith($"{At("p.json")}: $.machines[0]", refusal.Message, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Its header promises more than it has, or it unpacks to far more than the file: neither is allocated.</summary>
    [Fact]
    public void Sizes_beyond_the_limit_are_refused_before_anything_is_allocated()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Says(
            Refusal(With("training_inputs", array => array with { Shape = "(1073741824, 32, 32)" })),
            "of shape (1073741824, 32, 32)", "at most 1,073,741,824 values");
        Says(Refusal(With("training_inputs", array => array with { Shape = "(99999999999999999999, 4, 2)" })), "without a shape");
        Says(Refusal(With("training_inputs", array => array with { Shape = "(67108864, 4, 2)" })), "where its shape needs 536,871,040");
        var many = Enumerable.Range(0, 12_000).Select(i => new NpzArray($"{new string('x', 60)}{i}", "()", [0]));
        Says(Refusal([.. s_sound, .. many]), "more files");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400 << 20);
    }

    /// <summary>Six arrays of zeros, each within the limit: together they aren't, and a file of a megabyte would take gigabytes.</summary>
    [Fact]
    public void An_archive_that_unpacks_to_gigabytes_is_refused_by_the_sizes_that_it_states()
    {
        var header = new NpzArray("x", "(8192, 4096, 8)", []).File;
        using (var stream = File.Create(At("mine.npz")))
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var array in s_sound)
            {
                using var target = archive.CreateEntry($"{array.Name}.npy", CompressionLevel.Fastest).Open();
                target.Write(header);
                var zeros = new byte[1 << 20];
                for (var i = 0; i < 256; i++) target.Write(zeros);
            }
        }

        var sha256 = NpzFile.Sha256(At("mine.npz"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Says(
            Assert.Throws<FormatException>(() => Written(new OwnSequences { Sha256 = sha256, Inputs = 8 })).Message,
            "has 1,610,612,736 bytes of values");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../mine.npz")]
    [InlineData("sub/../../mine.npz")]
    [InlineData("sub\\\\mine.npz")]
    [InlineData("")]
    public void A_path_that_leads_elsewhere_is_refused(string path)
    {
        var message = Assert.Throws<FormatException>(() => Written(new OwnSequences { File = path, Sha256 = new string('0', 64) })).Message;
        Says(message, "below the population file's folder");
    }

    [Fact]
    public void A_file_that_is_missing_or_no_file_is_told_by_its_place()
    {
        var population = new OwnSequences { Sha256 = new string('0', 64) };
        Says(Assert.Throws<FormatException>(() => Written(population)).Message, $"there is no file '{At("mine.npz")}'");
        Directory.CreateDirectory(At("mine.npz"));
        Says(Assert.Throws<FormatException>(() => Written(population)).Message, "is a folder, not a file");
        Says(Assert.Throws<FormatException>(() => Population.Parse(population.Json, "p.json")).Message, "where their population file is");
    }

    [Fact]
    public void Lines_that_do_not_fit_the_network_are_told_with_what_to_set()
    {
        var sha256 = NpzFile.Write(At("mine.npz"), s_sound);
        var message = Assert.Throws<FormatException>(() => Written(new OwnSequences { Sha256 = sha256, Inputs = 3 })).Message;
        Says(message, "Mine has 2 inputs, but the network takes 3; set network.inputs to 2");
    }

    [Fact]
    public void Keys_of_machines_have_no_place_in_the_entry()
    {
        var population = new OwnSequences { Sha256 = NpzFile.Write(At("mine.npz"), s_sound) };
        string Message(string more) => Assert.Throws<FormatException>(() => Written(population with { More = more })).Message;
        Says(Message(", \"data\": {\"training\": 8}"), "$.machines[0].data", "leave it out");
        Says(Message(", \"machine\": \"ParityMachine\""), "either 'machine' or 'sequences'");
        Says(Message(", \"colour\": 1"), "no such key");
        Assert.Equal(8, Written(population with { More = ", \"training\": {\"batch\": 8}" }).TrainingSpec("Mine").Batch);
    }

    [Fact]
    public void All_faults_of_a_population_are_collected_with_their_lines()
    {
        var text = new OwnSequences
        {
            Sha256 = new string('0', 64),
            More = ", \"data\": {}",
            Others = """, {"name": "ParityModified", "sequences": {"file": "../x.npz", "sha256": "short"}}, {"sequences": {}}""",
        }.Json;
        var (population, faults) = Population.Check(text, At("p.json"), TaskFiles.Beside(At("p.json")));
        Assert.Null(population);
        Assert.Equal(
            [
                "$.machines[0].data", "$.machines[0].sequences", "$.machines[1].sequences.file", "$.machines[2]",
                "$.machines[2].sequences",
            ],
            faults.Select(fault => fault.Path).Distinct().Order(StringComparer.Ordinal));
        var line = 1 + text[..text.IndexOf("\"machines\"", StringComparison.Ordinal)].Count(letter => letter == '\n');
        Assert.All(faults, fault => Assert.Equal(line, fault.Line));
    }

    /// <summary>Called like a keyed machine of the catalogue, it has no key all the same.</summary>
    [Fact]
    public void An_entry_of_sequences_has_no_key_to_plant()
    {
        var sha256 = NpzFile.Write(At("mine.npz"), s_sound);
        var text = new OwnSequences
        {
            Sha256 = sha256,
            Others = """, {"machine": "ParityMachine", "data": {"planted": {"key_of": "ParityModified", "one_in": 8}}}""",
        }.Json.Replace("\"Mine\"", "\"ParityModified\"");
        var (_, faults) = Population.Check(text, At("p.json"), TaskFiles.Beside(At("p.json")));
        Assert.Contains(
            faults, fault => fault.Path.EndsWith("key_of", StringComparison.Ordinal)
                && fault.Reason.Contains("ParityModified", StringComparison.Ordinal));
    }
}
