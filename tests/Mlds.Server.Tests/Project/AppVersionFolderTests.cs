using Mlds.Boinc.Signing;
using Mlds.Server.Database;
using Mlds.Server.Project;
using Mlds.Server.Science;

namespace Mlds.Server.Tests.Project;

/// <summary>Folders of programs: only plain files within them are signed, copied and published.</summary>
public sealed class AppVersionFolderTests : IDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly string _leaf;

    public AppVersionFolderTests()
    {
        _leaf = _scratch.In("lines/1.00/x86_64-pc-linux-gnu");
        Directory.CreateDirectory(_leaf);
        File.WriteAllText(Path.Combine(_leaf, "lines_1.00"), "a program");
        File.WriteAllText(_scratch.In("secret"), "a private key");
    }

    public void Dispose() => _scratch.Dispose();

    void Refused(string says)
    {
        Assert.Contains(says, Assert.Throws<ProjectException>(() => AppVersionFolder.Find(_leaf)).Message, StringComparison.Ordinal);
        Assert.Throws<ProjectException>(() => AppVersionFolder.Copy(_leaf, _scratch.In("copies/lines")));
        Assert.False(Directory.Exists(_scratch.In("copies")));
    }

    [Theory]
    [InlineData("../../../secret", "lines")]
    [InlineData("/etc/hostname", "lines")]
    [InlineData("lines_1.00", "../secret")]
    public void A_version_xml_that_leads_out_of_its_folder_is_refused(string physical, string logical)
    {
        File.WriteAllText(
            Path.Combine(_leaf, "version.xml"),
            $"<version><file><physical_name>{physical}</physical_name><logical_name>{logical}</logical_name>"
            + "<main_program/></file></version>");
        Refused("have to be names");
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("<program_level>2</program_level>", 2)]
    public void A_program_says_its_level_or_has_the_first(string element, int level)
    {
        WriteDescription(element);
        Assert.Equal(level, Assert.Single(AppVersionFolder.Find(_leaf)).Level);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("two")]
    [InlineData("-1")]
    [InlineData("9999999999")]
    public void A_level_that_is_no_number_from_1_is_refused(string level)
    {
        WriteDescription($"<program_level>{level}</program_level>");
        Refused("whole number from 1");
    }

    void WriteDescription(string element) => File.WriteAllText(
        Path.Combine(_leaf, "version.xml"),
        $"<version><file><physical_name>lines_1.00</physical_name><main_program/></file>{element}</version>");

    [Fact]
    public void A_link_is_refused_wherever_it_lies()
    {
        File.Delete(Path.Combine(_leaf, "lines_1.00"));
        File.CreateSymbolicLink(Path.Combine(_leaf, "lines_1.00"), _scratch.In("secret"));
        Refused("is a link to");
        File.Delete(Path.Combine(_leaf, "lines_1.00"));
        File.WriteAllText(Path.Combine(_leaf, "lines_1.00"), "a program");
        File.CreateSymbolicLink(Path.Combine(_leaf, "lines_1.00.sig"), _scratch.In("secret"));
        Refused("is a link to");
        Assert.Equal("a private key", File.ReadAllText(_scratch.In("secret")));
        File.Delete(Path.Combine(_leaf, "lines_1.00.sig"));
        Directory.CreateSymbolicLink(_scratch.In("lines/1.01"), _scratch.Path);
        Assert.Contains(
            "is a link to",
            Assert.Throws<ProjectException>(() => AppVersionFolder.Find(_scratch.In("lines"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_that_is_put_there_after_the_look_is_not_signed_through()
    {
        var folder = Assert.Single(AppVersionFolder.Find(_leaf));
        File.CreateSymbolicLink(Path.Combine(_leaf, "lines_1.00.sig"), _scratch.In("secret"));
        Assert.Throws<ProjectException>(() => folder.Sign(PrivateKey.Create()));
        Assert.Equal("a private key", File.ReadAllText(_scratch.In("secret")));
    }

    [Fact]
    public void An_empty_file_is_no_program()
    {
        File.WriteAllText(Path.Combine(_leaf, "lines_1.00"), "");
        Refused("is empty, or no plain file");
    }

    [Fact]
    public void The_newest_of_the_workers_builds_is_taken()
    {
        foreach (var version in new[] { "1.00", "1.09", "1.10", "9.00", "notes" })
            Directory.CreateDirectory(_scratch.In($"mlds/{version}{(version == "9.00" ? "" : "/x86_64-pc-linux-gnu")}"));
        Assert.Equal(_scratch.In("mlds/1.10"), WorkerBuild.Newest(_scratch.In("mlds")));
        Assert.Null(WorkerBuild.Newest(_scratch.In("none")));
    }
}
