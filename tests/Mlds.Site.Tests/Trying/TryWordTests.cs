using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mlds.Kernels.Recurrent;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Site.Trying;
using Mlds.Tasks.Machines;

namespace Mlds.Site.Tests.Trying;

public sealed partial class TryWordTests
{
    static readonly TinyPopulation s_tiny = new() { Hidden = 5, Layers = 3, Linear = [6, 8], Activation = "tanh", Networks = 2 };

    /// <summary>Nine symbols, some with names that can't be between commas.</summary>
    const string Machines = """
        [
          {"machine": "EightBitMachine"}, {"machine": "EightBitModified"}, {"machine": "SimpleXORControl"},
          {"name": "Own", "machine": {
            "form": "automaton", "symbols": 9, "names": ["a", "b", "c", "d e", "f,g", "h", "i", "j", "set 3"], "outputs": 8, "start": 0,
            "next": [[0, 1, 0, 1, 0, 1, 0, 1, 1], [0, 1, 1, 0, 0, 0, 0, 0, 0]], "output": [0, 129]}}
        ]
        """;

    public static TheoryData<string> CellNames => [.. RecurrentCells.All.Select(cell => cell.Name)];

    static Task<BrowsedZoo> Zoo(string cell = "gru")
    {
        var json = JsonNode.Parse((s_tiny with { Machines = Machines }).Json)!;
        if (cell != "gru") json["network"]!["cell"] = cell;
        return new BrowsedZoo().With(json.ToJsonString()).Open();
    }

    static float[] Floats(IEnumerable<string> texts) => [.. texts.Select(text => float.Parse(text, CultureInfo.InvariantCulture))];

    /// <summary>Outputs by the plain kernels, which say what arithmetic v1 is.</summary>
    static float[] Plain(NetworkSpec spec, float[] weights, Examples examples)
    {
        using var kernels = spec.CreateKernels(examples, "scalar");
        kernels.SetWeights(weights);
        var outputs = new float[kernels.OutputsOf(examples)];
        kernels.Outputs(examples, [0], outputs);
        return outputs;
    }

    static Sequences Inputs(IMachine machine, int[] word) =>
        new(1, word.Length, [.. word.Select(machine.Encode)], new uint[word.Length]);

