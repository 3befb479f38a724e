using System.Text.Json.Nodes;
using Mlds.Zoos.Planning;
using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests.Planning;

/// <summary>mlds plan and the gate that its verdict is; the formats are those of docs/formats/cli-json.md and plan.md.</summary>
public sealed class PlanVerbTests : IDisposable
{
    static readonly TinyPopulation s_tiny = new();

    /// <summary>The second machine has an epoch to learn in, which nobody could.</summary>
    static readonly TinyPopulation s_hopeless = s_tiny with
    {
        Machines = """["SingleDirectMachine", {"machine": "SimpleXORMachine", "training": {"epoch_limit": 1}}]""",
    };

    readonly ScratchFolder _scratch = new();

    public PlanVerbTests() => Write(s_tiny);

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    string Population => At("tiny.json");

    string VerdictFile => At("tiny.plan.json");

    void Write(TinyPopulation population) => File.WriteAllText(Population, population.Json);

    void Fails(int expected, string says, params string[] args)
    {
        var before = Directory.GetFileSystemEntries(_scratch.Path).Order().ToArray();
        var (code, output, error) = Run(args);
        Assert.Equal((expected, ""), (code, output));
        Assert.StartsWith("mlds: ", error);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Contains(says, error);
        Assert.DoesNotContain("internal error", error);
        Assert.Equal(before, Directory.GetFileSystemEntries(_scratch.Path).Order());
    }

    JsonObject Plan(params string[] args) => Json(["plan", Population, "--seconds", "60", .. args]);

    [Fact]
    public void A_plan_says_what_the_population_takes_and_writes_nothing_but_its_verdict()
    {
        var plan = Plan("--networks", "40", "--zoo", At("z"));
        Assert.Equal([Population, VerdictFile], Directory.GetFileSystemEntries(_scratch.Path).Order());
        Assert.Equal(VerdictFile, (string?)plan["verdict"]);
        Assert.Equal((80, 0, 0), ((int)plan["to_train"]!, plan["refused"]!.AsArray().Count, plan["not_tried"]!.AsArray().Count));
        Assert.All(plan["machines"]!.AsArray(), machine =>
        {
            Assert.Equal((40, 0, 40), ((int)machine!["asked"]!, (int)machine["in_zoo"]!, (int)machine["to_train"]!));
            Assert.Equal(2, (int)machine["measured"]!);
            Assert.InRange((double)machine["difficulty"]!["plateau_loss"]!, 0.001, 0.25);
            foreach (var forecast in new[]
            {
                "epochs", "core_seconds", "converged", "not_converged", "diverged", "bytes", "release_bytes",
            })
            {
                IsForecast(machine[forecast]!);
            }
        });
        foreach (var forecast in new[] { "seconds", "tail_seconds", "core_seconds", "bytes", "release_bytes" }) IsForecast(plan[forecast]!);
        foreach (var forecast in new[] { "units", "results", "upload_bytes", "core_seconds" }) IsForecast(plan["volunteers"]![forecast]!);
    }

    [Fact]
    public void A_quorum_of_two_doubles_what_volunteers_do()
    {
        var one = Plan("--networks", "40")["volunteers"]!;
        var two = Plan("--networks", "40", "--quorum", "2")["volunteers"]!;
        Assert.Equal((double)one["units"]!["expected"]!, (double)two["units"]!["expected"]!);
        foreach (var doubled in new[] { "results", "upload_bytes", "core_seconds" })
            Assert.Equal(2 * (double)one[doubled]!["expected"]!, (double)two[doubled]!["expected"]!, 6);
    }

    [Fact]
    public void A_pilot_is_the_network_that_generate_makes()
    {
        var plan = Plan();
        Assert.Equal(0, Run("generate", Population, "--networks", "2", "--zoo", At("z")).ExitCode);
        Assert.All(plan["machines"]!.AsArray(), machine => Assert.All(machine!["pilots"]!.AsArray(), pilot =>
        {
            var network = Json("zoo", At("z"), "show", $"{machine["name"]}/{pilot!["seed"]}");
            Assert.Equal((string?)network["weights_sha256"], (string?)pilot["weights_sha256"]);
            Assert.Equal((string?)network["outcome"], (string?)pilot["outcome"]);
        }));
    }

