using System.Text.Json.Nodes;
using Mlds.Bundles;
using Mlds.Server.Science.Official;
using Mlds.Training;
using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests.Projects;

/// <summary>Work for an official BOINC server, from the lines for create_work to the zoo.</summary>
public sealed class HookVerbTests : IDisposable
{
    static readonly TinyPopulation s_population = new()
    {
        Description = "",
        Networks = 2,
        Data = (64, 16, 8, 8, 32),
        EpochLimit = 5,
        Machines = TinyPopulation.Named("SingleDirectMachine"),
    };

    readonly ScratchFolder _scratch = new();

    public HookVerbTests() => File.WriteAllText(At("tiny.json"), s_population.Json);

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    /// <summary>
    /// Makes the work; its population's folder, and the paths that an official server would give two results of its one unit.
    /// </summary>
    (OfficialFolder Folder, string One, string Other) Work()
    {
        var (code, output, error) = Run("project", "work", "add", At("tiny.json"), "--official", At("work"));
        Assert.True(code == 0, error);
        var folder = Assert.Single(OfficialWorkFolder.Open(At("work")).Populations);
        var unit = Assert.Single(folder.Staged());
        Assert.Matches("^tiny-[0-9a-f]{5}_000001$", unit);
        Assert.Matches($"^--wu_name {unit} .* --credit [0-9.e-]+ {unit}\\.bundle\n$", output.ReplaceLineEndings("\n"));
        var bundle = Bundle.Read(File.ReadAllBytes(folder.Staged(unit)));
        var parts = bundle.Networks.Select(network =>
        {
            using var run = new TrainingRun(network.Recipe, folder.Population.Data(network.Recipe.MachineName));
            while (run.Outcome is null) run.NextEpoch();
            return TrainedPart.Of(run);
        });
        var result = new BundleResult(bundle.Sha256, Provenance.Here("scalar"), KnownAnswer.Expected, [.. parts]);
        File.WriteAllBytes(At($"{unit}_0_r17_0"), result.ToBytes());
        File.WriteAllBytes(At($"{unit}_1_r18_0"), result.ToBytes());
        return (folder, At($"{unit}_0_r17_0"), At($"{unit}_1_r18_0"));
    }

    [Fact]
    public void A_unit_goes_from_create_works_line_into_the_zoo()
    {
        var (folder, one, other) = Work();
        static (int, string) Yes(Command run) => (run.ExitCode, run.Output.ReplaceLineEndings("\n"));
        Assert.Equal((0, "yes\n"), Yes(Run("hook", "init", "--state", At("work"), "--retrain", "1", one)));
        Assert.Equal((0, "yes\n"), Yes(Run("hook", "compare", "--state", At("work"), one, other)));
        Assert.Equal((0, "yes\n"), Yes(Run("hook", "assimilate", "--state", At("work"), "17", one)));
        Assert.Contains("2", Run("zoo", folder.Zoo).Output, StringComparison.Ordinal);
        var (code, output, error) = Run("project", "work", "add", At("tiny.json"), "--official", At("work"));
        Assert.Equal((0, ""), (code, output));
        Assert.Contains("The server already has all work units", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_are_printed_again_until_the_server_has_the_units()
    {
        var (folder, one, _) = Work();
        var again = Run("project", "work", "add", At("tiny.json"), "--official", At("work"));
        Assert.Contains("--wu_name tiny-", again.Output, StringComparison.Ordinal);
        Assert.Equal(0, Run("hook", "init", "--state", At("work"), one).ExitCode);
        Assert.Empty(folder.Staged());
        Assert.Equal((0, ""), (again.ExitCode, Run("project", "work", "add", At("tiny.json"), "--official", At("work")).Output));
    }

    [Fact]
    public void A_project_that_lets_one_person_make_a_quorum_is_refused_before_anything_is_made()
    {
        Directory.CreateDirectory(At("server"));
        Command Add() =>
            Run("project", "work", "add", At("tiny.json"), "--official", At("work"), "--project-dir", At("server"));
        Assert.Equal(1, Add().ExitCode);
        File.WriteAllText(
            At("server/config.xml"), "<boinc><config><one_result_per_user_per_wu>0</one_result_per_user_per_wu></config></boinc>");
        var (code, output, error) = Add();
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("<one_result_per_user_per_wu>1</one_result_per_user_per_wu>", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("work")));
        Assert.Equal(2, Run("project", "work", "add", At("tiny.json"), "--project-dir", At("server")).ExitCode);
    }

    [Fact]
    public void What_is_no_fault_of_a_result_is_answered_with_later()
    {
        var (folder, one, _) = Work();
        var nothing = Run("hook", "init", "--state", At("work"));
        Assert.Equal((3, "later"), (nothing.ExitCode, nothing.Output.TrimEnd()));
        Assert.Equal(3, Run("hook", "init", "--state", At("nowhere"), one).ExitCode);
        Assert.Equal(3, Run("hook", "compare", "--state", At("work"), one, At("gone_0_r1_0")).ExitCode);
        Assert.Equal(0, Run("hook", "assimilate", "--state", At("work"), "--error", "2", Assert.Single(folder.Out()), "17", "0").ExitCode);
        Assert.Equal(3, Run("hook", "init", "--state", At("work"), "--project-dir", At("nowhere"), one).ExitCode);
        var answer = JsonNode.Parse(Run("hook", "init", "--state", At("work"), "--json").Output)!;
        Assert.Equal(3, (int)answer["code"]!);
        Assert.Contains("without arguments", (string)answer["sentence"]!, StringComparison.Ordinal);
    }
}