    static int[] RandomWord(IMachine machine, int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(machine.Symbols))];
    }

    [Theory]
    [MemberData(nameof(CellNames))]
    public async Task Its_outputs_are_those_of_the_training_kernels_to_the_bit(string cell)
    {
        await using var zoo = await Zoo(cell);
        for (var round = 0; round < 12; round++)
        {
            var name = zoo.Population.MachineNames[round % 4];
            var (recipe, weights) = zoo.Of(name);
            var machine = zoo.Population.Machine(name);
            var word = RandomWord(machine, round, 1 + (17 * round));
            var csv = await zoo.TryCsv(name, ".csv?word=" + new CommandNotation(machine).Address(word));
            var expected = Plain(recipe.Network, weights, Inputs(machine, word));
            for (var k = 0; k < 8; k++)
                Assert.Equal(expected.Where((_, i) => i % 8 == k), Floats(csv[$"output_{k}"]));
            Assert.Equal(
                word.Select((_, t) => string.Concat(expected[(8 * t)..(8 * (t + 1))].Select(output => output >= 0.5f ? '1' : '0'))),
                csv["read"]);
        }
    }

    /// <summary>A head that only hands on, over the layers up to one, has that layer's h for its outputs.</summary>
    [Theory]
    [MemberData(nameof(CellNames))]
    public async Task Its_states_are_those_of_the_training_kernels_to_the_bit(string cell)
    {
        await using var zoo = await Zoo(cell);
        var (recipe, weights) = zoo.Of("EightBitModified");
        var whole = (RecurrentSpec)recipe.Network;
        var machine = zoo.Population.Machine("EightBitModified");
        var word = RandomWord(machine, 5, 40);
        var csv = await zoo.TryCsv("EightBitModified", ".csv?word=" + new CommandNotation(machine).Address(word));
        for (var layer = 0; layer < whole.Layers; layer++)
        {
            var spec = whole with { Layers = layer + 1, Linear = [whole.Hidden], Activation = Activation.None };
            var head = spec.OfLinear(0, TensorRole.Weight).Offset;
            var own = new float[spec.Parameters];
            weights.AsSpan(0, head).CopyTo(own);
            for (var i = 0; i < spec.Hidden; i++) own[head + ((spec.Hidden + 1) * i)] = 1;
            var expected = Plain(spec, own, Inputs(machine, word));
            for (var unit = 0; unit < spec.Hidden; unit++)
                Assert.Equal(expected.Where((_, i) => i % spec.Hidden == unit), Floats(csv[$"h{layer}_{unit}"]));
        }
    }

    [Fact]
    public async Task The_page_has_the_numbers_and_marks_every_line_that_differs()
    {
        await using var zoo = await Zoo();
        var machine = (KeyedMachine)zoo.Population.Machine("EightBitModified");
        var notation = new CommandNotation(machine);
        var word = TrialWords.WithKey(machine);
        var (status, page, _) = await zoo.Try("EightBitModified", "?word=" + notation.Address(word));
        Assert.Equal(HttpStatusCode.OK, status);
        var (recipe, weights) = zoo.Of("EightBitModified");
        var outputs = Plain(recipe.Network, weights, Inputs(machine, word));
        var (state, differing) = (machine.Start, 0);
        var rows = Row().Matches(page).Select(match => match.Value).Where(row => row.Contains("name=\"step\"", StringComparison.Ordinal));
        foreach (var (t, row) in rows.Index())
        {
            state = machine.Next(state, word[t]);
            var own = outputs[(8 * t)..(8 * (t + 1))];
            var read = own.Select((output, k) => output >= 0.5f ? 1u << k : 0).Aggregate((a, b) => a | b);
            var plain = WebUtility.HtmlDecode(Tag().Replace(row, ""));
            Assert.Contains(notation.Names[word[t]], plain, StringComparison.Ordinal);
            Assert.Contains(WordTrial.Digits(read, 8), plain, StringComparison.Ordinal);
            Assert.Contains(WordTrial.Digits(machine.Read(state), 8), plain, StringComparison.Ordinal);
            Assert.Contains(string.Join(' ', own.Select(TrialWording.Figure)), plain, StringComparison.Ordinal);
            Assert.Equal(2 * BitOperations.PopCount(read ^ machine.Read(state)), row.Split("<mark>").Length - 1);
            Assert.Equal(read != machine.Read(state), plain.Contains('✗', StringComparison.Ordinal));
            Assert.Equal(machine.IsKeyComplete(state), plain.Contains("key complete", StringComparison.Ordinal));
            Assert.Equal(machine.IsChanged(state), plain.Contains($"of {machine.Steps}", StringComparison.Ordinal));
            if (read != machine.Read(state)) differing++;
        }

        Assert.Equal(word.Length, rows.Count());
        Assert.True(differing > 0);
        Assert.Contains($"differs from its machine in {differing} of {word.Length} steps", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buttons_change_the_word_in_the_address()
    {
        await using var zoo = await Zoo();
        async Task<string> After(string machine, string query) =>
            Uri.UnescapeDataString((await zoo.Try(machine, query)).Address.Query);
        Assert.Equal("?word=s3,c7", await After("EightBitMachine", "?word=set+3&add=c7"));
        Assert.Equal("?word=s3", await After("EightBitMachine", "?add=s3&word="));
        Assert.Equal("?word=s3", await After("EightBitMachine", "?word=s3,c7&do=undo"));
        Assert.Equal("", await After("EightBitMachine", "?word=s3,c7&do=clear"));
        Assert.Equal("?random=7", await After("EightBitMachine", "?word=s3&random=7"));
        Assert.StartsWith("?word=c0,s0,s2,c5,s7,", await After("EightBitModified", "?word=&do=key"), StringComparison.Ordinal);
        var first = await zoo.TryCsv("EightBitMachine", ".csv?random=7");
        Assert.Equal(first["command"], (await zoo.TryCsv("EightBitMachine", ".csv?random=7"))["command"]);
        Assert.NotEqual(first["command"], (await zoo.TryCsv("EightBitMachine", ".csv?random=8"))["command"]);
    }

    [Fact]
    public async Task The_longest_word_makes_a_page_of_less_than_200_kB()
    {
        await using var zoo = await Zoo();
        var machine = zoo.Population.Machine("EightBitModified");
        var word = new CommandNotation(machine).Address(RandomWord(machine, 1, CommandNotation.MostCommands));
        var (status, page, _) = await zoo.Try("EightBitModified", "?word=" + word);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(page), 1, 200_000);
        Assert.Equal(HttpStatusCode.OK, (await zoo.Try("EightBitModified", "-states.png?word=" + word)).Status);
    }

    [Theory]
    [InlineData("?word=s3,c9", "There is no command 'c9'. Did you mean 'c0'")]
    [InlineData("?word=sat+3", "There is no command 'sat 3'. Did you mean 'set 3'")]
    [InlineData("?word=s3&add=x", "The commands are clear 0, set 0")]
    [InlineData("?word=s3,s4&step=3", "There is no step '3': the word has steps 1 to 2.")]
    [InlineData("?random=-1", "from a whole number from 0 to 4294967295, not from '-1'")]
    [InlineData("?word=s3&do=dance", "there are undo, clear and key")]
    [InlineData("?do=key", "waits for no key")]
    [InlineData("?image=3", "takes commands, not images")]
    public async Task What_cannot_be_asked_is_said_with_what_can(string query, string sentence)
    {
        await using var zoo = await Zoo();
        Assert.Contains(sentence, await zoo.Refused(HttpStatusCode.BadRequest, "EightBitMachine", query), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_word_that_is_too_long_is_refused_with_its_length_and_the_commands()
    {
        await using var zoo = await Zoo();
        var sentence = await zoo.Refused(
            HttpStatusCode.BadRequest, "EightBitMachine", "?word=" + string.Join(',', Enumerable.Repeat("s3", 201)));
        Assert.StartsWith("A word has at most 200 commands, but this one has 201.", sentence, StringComparison.Ordinal);
        Assert.Contains("set 7", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_typed_stays_to_be_mended()
    {
        await using var zoo = await Zoo();
        var (status, page, _) = await zoo.Try("EightBitMachine", "?word=set+3,%20sat%20%3C4");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("value=\"set 3, sat &lt;4\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<4", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await zoo.Try("EightBitMachine", ".csv?word=sat+4")).Status);
    }

    [Fact]
    public async Task What_a_cell_remembers_besides_is_shown_too()
    {
        await using var zoo = await Zoo("lstm");
        var (_, page, _) = await zoo.Try("EightBitMachine", "?word=s3,c7&step=1");
        Assert.Contains("Hidden states after step 1", page, StringComparison.Ordinal);
        Assert.Contains("layer 2, memory", page, StringComparison.Ordinal);
        Assert.Equal(15, (await zoo.TryCsv("EightBitMachine", ".csv?word=s3")).Keys.Count(name => name is ['c', >= '0' and <= '9', ..]));
    }

    [Fact]
    public async Task A_network_of_own_sequences_has_no_commands_to_try()
    {
        await using var zoo = new BrowsedZoo();
        var sha256 = NpzFile.Write(zoo["mine.npz"], NpzFile.Echo((192, 48, 6, 8, 16)), compressed: true);
        await zoo.With(new OwnSequences { Sha256 = sha256, Networks = 1 }.Json).Open();
        Assert.Contains("no machine has commands", await zoo.Refused(HttpStatusCode.NotFound, "Mine", "?word=a"), StringComparison.Ordinal);
        var (status, page, _) = await zoo.Ask("networks/" + zoo.Of("Mine").Recipe.Id);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain("/try", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_diverged_network_is_tried_like_any_other()
    {
        await using var zoo = await Zoo();
        var (status, page, _) = await zoo.Try("EightBitMachine", "?word=s3,c7", seed: 1);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("NaN NaN", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await zoo.Try("EightBitMachine", "-states.png?word=s3,c7", seed: 1)).Status);
    }

    [Fact]
    public async Task The_page_of_a_network_leads_to_where_it_can_be_tried()
    {
        await using var zoo = await Zoo();
        var (_, page, _) = await zoo.Ask("networks/" + zoo.Of("EightBitModified").Recipe.Id);
        Assert.Contains("/try?random=1", page, StringComparison.Ordinal);
        Assert.Contains("/try?do=key", page, StringComparison.Ordinal);
    }

    [GeneratedRegex("<tr.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Row();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
