using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Cli.Machines;
using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Cli.Tests.Machines;

public sealed class MachinesVerbTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_table_lists_every_machine_of_the_catalogue()
    {
        var (code, output, _) = Run();
        Assert.Equal(ExitCode.Success, code);
        Assert.All(
            MachineCatalogue.Names,
            name => Assert.Contains(output.Split('\n'), line => line.StartsWith(name + " ", StringComparison.Ordinal)));
        Assert.Contains(
            output.Split('\n'), line => Words(line) == "SingleDirectModified 0 of 8 16 256 set 3, clear 6, set 1 → inverted for 4");
    }

    [Fact]
    public void The_table_as_json_says_the_same()
    {
        var machines = Json()["machines"]!.AsArray();
        Assert.Equal(MachineCatalogue.Names, machines.Select(machine => machine!["name"]!.GetValue<string>()));
        var parity = machines.Single(machine => machine!["name"]!.GetValue<string>() == "ParityControl")!;
        Assert.Equal("[2,9,12]", parity["key"]!.ToJsonString());
        Assert.Equal("hold", parity["rule"]!.GetValue<string>());
        Assert.Equal(16 * parity["states"]!.GetValue<int>(), parity["transitions"]!.GetValue<int>());
    }

    [Fact]
    public void A_keyed_machine_is_described_with_its_key_at_work()
    {
        var (code, output, _) = Run("ParityModified");
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains(
            "key         clear 1, set 4, clear 6; after it the live outputs of the next 4 steps are inverted",
            output, StringComparison.Ordinal);
        Assert.Contains("1,344 states, 21,504 transitions; the definition is minimal", output, StringComparison.Ordinal);
        Assert.Contains("key complete", output, StringComparison.Ordinal);
        Assert.Contains("inverted 4 of 4", output, StringComparison.Ordinal);
        Assert.Contains("so the goal needs at least", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_of_every_machine_is_what_the_machine_answers() =>
        Assert.All(MachineCatalogue.Names, name =>
        {
            var machine = MachineCatalogue.Build(name);
            var state = machine.Start;
            var steps = Json(name)["example"]!.AsArray();
            foreach (var step in steps)
            {
                state = machine.Next(state, step!["symbol"]!.GetValue<int>());
                Assert.Equal(MachineWords.Digits(machine, machine.Read(state)), step["outputs"]!.GetValue<string>());
            }

            if (machine is KeyedMachine)
                Assert.Contains(steps, step => step!["outputs"]!.GetValue<string>() != step["without_key"]!.GetValue<string>());
        });

    [Fact]
    public void The_automaton_it_writes_is_the_same_machine_again()
    {
        var target = _scratch.In("xor.json");
        Assert.Equal(ExitCode.Success, Run("SimpleXORModified", "--automaton", target).ExitCode);
        var automaton = MachineDefinition.Read(StrictJson.Parse(File.ReadAllText(target), target)).Build();
        Assert.True(MinimalAutomaton.Of(automaton).BehavesAs(MinimalAutomaton.Of(MachineCatalogue.Build("SimpleXORModified"))));
        Assert.Equal("set 3", automaton.Describe(7));

        var (code, output, _) = Run(target);
        Assert.Equal(ExitCode.Success, code);
        Assert.StartsWith("xor\n", output, StringComparison.Ordinal);
        Assert.Contains("32 states, 512 transitions; the definition is minimal", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_population_s_machines_are_listed_and_described_by_their_names_there()
    {
        var file = _scratch.In("mine.json");
        var population = JsonNode.Parse(Population.Read(Shipped("ds1")).CanonicalJson)!;
        population["machines"] = JsonNode.Parse(
            """
            ["SimpleXORMachine", {"name": "Three", "machine":
              {"form": "register", "bits": 8, "outputs": 8, "lines": [{"line": 2, "xor": [0, 1, 2], "invert": true}]}}]
            """);
        File.WriteAllText(file, population.ToJsonString());
        Assert.Equal(
            ["SimpleXORMachine", "Three"], Json(file)["machines"]!.AsArray().Select(machine => machine!["name"]!.GetValue<string>()));
        Assert.Equal(Json(file).ToJsonString(), Json("--population", file).ToJsonString());
        var (code, output, _) = Run("Three", "--population", file);
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("y2 = not (R0 xor R1 xor R2); the others are always 0", output, StringComparison.Ordinal);
        Assert.Contains("8 states, 128 transitions; the definition has 256 states", output, StringComparison.Ordinal);

        var (wrong, _, error) = Run("Tree", "--population", file);
        Assert.Equal(ExitCode.Usage, wrong);
        Assert.Contains("'Three'", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mlds: There is no machine 'PartyMachine'. Did you mean 'ParityMachine'? Machines: ", "PartyMachine")]
    [InlineData("mlds: There is no file 'nowhere.json'; give a machine's name, its definition or a population.", "nowhere.json")]
    [InlineData("mlds: --automaton writes one machine's automaton; name the machine", "--automaton", "x.json")]
    public void What_cannot_be_is_told_in_one_sentence(string sentence, params string[] args)
    {
        var (code, output, error) = Run(args);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Empty(output);
        Assert.StartsWith(sentence, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(letter => letter == '\n'));
    }

    [Fact]
    public void A_wrong_definition_is_told_its_place()
    {
        var file = _scratch.In("bad.json");
        File.WriteAllText(file, """{"form": "register", "bits": 8, "outputs": 8, "lines": [{"line": 0, "xor": [9]}]}""");
        var (code, _, error) = Run(file);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(
            "bad.json: $: The numbers of the register bits of line 0 must ascend from 0 to at most 7", error, StringComparison.Ordinal);
    }

    static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    static string Shipped(string name) => Path.Combine(AppContext.BaseDirectory, "populations", name + ".json");

    static JsonNode Json(params string[] args)
    {
        var (code, output, _) = Run([.. args, "--json"]);
        Assert.Equal(ExitCode.Success, code);
        return JsonNode.Parse(output)!;
    }

    static Command Run(params string[] args) => MldsCommand.Run(["machines", .. args]);
}
