using System.Xml.Linq;

namespace Mlds.EndToEnd.Tests;

/// <summary>
/// The borders within a project (docs/main-path.md): namespaces follow folders, and folders depend one way as projects do.
/// </summary>
public sealed class FoldersTests
{
    static IEnumerable<(string Project, FolderGraph Graph)> Projects(params string[] folders) => folders
        .SelectMany(folder => Directory.GetFiles(Repository.PathOf(folder), "*.csproj", SearchOption.AllDirectories))
        .Order(StringComparer.Ordinal)
        .Select(project => (Path.GetFileNameWithoutExtension(project), Read(project)));

    static FolderGraph Read(string project)
    {
        var folder = Path.GetDirectoryName(project)!;
        string[] kinds = ["*.cs", "*.razor"];
        var files = kinds.SelectMany(kind => Directory.GetFiles(folder, kind, SearchOption.AllDirectories)).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText(file)));
        var root = XDocument.Load(project).Descendants("RootNamespace").SingleOrDefault()?.Value
            ?? Path.GetFileNameWithoutExtension(project);
        return new FolderGraph(root, files);
    }

    [Fact]
    public void Folders_of_a_project_depend_one_way()
    {
        foreach (var (project, graph) in Projects("src"))
        {
            var circles = graph.Circles();
            Assert.True(circles.Count == 0, $"Folders of {project} need each other:\n{string.Join('\n', circles)}");
        }
    }

    [Fact]
    public void Namespaces_follow_folders()
    {
        foreach (var (project, graph) in Projects("src", "tests", "benchmarks"))
        {
            var astray = graph.Astray();
            Assert.True(astray.Count == 0, $"{project}:\n{string.Join('\n', astray)}");
        }
    }

    /// <summary>What the tree must have, or the test above would see nothing at all.</summary>
    [Fact]
    public void Folders_that_use_others_are_seen()
    {
        var server = Projects("src").Single(project => project.Project == "Mlds.Server").Graph.Edges();
        foreach (var edge in new[]
        {
            ("", "Daemons"), ("Daemons", "Contract"), ("Science/Official", "Science"), ("Scheduler", "Project"), ("Project", "Database"),
        })
        {
            Assert.Contains(edge, server.Keys);
        }
    }

    const string Hour = "/// <summary>Of a Clock.</summary>\nnamespace P.Time;\n\npublic sealed record Hour(int Number);\n";

    [Theory]
    [InlineData("using P.Time;\n\nnamespace P;\n\nclass Clock;", "namespace P.Time;\n\nclass Minute(Clock of);", true)]
    [InlineData(
        "namespace P;\n\nstatic class Clock { static Time.Hour? s_now; }", "namespace P.Time;\n\nclass Minute { Clock? _of; }", true)]
    [InlineData(
        "using P.Time;\n\nnamespace P;\n\nclass Clock;", "namespace P.Time;\n\nclass Minute { int _n; /* of a Clock */ } // Clock", false)]
    [InlineData(
        "using P.Time;\n\nnamespace P;\n\nclass Clock;", "namespace P.Time;\n\nclass Minute { object Of(Wall at) => at.Clock; }", false)]
    [InlineData("namespace P;\n\nclass Clock { string _what = \"P.Time\"; }", "namespace P.Time;\n\nclass Minute(Clock of);", false)]
    public void A_circle_is_seen_where_there_is_one(string above, string below, bool isCircle)
    {
        var graph = new FolderGraph("P", [("Clock.cs", above), ("Time/Hour.cs", Hour), ("Time/Minute.cs", below)]);
        Assert.Equal(isCircle ? 2 : 0, graph.Circles().Count);
    }

    [Fact]
    public void A_circle_over_three_folders_is_told_with_who_uses_whom()
    {
        (string, string) Using(string folder, string used) =>
            ($"{folder}/{folder}Type.cs", $"using P.{used};\n\nnamespace P.{folder};\n\nclass {folder}Type;");
        var graph = new FolderGraph("P", [Using("A", "B"), Using("B", "C"), Using("C", "A"), Using("D", "A")]);
        Assert.Equal(
            ["A/ uses B/: A/AType.cs (using P.B)", "B/ uses C/: B/BType.cs (using P.C)", "C/ uses A/: C/CType.cs (using P.A)"],
            graph.Circles());
    }

    [Theory]
    [InlineData("@using P.Time\n<p>@Hour.Now</p>", true)]
    [InlineData("<p>@Hour.Now</p>", true)] // through _Imports.razor
    [InlineData("<Hour Of=\"1\" />", true)]
    [InlineData("@* @Hour.Now *@<p>hours</p>", false)]
    public void What_a_component_uses_is_seen(string markup, bool isCircle)
    {
        var graph = new FolderGraph(
            "P",
            [
                ("Pages/Clock.razor", markup), ("Pages/_Imports.razor", "@using P.Time\n"), ("Time/Hour.cs", Hour),
                ("Time/Minute.cs", "using P.Pages;\n\nnamespace P.Time;\n\nclass Minute(Clock of);"),
            ]);
        Assert.Equal(isCircle ? 2 : 0, graph.Circles().Count);
    }

    [Fact]
    public void A_namespace_that_leaves_its_folder_is_told() =>
        Assert.Equal(
            ["Time/Hour.cs has the namespace P, not P.Time"],
            new FolderGraph(
                "P", [("Time/Hour.cs", "namespace P;\n\nrecord Hour;"), ("Time/Minute.cs", "namespace P.Time;\n\nrecord Minute;")])
                .Astray());
}
