namespace Mlds.EndToEnd.Tests;

/// <summary>Follows docs/extending.md: a new cell and a new kind of task go all the way, with nothing but what the page says.</summary>
public sealed class ExtendingPageTests
{
    [Fact]
    public void A_new_cell_takes_six_files_at_most_and_every_edit_of_the_page_fits_the_tree() =>
        Assert.InRange(ExtendingPage.Read("A cell").Files.Count, 3, 6);

    [Fact]
    public void A_new_kind_of_task_takes_one_file_and_two_lines_elsewhere()
    {
        var files = ExtendingPage.Read("A task").Files;
        var added = Assert.Single(files, file => !File.Exists(Repository.PathOf(file.Key)));
        Assert.StartsWith("src/Mlds/Tasks/Echo/", added.Key, StringComparison.Ordinal);
        Assert.Equal(3, files.Count);
        Assert.All(files.Where(file => file.Key != added.Key), file => Assert.InRange(
            file.Value.Split('\n').Except(Repository.Read(file.Key).Split('\n')).Count(), 1, 2));
    }

    [Fact(Explicit = true)]
    public void A_cell_added_by_the_page_alone_goes_from_a_population_to_a_report_and_to_Python()
    {
        using var scratch = new ScratchFolder();
        Follow("A cell", scratch);
        HoldsToTheScalarCode(scratch);
        CellWalk.Take(scratch, "mgu", arguments => Mlds(scratch, arguments), "tree/python");
    }

    [Fact(Explicit = true)]
    public void A_kind_of_task_added_by_the_page_alone_goes_from_a_population_to_a_report_and_to_Python()
    {
        using var scratch = new ScratchFolder();
        Follow("A task", scratch);
        var populations = new Dictionary<string, string>
        {
            ["sound"] = EchoPopulation("""{"width": 2, "delay": 2, "seed": 1, "training": 1024, "validation": 128, "length": 8}"""),
            ["wrong"] = EchoPopulation("""{"width": 2, "delay": 0, "seed": 1, "training": 1024, "validation": 128, "length": 8}"""),
        };
        foreach (var (name, text) in populations) File.WriteAllText(scratch.File($"{name}.json"), text);
        var refused = Mlds(scratch, "plan", "wrong.json");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("$.machines[0].echo.delay", refused.Error, StringComparison.Ordinal);
        var planned = Mlds(scratch, "plan", "sound.json", "--pilots", "1", "--seconds", "120");
        Assert.True(planned.ExitCode == 0, planned.Everything);
        CellWalk.Take(scratch, populations["sound"], arguments => Mlds(scratch, arguments), "tree/python", layers: 1);
    }

    static string EchoPopulation(string echo) => $$"""
        {
          "name": "echo", "licence": "CC0-1.0", "networks": 4,
          "network": {"inputs": 2, "hidden": 10, "layers": 1, "linear": [2], "activation": "none"},
          "defaults": {
            "training": {
              "optimizer": "adam", "loss": "mean_squared_error", "batch": 64, "learning_rate": 0.02, "beta1": 0.9, "beta2": 0.999,
              "epsilon": 1e-8, "goal_loss": 0.005, "epoch_limit": 200, "milestone_every": 10
            }
          },
          "machines": [{"name": "Echo2", "echo": {{echo}}}]
        }
        """;

    static Command Mlds(ScratchFolder scratch, params string[] arguments) =>
        Command.Run("bash", ["tree/mlds", .. arguments], scratch.Path, CellWalk.Limit);

    /// <summary>Copies the tree and changes the copy as a section of the page says.</summary>
    static void Follow(string section, ScratchFolder scratch)
    {
        foreach (var path in Tracked()) Copy(path, scratch.File($"tree/{path}"));
        foreach (var (path, text) in ExtendingPage.Read(section).Files) File.WriteAllText(scratch.File($"tree/{path}"), text);
    }

    static void HoldsToTheScalarCode(ScratchFolder scratch)
    {
        var tree = scratch.File("tree");
        var build = Command.Run(
            "dotnet", ["build", "tests/Mlds.Kernels.Tests", "-c", "Release", "-v", "quiet", "-nologo"], tree, CellWalk.Limit);
        Assert.True(build.ExitCode == 0, build.Everything);
        string[] classes = ["-class", "*KernelSetTests", "-class", "*FiniteDifferenceTests"];
        var tests = Command.Run(
            "dotnet",
            ["artifacts/bin/Mlds.Kernels.Tests/release/Mlds.Kernels.Tests.dll", "-noLogo", "-noColor", .. classes], tree, CellWalk.Limit);
        Assert.True(tests.ExitCode == 0, tests.Everything);
    }

    /// <summary>The sources that the command line and the kernels' tests are built from.</summary>
    static IEnumerable<string> Tracked()
    {
        string[] wanted = ["src", "python", "populations", "tests/Mlds.Kernels.Tests", "tests/Directory.Build.props"];
        return wanted.SelectMany(folder => Files(Repository.PathOf(folder)))
            .Concat(Directory.GetFiles(Repository.Root))
            .Select(file => Path.GetRelativePath(Repository.Root, file));
    }

    static IEnumerable<string> Files(string path)
    {
        if (File.Exists(path)) return [path];
        return Directory.Exists(path) ? Directory.GetFiles(path, "*", SearchOption.AllDirectories) : [];
    }

    static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(Repository.PathOf(from), to);
    }
}
