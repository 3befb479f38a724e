using System.Text.Json.Nodes;
using Mlds.Bundles;
using Mlds.Cli.Frame;
using Mlds.Server.Science;
using Mlds.Training;

namespace Mlds.Cli.Tests;

/// <summary>Work for an official BOINC server, from the lines for create_work to the zoo.</summary>
public sealed class HookVerbTests : IDisposable
{
    const string Population = """
        {
          "name": "tiny", "description": "", "licence": "CC-BY-SA-4.0",
          "network": {"inputs": 9, "hidden": 4, "layers": 1, "linear": [8], "activation": "none"},
          "networks": 2,
          "defaults": {
            "data": {"seed": 1, "training": 64, "validation": 16, "length": 8, "long_test": 8, "long_length": 32},
            "training": {"optimizer": "adam", "loss": "mean_squared_error", "batch": 32, "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
              "goal_loss": 0.02, "epoch_limit": 5, "milestone_every": 10}
          },
          "machines": ["SingleDirectMachine"]
        }
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("mlds-hook-test-").FullName;

    public HookVerbTests() => File.WriteAllText(At("tiny.json"), Population);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string At(string name) => Path.Combine(_folder, name);

    static (int Code, string Output, string Error) Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = CommandLine.Run(Program.Root(), args, output, error);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Makes the work; the paths that an official server would give two results of its one unit.</summary>
    (string One, string Other) Work()
    {
        var (code, output, error) = Run("project", "work", "add", At("tiny.json"), "--official", At("work"));
        Assert.True(code == 0, error);
        Assert.Equal("--wu_name tiny_000001 tiny_000001.bundle\n", output.ReplaceLineEndings("\n"));
        var folder = OfficialFolder.Open(At("work"));
        var bundle = Bundle.Read(File.ReadAllBytes(At("work/stage/tiny_000001.bundle")));
        var parts = bundle.Networks.Select(network =>
        {
            using var run = new TrainingRun(network.Recipe, folder.Population.Data(network.Recipe.MachineName));
            while (run.Outcome is null) run.NextEpoch();
            return TrainedPart.Of(run);
        });
        var result = new BundleResult(bundle.Sha256, Provenance.Here("scalar"), KnownAnswer.Expected, [.. parts]);
        File.WriteAllBytes(At("tiny_000001_0_r17_0"), result.ToBytes());
        File.WriteAllBytes(At("tiny_000001_1_r18_0"), result.ToBytes());
        return (At("tiny_000001_0_r17_0"), At("tiny_000001_1_r18_0"));
    }

    [Fact]
    public void A_unit_goes_from_create_works_line_into_the_zoo()
    {
        var (one, other) = Work();
        Assert.Equal(0, Run("hook", "init", "--state", At("work"), "--retrain", "1", one).Code);
        Assert.Equal(0, Run("hook", "compare", "--state", At("work"), one, other).Code);
        Assert.Equal(0, Run("hook", "assimilate", "--state", At("work"), "17", one).Code);
        Assert.Contains("2", Run("zoo", At("work/zoo")).Output, StringComparison.Ordinal);
        var (code, output, error) = Run("project", "work", "add", At("tiny.json"), "--official", At("work"));
        Assert.Equal((0, ""), (code, output));
        Assert.Contains("Nothing is lacking", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_scripts_start_this_program_with_the_folder()
    {
        Work();
        Assert.All(
            ["init", "compare", "assimilate"],
            hook => Assert.EndsWith($"hook {hook} --state '{At("work")}' \"$@\"\n", File.ReadAllText(At($"work/bin/mlds_{hook}")), StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_no_fault_of_a_result_is_answered_with_later()
    {
        var (one, _) = Work();
        Assert.Equal(3, Run("hook", "init", "--state", At("work")).Code);
        Assert.Equal(3, Run("hook", "init", "--state", At("nowhere"), one).Code);
        Assert.Equal(3, Run("hook", "compare", "--state", At("work"), one, At("gone_0_r1_0")).Code);
        Assert.Equal(0, Run("hook", "assimilate", "--state", At("work"), "--error", "2", "tiny_000001", "17", "0").Code);
        var answer = JsonNode.Parse(Run("hook", "init", "--state", At("work"), "--json").Output)!;
        Assert.Equal(3, (int)answer["code"]!);
        Assert.Contains("without arguments", (string)answer["sentence"]!, StringComparison.Ordinal);
    }
}
