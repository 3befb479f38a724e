using System.Text.RegularExpressions;

namespace Mlds.EndToEnd.Tests;

/// <summary>The lines of Python that the README and every release's README show do what they say.</summary>
public sealed class PythonLinesTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public PythonLinesTests()
    {
        File.WriteAllText(_scratch.File("population.json"), s_population.Json);
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
        if (SystemPython.Missing(needs) is { } missing) Assert.Skip(missing);
        var run = SystemPython.Run(folder, "-c", code);
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

    static readonly TinyPopulation s_population = new()
    {
        Name = "lines",
        Description = "",
        Layers = 2,
        Networks = 2,
        Data = (256, 64, 8, 8, 32),
        GoalLoss = 0.5,
        EpochLimit = 2,
    };
}
