using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Cli.Tests.Machines;

public sealed class RandomMachinesTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_file_is_a_population_of_the_automata_drawn_with_their_states_as_a_factor()
    {
        var file = _scratch.In("six.json");
        var (code, output, error) = Draw(file, "--random", "6", "--seed", "7", "--states", "3..5", "--symbols", "4", "--outputs", "3");
        Assert.True(code == ExitCode.Success, error);
        Assert.Contains($"Written to {file}: 6 machines; `mlds generate {file}` trains their networks.", output, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(_scratch.Path));

        var population = Population.Read(file);
        Assert.Equal("six", population.Name);
        Assert.Equal(
            ["Automaton000", "Automaton001", "Automaton002", "Automaton003", "Automaton004", "Automaton005"], population.MachineNames);
        Assert.Equal(
            new RandomAutomata(7, 3, 5, 4, 3, 0.5).Draw(6), population.MachineNames.Select(name => population.Machine(name).Definition));
        Assert.Equal(
            ["3", "4", "5", "3", "4", "5"],
            population.MachineNames.Select(name => population.FactorsOf(name)["states"].ToString()));
        Assert.DoesNotContain(File.ReadAllLines(file), line => line.Length > 140);
    }

    /// <summary>The description is the command, so that anyone can draw the set again.</summary>
    [Fact]
    public void The_command_in_the_description_writes_the_same_file()
    {
        var (first, again) = (_scratch.File("a/set.json"), _scratch.File("b/set.json"));
        Assert.Equal(ExitCode.Success, Draw(first, "--random", "4", "--seed", "9", "--states", "4", "--stay", "0.25").ExitCode);
        var command = Population.Read(first).Description.Split('`')[1].Split(' ');
        Assert.Equal(["mlds", "machines"], command[..2]);

        Assert.Equal(ExitCode.Success, Draw(again, command[2..]).ExitCode);
        Assert.Equal(File.ReadAllText(first), File.ReadAllText(again));
    }

    [Fact]
    public void Ds3_is_what_the_command_in_its_description_writes()
    {
        var shipped = Path.Combine(AppContext.BaseDirectory, "populations", "ds3.json");
        var file = _scratch.In("ds3.json");
        Assert.Equal(ExitCode.Success, Draw(file, Population.Read(shipped).Description.Split('`')[1].Split(' ')[2..]).ExitCode);
        Assert.Equal(File.ReadAllText(shipped), File.ReadAllText(file));
        Assert.Equal(100, Population.Read(shipped).MachineNames.Count);
    }

    [Fact]
    public void As_json_it_says_how_hard_each_is()
    {
        var file = _scratch.In("two.json");
        var document = MldsCommand.Json("machines", "--random", "2", "--seed", "1", "--states", "3..4", "--out", file);
        var population = Population.Read(file);
        Assert.Equal(("two", population.Sha256, file), (Text("population"), Text("population_sha256"), Text("file")));
        foreach (var machine in document["machines"]!.AsArray())
        {
            var difficulty = MachineDifficulty.Of(population.Machine(machine!["name"]!.GetValue<string>()));
            var told = machine["difficulty"]!["told_by_last"]!.AsArray().Select(share => share!.GetValue<double>());
            Assert.Equal(difficulty.States, machine["difficulty"]!["states"]!.GetValue<int>());
            Assert.Equal(difficulty.ToldByLast, told);
            Assert.Equal(difficulty.ConstantError, machine["difficulty"]!["constant_error"]!.GetValue<double>());
        }

        string Text(string key) => document[key]!.GetValue<string>();
    }

    [Theory]
    [InlineData("--random needs --seed too, as in `mlds machines --random", "--random", "3", "--states", "3..4")]
    [InlineData("--random needs --states too", "--random", "3", "--seed", "1")]
    [InlineData("--random takes 1 … 10000, not 0.", "--random", "0", "--seed", "1", "--states", "3..4")]
    [InlineData("--states takes two numbers, the smaller first, as in 3..12", "--random", "3", "--seed", "1", "--states", "4..3")]
    [InlineData("--states takes two numbers", "--random", "3", "--seed", "1", "--states", "3..4..5")]
    [InlineData("--states takes two numbers", "--random", "3", "--seed", "1", "--states", "few")]
    [InlineData("Random automata have 2 to 1000 states, not 1.", "--random", "3", "--seed", "1", "--states", "1..4")]
    [InlineData(
        "Random automata have 1 to 10 symbols, not 11.", "--random", "3", "--seed", "1", "--states", "3..4", "--symbols", "11")]
    [InlineData("The probability that a symbol stays is 0 to 1, not 2.", "--random", "3", "--seed", "1", "--states", "3..4", "--stay", "2")]
    [InlineData(
        "Automaton 0 of 5 states can't be drawn: of 10,000 tables", "--random", "3", "--seed", "1", "--states", "5", "--stay", "1")]
    [InlineData("--random draws new machines, so that 'ParityMachine' has no place here", "ParityMachine", "--random", "3")]
    [InlineData("--population is about a machine that is there already", "--random", "3", "--population", "ds1")]
    [InlineData("--seed belongs to --random, as in `mlds machines --random", "--seed", "1")]
    public void What_cannot_be_drawn_is_told_in_one_sentence_and_nothing_is_written(string sentence, params string[] args)
    {
        var file = _scratch.In("none.json");
        var (code, output, error) = Draw(file, args);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Empty(output);
        Assert.StartsWith($"mlds: {sentence}", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(letter => letter == '\n'));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void A_file_whose_name_is_no_name_of_a_population_isn_t_written()
    {
        var file = _scratch.In("my set.json");
        var (code, _, error) = Draw(file, "--random", "2", "--seed", "1", "--states", "3");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("$.name: 'my set' is no name", error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void A_file_that_is_there_stays()
    {
        var file = _scratch.In("mine.json");
        File.WriteAllText(file, "mine");
        var (code, _, error) = Draw(file, "--random", "2", "--seed", "1", "--states", "3");
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("is already there; give another --out, or delete it.", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(file));
    }

    [Fact]
    public void Superfluous_states_of_a_table_are_named_in_the_listing_and_where_it_is_described()
    {
        const string Sentence = "State 3 can't be reached; states 1 and 2 answer every word alike.";
        var file = _scratch.In("flawed.json");
        var definition = new AutomatonDefinition(2, 8, 0, [[1, 2], [0, 1], [0, 2], [0, 0]], [0, 255, 255, 1]);
        File.WriteAllText(file, definition.ToText());
        var population = JsonNode.Parse(Population.Read(Path.Combine(AppContext.BaseDirectory, "populations", "ds1.json")).CanonicalJson)!;
        population["network"]!["inputs"] = 2;
        var sound = definition with { Next = [[1, 2], [0, 1], [2, 3], [3, 0]] };
        population["machines"] = new JsonArray(
            new JsonObject { ["name"] = "Flawed", ["machine"] = definition.ToJson() },
            new JsonObject { ["name"] = "Sound", ["machine"] = sound.ToJson() });
        var plan = _scratch.In("plan.json");
        File.WriteAllText(plan, population.ToJsonString());

        Assert.Contains($"\n              {Sentence}\n", MldsCommand.Run("machines", file).Output, StringComparison.Ordinal);
        Assert.EndsWith($"\nFlawed: {Sentence}\n", MldsCommand.Run("machines", plan).Output, StringComparison.Ordinal);
        Assert.Equal(
            """{"unreachable":[3],"equal":[[1,2]]}""", MldsCommand.Json("machines", file)["superfluous_states"]!.ToJsonString());
    }

    static Command Draw(string file, params string[] args) => MldsCommand.Run(["machines", .. args, "--out", file]);
}
