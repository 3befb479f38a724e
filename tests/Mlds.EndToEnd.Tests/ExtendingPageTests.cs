namespace Mlds.EndToEnd.Tests;

/// <summary>Follows docs/extending.md: a new cell goes all the way, with nothing but what the page says.</summary>
public sealed class ExtendingPageTests
{
    [Fact]
    public void A_new_cell_takes_six_files_at_most_and_every_edit_of_the_page_fits_the_tree() =>
        Assert.InRange(ExtendingPage.Read().Files.Count, 3, 6);

    [Fact(Explicit = true)]
    public void A_cell_added_by_the_page_alone_goes_from_a_population_to_a_report_and_to_Python()
    {
        using var scratch = new ScratchFolder();
        foreach (var path in Tracked()) Copy(path, scratch.File($"tree/{path}"));
        foreach (var (path, text) in ExtendingPage.Read().Files) File.WriteAllText(scratch.File($"tree/{path}"), text);
        HoldsToTheScalarCode(scratch);
        CellWalk.Take(
            scratch, "mgu", arguments => Command.Run("bash", ["tree/mlds", .. arguments], scratch.Path, CellWalk.Limit), "tree/python");
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
