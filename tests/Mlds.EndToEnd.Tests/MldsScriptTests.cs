namespace Mlds.EndToEnd.Tests;

/// <summary><c>./mlds</c>: builds when it must, and only then.</summary>
public sealed class MldsScriptTests
{
    const string Building = "mlds: building";

    [Fact]
    public async Task It_builds_once_for_all_who_start_at_once_and_again_when_a_source_has_changed()
    {
        using var tree = new SmallTree();

        var both = await Task.WhenAll(Task.Run(() => tree.Run("mlds", "a")), Task.Run(() => tree.Run("mlds", "b")));

        Assert.All(both, run => Assert.True(run.ExitCode == 0, run.Everything));
        Assert.Equal(["first a\n", "first b\n"], both.Select(run => run.Output));
        Assert.Single(both, run => run.Error.Contains(Building, StringComparison.Ordinal));

        var elsewhere = tree.RunFrom(Path.GetTempPath(), "mlds", null, "two words", "b");
        Assert.Equal("first two words b\n", elsewhere.Output);
        Assert.Equal("", elsewhere.Error);

        tree.Write("src/Mlds.Cli/Program.cs", "Console.WriteLine(\"second\"); return 3;");
        var changed = tree.Run("mlds");
        Assert.Equal(("second\n", 3), (changed.Output, changed.ExitCode));
        Assert.Contains(Building, changed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_that_does_not_compile_shows_the_compilers_words_and_leaves_nothing_that_looks_built()
    {
        using var tree = new SmallTree();
        tree.Write("src/Mlds.Cli/Program.cs", "this is not C#");

        foreach (var run in new[] { tree.Run("mlds"), tree.Run("mlds") })
        {
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("error CS", run.Error, StringComparison.Ordinal);
            Assert.Contains("mlds: the build failed", run.Error, StringComparison.Ordinal);
            Assert.Equal("", run.Output);
        }
    }

    [Fact]
    public void In_a_checkout_of_another_user_it_runs_what_is_built_and_says_who_must_build()
    {
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/usr/bin/setpriv"),
            "Only root can become another user, with setpriv.");
        using var tree = new SmallTree();
        Command.Run("chmod", ["755", tree.Root], tree.Root, TimeSpan.FromMinutes(5));
        Command AsNobody() => Command.Run(
            "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "bash", Path.Combine(tree.Root, "mlds"), "a"], "/",
                TimeSpan.FromMinutes(10), new Dictionary<string, string?> { ["HOME"] = "/nonexistent" });

        var unbuilt = AsNobody();
        Assert.Equal((1, ""), (unbuilt.ExitCode, unbuilt.Output));
        Assert.Matches(
            "^mlds: the program must be built, as nobody has built it here yet, but nobody can't write to '[^']*', which belongs to root: "
            + "have its owner run [^\n]*\n$",
            unbuilt.Error);

        Assert.Equal("first a\n", tree.Run("mlds", "a").Output);
        var built = AsNobody();
        Assert.Equal(("first a\n", ""), (built.Output, built.Error));

        tree.Write("src/Mlds.Cli/Program.cs", "Console.WriteLine(\"second\");");
        Assert.Contains("its sources are newer than the build", AsNobody().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_sdk_it_says_what_to_install()
    {
        using var tree = new SmallTree();
        using var tools = new ScratchFolder();
        foreach (var tool in new[] { "bash", "readlink", "dirname", "find", "grep", "mkdir", "touch", "cat", "mv", "flock" })
        {
            if (Array.Find(["/usr/bin/", "/bin/"], folder => File.Exists(folder + tool)) is { } folder)
                File.CreateSymbolicLink(tools.File(tool), folder + tool);
        }

        var run = tree.RunFrom(tree.Root, "mlds", new Dictionary<string, string?> { ["PATH"] = tools.Path }, "machines");

        Assert.Equal(1, run.ExitCode);
        Assert.Matches("^mlds: this needs the \\.NET 10 SDK [^\n]*https://dotnet\\.microsoft\\.com[^\n]*\n$", run.Error);
    }
}
