using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace Mlds.EndToEnd.Tests;

/// <summary>The borders between projects (docs/main-path.md): dependencies point one way, and one library is seen by one project.</summary>
public sealed class ProjectReferencesTests
{
    /// <summary>Each project and those it may refer to directly. A new project is added here, with thought.</summary>
    static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Mlds.Kernels"] = [],
        ["Mlds"] = ["Mlds.Kernels"],
        ["Mlds.Zoo"] = ["Mlds"],
        ["Mlds.Analysis"] = ["Mlds.Zoo"],
        ["Mlds.Reports"] = ["Mlds.Analysis"],
        ["Mlds.Site"] = ["Mlds.Reports"],
        ["Mlds.Boinc"] = [],
        ["Mlds.Server"] = ["Mlds.Zoo", "Mlds.Site", "Mlds.Boinc"],
        ["Mlds.Worker"] = ["Mlds"],
        ["Mlds.Cli"] = ["Mlds.Kernels", "Mlds", "Mlds.Zoo", "Mlds.Analysis", "Mlds.Reports", "Mlds.Site", "Mlds.Boinc", "Mlds.Server"],
    };

    static readonly string[] s_baseClassLibraryOnly = ["Mlds.Kernels", "Mlds"];

    static IEnumerable<string> ProjectFiles(string folder) =>
        Directory.GetFiles(Repository.PathOf(folder), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    static IEnumerable<string> Included(string projectFile, string element) =>
        XDocument.Load(projectFile).Descendants(element).Select(item => item.Attribute("Include")!.Value.Replace('\\', '/'));

    static string Name(string path) => Path.GetFileNameWithoutExtension(path);

    [Fact]
    public void Dependencies_point_one_way()
    {
        foreach (var project in ProjectFiles("src"))
        {
            Assert.True(s_allowed.TryGetValue(Name(project), out var allowed), $"{Name(project)} is new: say here what it may refer to.");
            foreach (var reference in Included(project, "ProjectReference").Select(Name))
                Assert.True(allowed.Contains(reference), $"{Name(project)} must not refer to {reference}.");
        }
    }

    [Fact]
    public void A_library_is_seen_by_one_project()
    {
        var users = ProjectFiles("src").SelectMany(project => Included(project, "PackageReference").Select(package => (package, project)));
        foreach (var package in users.GroupBy(use => use.package))
        {
            Assert.True(
                package.Count() == 1, $"{package.Key} is seen by {string.Join(" and ", package.Select(use => Name(use.project)))}.");
        }
    }

    [Fact]
    public void What_trains_uses_the_base_class_library_only()
    {
        foreach (var name in s_baseClassLibraryOnly)
        {
            Assert.Empty(Included(Repository.PathOf("src", name, name + ".csproj"), "PackageReference"));
            foreach (var reference in AssemblyReferences(Path.Combine(AppContext.BaseDirectory, name + ".dll")))
            {
                Assert.True(
                    reference.StartsWith("System.", StringComparison.Ordinal) || s_allowed[name].Contains(reference),
                    $"{name}.dll refers to {reference}.");
            }
        }
    }

    [Fact]
    public void Unsafe_code_is_in_the_kernels_only_and_in_tests_of_cells()
    {
        var files = Directory.GetFiles(Repository.Root, "Directory.*").Concat(Directory.GetFiles(Repository.PathOf("src"), "*.props"))
            .Concat(ProjectFiles("src")).Concat(ProjectFiles("benchmarks"));
        var unsafeProjects = files.Where(file => File.ReadAllText(file).Contains("AllowUnsafeBlocks", StringComparison.Ordinal))
            .Select(Name);
        Assert.Equal(["Mlds.Kernels"], unsafeProjects);
    }

    [Fact]
    public void What_trains_is_held_to_arithmetic_v1_and_may_be_compiled_ahead_of_time()
    {
        foreach (var name in s_baseClassLibraryOnly)
        {
            var project = Repository.Read("src", name, name + ".csproj");
            Assert.Contains("<Import Project=\"../ArithmeticV1.props\" />", project, StringComparison.Ordinal);
            Assert.Contains("<IsAotCompatible>true</IsAotCompatible>", project, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_solution_has_every_project()
    {
        var solution = XDocument.Load(Repository.PathOf("Mlds.slnx")).Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value);
        var tree = new[] { "src", "tests", "benchmarks" }.SelectMany(ProjectFiles)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'));
        Assert.Equal(tree.Order(StringComparer.Ordinal), solution.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_package_has_its_line_in_the_documentation()
    {
        var documented = Repository.Read("docs", "dependencies.md");
        foreach (var package in Included(Repository.PathOf("Directory.Packages.props"), "PackageVersion"))
            Assert.Contains($"| {package} ", documented, StringComparison.Ordinal);
    }

    static string[] AssemblyReferences(string path)
    {
        using var stream = File.OpenRead(path);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
