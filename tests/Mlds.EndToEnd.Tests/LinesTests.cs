namespace Mlds.EndToEnd.Tests;

/// <summary>Lines of sources have at most 140 columns (.editorconfig), lines of pages at most 120 (CONTRIBUTING.md).</summary>
public sealed class LinesTests
{
    /// <summary>Every file that git knows, by its path from the root.</summary>
    static string[] Tracked()
    {
        if (!Path.Exists(Repository.PathOf(".git"))) Assert.Skip("Which files are sources is known in a git checkout only.");
        var listed = Command.Run("git", ["-c", "safe.directory=*", "ls-files", "-z"], Repository.Root, TimeSpan.FromMinutes(5));
        Assert.True(listed.ExitCode == 0, listed.Everything);
        return listed.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public void No_line_of_a_source_or_a_page_is_too_long()
    {
        var files = Tracked().Where(file => File.Exists(Repository.PathOf(file))).ToArray();
        Assert.Contains("src/Mlds/Recipes/Recipe.cs", files);
        var found = files.SelectMany(file => LongLines.Of(file, Repository.Read(file))).ToArray();
        Assert.True(found.Length == 0, $"{found.Length} lines are too long:\n{string.Join('\n', found)}");
    }

    [Theory]
    [InlineData("src/A.cs", 140, false)]
    [InlineData("src/A.cs", 141, true)]
    [InlineData("python/a.py", 141, true)]
    [InlineData("src/a.css", 141, true)]
    [InlineData("src/A.csproj", 141, true)]
    [InlineData("docs/a.md", 120, false)]
    [InlineData("docs/a.md", 121, true)]
    [InlineData("docs/a.json", 999, false)]
    [InlineData("tests/T/Golden/release-v1/README.md", 999, false)]
    [InlineData("tests/T/Golden/README.md", 999, true)]
    public void A_line_is_too_long_by_the_kind_of_its_file(string path, int columns, bool isFound)
    {
        var line = "a " + new string('é', columns - 2);
        string[] expected =
            isFound ? [$"{path}:2: {columns} columns, at most {(path.EndsWith(".md", StringComparison.Ordinal) ? 120 : 140)}"] : [];
        Assert.Equal(expected, LongLines.Of(path, $"first\n{line}\r\nlast"));
    }

    [Theory]
    [InlineData("#!/usr/bin/env bash\n# {0}", true)]
    [InlineData("Copyright\n# {0}", false)]
    public void A_file_without_an_ending_is_a_source_by_its_first_line(string text, bool isFound) =>
        Assert.Equal(isFound ? 1 : 0, LongLines.Of("run", text.Replace("{0}", new string('x', 150), StringComparison.Ordinal)).Count());

    [Theory]
    [InlineData("| {0} | b |", false)]
    [InlineData("```sh\n./mlds {0}\n```", false)]
    [InlineData("```sh\n./mlds\n```\nand {0}", true)]
    [InlineData("- ![two words]({0})", false)]
    [InlineData("- see ![two words]({0})", true)]
    [InlineData("`mlds machines {0}`", false)]
    [InlineData("<!-- table: {0} -->", false)]
    [InlineData("{0}", false)]
    [InlineData("## {0} and more", true)]
    public void Of_a_page_only_what_can_be_broken_counts(string text, bool isFound) =>
        Assert.Equal(
            isFound ? 1 : 0, LongLines.Of("docs/a.md", text.Replace("{0}", new string('x', 150), StringComparison.Ordinal)).Count());
}