    [Fact]
    public void A_zoo_is_taken_into_account()
    {
        Run("generate", Population, "--zoo", At("z"));
        var before = File.ReadAllBytes(Path.Combine(At("z"), "zoo.db"));
        var rest = Plan("--networks", "4", "--zoo", At("z"));
        Assert.Equal(2, (int)rest["to_train"]!);
        Assert.All(rest["machines"]!.AsArray(), machine => Assert.Equal(
            (3, 3, 0), ((int)machine!["in_zoo"]!, (int)machine["known"]!, (int)machine["measured"]!)));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(At("z"), "zoo.db")));
        Assert.Contains("Nothing to train", Run("plan", Population, "--networks", "3", "--zoo", At("z")).Output);

        File.WriteAllText(At("other.json"), s_tiny.Json.Replace("For tests.", "For other tests."));
        Fails(1, "another version of the population", "plan", At("other.json"), "--zoo", At("z"));
    }

    [Fact]
    public void Zoo_and_release_get_about_as_large_as_was_said()
    {
        Run("generate", Population, "--networks", "20", "--zoo", At("z"));
        var before = (double)Json("zoo", At("z"))["bytes"]!;
        var growth = (double)Plan("--networks", "120", "--zoo", At("z"))["bytes"]!["expected"]!;
        Run("generate", Population, "--networks", "120", "--zoo", At("z"));
        Assert.InRange(growth / ((double)Json("zoo", At("z"))["bytes"]! - before), 0.8, 1.25);

        var said = (double)Plan("--networks", "120", "--pilots", "10")["release_bytes"]!["expected"]!;
        Assert.InRange(said / (double)Json("release", At("z"), "--out", At("r"))["bytes"]!, 0.9, 1.1);
    }

    [Fact]
    public void A_goal_that_is_reached_without_knowing_a_command_is_remarked_on()
    {
        Write(s_tiny with { GoalLoss = 0.2 });
        Assert.Contains("SimpleXORMachine: its goal_loss of 0.2 says little", Run("plan", Population).Output);
        Write(s_tiny with { GoalLoss = 0.004 });
        Assert.DoesNotContain("says little", Run("plan", Population).Output);
    }

    [Fact]
    public void The_verdict_is_kept_and_only_what_changed_is_trained_again()
    {
        Plan();
        var first = Verdict.Read(VerdictFile)!;
        Plan();
        Same(first, Verdict.Read(VerdictFile)!, "SingleDirectMachine", "SimpleXORMachine");

        Write(s_tiny with
        {
            Machines = """["SingleDirectMachine", {"machine": "SimpleXORMachine", "training": {"batch": 16}}]""",
        });
        Plan();
        var changed = Verdict.Read(VerdictFile)!;
        Same(first, changed, "SingleDirectMachine");
        Assert.NotEqual(first.Machines[1].RecipeSha256, changed.Machines[1].RecipeSha256);
        Assert.NotEqual(first.Machines[1].Pilots[0].WeightsSha256, changed.Machines[1].Pilots[0].WeightsSha256);

        // Seconds would differ if it had been trained again.
        static void Same(Verdict before, Verdict after, params string[] names) => Assert.All(names, name => Assert.Equal(
            before.Machines.Single(machine => machine.Name == name).Pilots, after.Machines.Single(machine => machine.Name == name).Pilots));
    }

    [Fact]
    public void Generate_refuses_machines_that_no_pilot_learned()
    {
        Write(s_hopeless);
        var (code, output, _) = Run("plan", Population, "--json");
        var plan = JsonNode.Parse(output)!;
        Assert.Equal(1, code);
        Assert.Equal(["SimpleXORMachine"], plan["refused"]!.AsArray().Select(name => (string?)name));
        Assert.Contains("refused", Run("plan", Population).Output);

        string[] generate = ["generate", Population, "--networks", "1", "--zoo", At("z")];
        Fails(2, "no pilot learned SimpleXORMachine (seed 0 not converged after 1 epochs, validation loss 0.", generate);
        Fails(2, "; a constant answer gives 0.", generate);
        Fails(2, "or train it nevertheless with --ungated", generate);
        Assert.Equal(0, Run([.. generate, "--ungated"]).ExitCode);
        Assert.True(Directory.Exists(At("z")));
    }

    [Fact]
    public void Work_is_not_made_of_machines_that_no_pilot_learned()
    {
        Write(s_hopeless);
        Run("plan", Population);
        Assert.Equal(0, Run("project", "init", At("p")).ExitCode);
        Fails(2, "no pilot learned SimpleXORMachine", "project", "work", "add", Population, "--networks", "1", "-p", At("p"));
        Fails(2, "no pilot learned SimpleXORMachine", "project", "work", "add", Population, "--networks", "1", "--official", At("w"));
        Assert.Equal(0, Run("project", "work", "add", Population, "--networks", "1", "-p", At("p"), "--ungated").ExitCode);
    }

    [Fact]
    public void A_sweep_in_which_no_pilot_reaches_the_goal_is_not_refused_since_failing_is_what_it_is_about()
    {
        Write(s_hopeless with { Vary = """{"grid": {"training.learning_rate": [0.001, 0.01]}}""" });
        var (code, plan) = (Run("plan", Population).ExitCode, Json("plan", Population));
        Assert.Equal((0, 0), (code, plan["refused"]!.AsArray().Count));
        Assert.Equal(0, Run("generate", Population, "--networks", "1", "--zoo", At("z")).ExitCode);
    }

    [Fact]
    public void A_verdict_on_another_recipe_refuses_nothing()
    {
        Write(s_hopeless);
        Run("plan", Population);
        Write(s_tiny);
        Assert.Equal(0, Run("generate", Population, "--networks", "1", "--zoo", At("z")).ExitCode);
    }

    [Fact]
    public void Where_nothing_was_tried_nothing_is_refused()
    {
        // Enough to do, with a goal that nobody reaches, that the time is over before the second machine's turn.
        Write(s_hopeless with { Data = (4096, 64, 64, 8, 32), GoalLoss = 1e-30, EpochLimit = 1_000_000 });
        var plan = Json("plan", Population, "--seconds", "1", "--threads", "1");
        Assert.Equal(["SimpleXORMachine"], plan["not_tried"]!.AsArray().Select(name => (string?)name));
        var unfinished = Verdict.Read(VerdictFile)!.Machines[0].Begun.Single().State.Epoch;
        Assert.InRange((int)plan["machines"]![0]!["longest_unfinished"]!, unfinished, unfinished);

        // The same command goes on from there.
        Json("plan", Population, "--seconds", "1", "--threads", "1");
        Assert.InRange(Verdict.Read(VerdictFile)!.Machines[0].Begun.Single().State.Epoch, unfinished + 1, int.MaxValue);
        Assert.Contains("not tried", Run("plan", Population, "--seconds", "1", "--threads", "1").Output);
    }

    [Fact]
    public void All_faults_of_a_file_are_told_at_once()
    {
        File.WriteAllText(
            Population, s_tiny.Json.Replace("\"hidden\": 4", "\"hidden\": 4, \"cell\": \"gruu\"").Replace("\"batch\": 32", "\"batch\": 0"));
        var (code, output, error) = Run("plan", Population);
        Assert.Equal((2, ""), (code, output));
        var lines = error.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Contains("$.network.cell: there is no 'gruu'. Did you mean 'gru'?", lines[0]);
        Assert.StartsWith($"{Population}:", lines[1]);
        Assert.Contains("$.defaults.training.batch", lines[1]);
        Assert.Equal($"mlds: '{Population}' has the 2 faults above; nothing was trained or written.", lines[2]);

        var document = JsonNode.Parse(Run("plan", Population, "--json").Output)!;
        Assert.Equal(
            ["$.network.cell", "$.defaults.training.batch"], document["faults"]!.AsArray().Select(fault => (string?)fault!["path"]));
        Assert.Equal([Population], Directory.GetFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public void An_unknown_cell_is_a_sentence()
    {
        File.WriteAllText(Population, s_tiny.Json.Replace("\"hidden\": 4", "\"hidden\": 4, \"cell\": \"gruu\""));
        Fails(2, "Did you mean 'gru'?", "plan", Population);
    }

    [Theory]
    [InlineData("--seconds", "0", "--seconds takes 1")]
    [InlineData("--seconds", "NaN", "--seconds takes 1")]
    [InlineData("--pilots", "0", "--pilots takes 1")]
    [InlineData("--threads", "0", "--threads takes 1")]
    [InlineData("--networks", "0", "--networks takes 1")]
    [InlineData("--quorum", "0", "--quorum takes 1")]
    public void Numbers_out_of_range_are_a_sentence(string option, string value, string says) =>
        Fails(2, says, "plan", Population, option, value);

    [Fact]
    public void Only_a_file_has_a_place_beside_it()
    {
        Fails(2, "is a folder", "plan", _scratch.Path);
        Fails(2, "There is no population file", "plan", At("none.json"));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(0, Command.Run("mkfifo", [At("pipe.json")], _scratch.Path, TimeSpan.FromSeconds(10)).ExitCode);
        Fails(2, "is a FIFO; a plan keeps its verdict beside the population", "plan", At("pipe.json"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"plan\": 1, \"population\": \"tiny\"}")]
    [InlineData("{\"plan\": 2, \"population\": \"tiny\", \"machines\": []}")]
    public void A_damaged_verdict_is_a_sentence_and_is_left_alone(string text)
    {
        File.WriteAllText(VerdictFile, text);
        Fails(1, $"The verdict '{VerdictFile}' can't be read", "plan", Population);
        Fails(1, "`mlds plan` makes a new one", "generate", Population, "--zoo", At("z"));
        Assert.Equal(text, File.ReadAllText(VerdictFile));
        Assert.Equal(0, Run("generate", Population, "--networks", "1", "--zoo", At("z"), "--ungated").ExitCode);
    }

    [Fact]
    public void A_verdict_that_is_no_file_is_a_sentence()
    {
        Directory.CreateDirectory(VerdictFile);
        Fails(1, "is a folder, not a file", "plan", Population);
        Fails(1, "is a folder, not a file", "generate", Population, "--zoo", At("z"));
    }

    static void IsForecast(JsonNode forecast) =>
        Assert.InRange((double)forecast["expected"]!, (double)forecast["low"]!, (double)forecast["high"]!);
}
