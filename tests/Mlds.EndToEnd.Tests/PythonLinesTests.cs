using System.Text.RegularExpressions;

namespace Mlds.EndToEnd.Tests;

/// <summary>The lines of Python that the README and every release's README show do what they say.</summary>
public sealed class PythonLinesTests : IDisposable
{
    const string Python = "/usr/bin/python3";

    readonly ScratchFolder _scratch = new();

    public PythonLinesTests()
    {
        File.WriteAllText(_scratch.File("population.json"), Population);
        foreach (var arguments in new[] { "generate population.json --zoo z", "release z --out r" })
        {
            var run = Command.Run(
                "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll"), .. arguments.Split(' ')], _scratch.Path, TimeSpan.FromMinutes(30));
            Assert.True(run.ExitCode == 0, run.Everything);
        }
    }

    public void Dispose() => _scratch.Dispose();

    static string Block(string page, int number) =>
        Regex.Matches(page, "```python\n(.*?)```", RegexOptions.Singleline)[number].Groups[1].Value;

    /// <summary>What the lines print. Skips where Python or one of <paramref name="needs"/> is missing.</summary>
    static string Run(string code, string folder, params string[] needs)
    {
        if (!File.Exists(Python)) Assert.Skip($"There is no {Python} on this machine.");
        foreach (var module in needs)
        {
            if (Command.Run(Python, ["-c", $"import {module}"], folder, TimeSpan.FromMinutes(20)).ExitCode != 0)
                Assert.Skip($"Python's {module} is not installed.");
        }

        var run = Command.Run(Python, ["-c", code], folder, TimeSpan.FromMinutes(30));
        Assert.True(run.ExitCode == 0, run.Everything);
        return run.Output;
    }

    [Fact]
    public void The_README_s_lines_open_a_release_and_print_it()
    {
        var lines = Block(Repository.Read("README.md"), 0);
        Assert.Equal(3, lines.TrimEnd().Split('\n').Length);
        var printed = Run(lines, _scratch.Path, "numpy");
        Assert.StartsWith("MLDS release 'lines' 1.0.0 in 'r'\n", printed, StringComparison.Ordinal);
        Assert.Contains("SimpleXORMachine", printed, StringComparison.Ordinal);
        Assert.False(
            Directory.Exists(Path.Combine(_scratch.Path, "r", "__pycache__")), "A release is never changed, by reading it neither.");
    }

    [Fact]
    public void The_lines_of_a_release_s_own_README_work_in_its_folder()
    {
        var page = File.ReadAllText(_scratch.File("r/README.md"));
        Run(
            Block(page, 0)
            + "\nassert weights.shape == (4, 340) and len(table) == 4 and network(__import__('torch').zeros(1, 3, 9)).shape == (1, 3, 8)",
            _scratch.File("r"), "numpy", "torch");
        Run(Block(page, 1).Split("import pandas")[0] + "\nassert weights.shape == (4, 340)", _scratch.File("r"), "numpy");
    }

    const string Population = """
        {
          "name": "lines",
          "licence": "CC-BY-SA-4.0",
          "network": {"inputs": 9, "hidden": 4, "layers": 2, "linear": [8], "activation": "none"},
          "networks": 2,
          "defaults": {
            "data": {"seed": 1, "training": 256, "validation": 64, "length": 8, "long_test": 8, "long_length": 32},
            "training": {"optimizer": "adam", "loss": "mean_squared_error", "batch": 32, "learning_rate": 0.01, "beta1": 0.9,
              "beta2": 0.999, "epsilon": 1e-8, "goal_loss": 0.5, "epoch_limit": 2, "milestone_every": 10}
          },
          "machines": [{"machine": "SingleDirectMachine"}, {"machine": "SimpleXORMachine"}]
        }
        """;
}
