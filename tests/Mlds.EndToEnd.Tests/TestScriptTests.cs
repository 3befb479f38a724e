namespace Mlds.EndToEnd.Tests;

/// <summary><c>./test</c>: what it counts, and that its last line misses no failure.</summary>
public sealed class TestScriptTests
{
    /// <summary>A test program that reports what its name says, as xunit does.</summary>
    static string Program(int passed, int failed, int skipped, int errors = 0) => $$"""
        File.WriteAllText(
            args[Array.IndexOf(args, "-result-xml") + 1],
            "<assemblies><assembly name=\"x\" passed=\"{{passed}}\" failed=\"{{failed}}\" skipped=\"{{skipped}}\" errors=\"{{errors}}\" "
            + "total=\"9\"><test passed=\"77\" /></assembly></assemblies>");
        Console.WriteLine("    What_fails [FAIL]");
        return {{(failed + errors > 0 ? 1 : 0)}};
        """;

    static SmallTree Tree(params (string Name, string Program)[] tests)
    {
        var tree = new SmallTree();
        foreach (var (name, program) in tests)
            tree.Project("tests/" + name, program);
        tree.Write(
            "Mlds.slnx",
            "<Solution><Project Path=\"src/Mlds.Cli/Mlds.Cli.csproj\" />"
            + string.Concat(tests.Select(test => $"<Project Path=\"tests/{test.Name}/{test.Name}.csproj\" />")) + "</Solution>");
        return tree;
    }

    static string LastLine(Command run) => run.Output.TrimEnd('\n').Split('\n')[^1];

    [Fact(Explicit = true)]
    public void Counts_of_all_projects_are_summed_and_a_crash_is_a_failure()
    {
        using var tree = Tree(
            ("Good.Tests", Program(3, 0, 1)), ("Bad.Tests", Program(2, 1, 0)), ("Mlds.Server.Tests", Program(1, 0, 0)),
            ("Torn.Tests", Program(0, 0, 0, errors: 1)), ("Crashed.Tests", "Environment.FailFast(\"gone\");"));

        var all = tree.Run("test", "Tests");
        Assert.Equal(("6 passed, 3 failed, 1 skipped", 1), (LastLine(all), all.ExitCode));
        Assert.Contains("What_fails [FAIL]", all.Output, StringComparison.Ordinal);
        Assert.Contains("Crashed.Tests: FAILED", all.Output, StringComparison.Ordinal);

        var some = tree.Run("test", "good");
        Assert.Equal(("3 passed, 0 failed, 1 skipped", 0), (LastLine(some), some.ExitCode));

        var format = tree.Run("test", "format");
        Assert.Equal("1 passed, 0 failed", LastLine(format));
        tree.Write("tests/Good.Tests/Program.cs", "  Console.WriteLine( 1 ) ;");
        var untidy = tree.Run("test", "format");
        Assert.Equal(("0 passed, 1 failed", 1), (LastLine(untidy), untidy.ExitCode));
        Assert.Contains("tests/Good.Tests/Program.cs", untidy.Output, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public void A_build_that_fails_a_project_outside_the_solution_and_no_test_at_all_are_failures()
    {
        using var tree = Tree(("Empty.Tests", Program(0, 0, 0)));

        var empty = tree.Run("test", "Empty");
        Assert.Equal(("0 passed, 1 failed", 1), (LastLine(empty), empty.ExitCode));
        Assert.Contains("No test matched", empty.Output, StringComparison.Ordinal);

        tree.Project("tests/Forgotten.Tests", Program(1, 0, 0));
        var forgotten = tree.Run("test", "Forgotten");
        Assert.Equal(("0 passed, 1 failed", 1), (LastLine(forgotten), forgotten.ExitCode));
        Assert.Contains("is it in Mlds.slnx?", forgotten.Output, StringComparison.Ordinal);

        tree.Write("src/Mlds.Cli/Program.cs", "not C#");
        var broken = tree.Run("test");
        Assert.Equal(("0 passed, 1 failed", 1), (LastLine(broken), broken.ExitCode));
        Assert.Contains("error CS", broken.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_option_or_an_unknown_project_is_a_usage_error()
    {
        using var tree = Tree(("Good.Tests", Program(1, 0, 0)));
        tree.Project("tests/Shared.Testing", "What tests share is no test project.");

        Assert.Equal(2, tree.Run("test", "--fast").ExitCode);
        Assert.Equal(2, tree.Run("test", "-m").ExitCode);
        var unknown = tree.Run("test", "Nothing");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("there are: Good.Tests\n", unknown.Error, StringComparison.Ordinal);
    }
}
