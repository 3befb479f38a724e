using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>Files that hold addresses, sealed keys and secrets are readable by their owner alone, whatever the umask, and whichever version
/// made them.</summary>
public sealed class FileModesTests
{
    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public void A_new_project_its_moved_settings_and_its_backups_are_closed_to_others_also_without_an_umask()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Unix modes.");
        using var scratch = new ScratchFolder();
        var mlds = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll")}' project";
        var line = $"umask 0; cd '{scratch.Path}' && {mlds} init p && {mlds} backup copy -p p && {mlds} move-database sub/again.db -p p";
        var run = Command.Run("/bin/bash", ["-c", line], scratch.Path, TimeSpan.FromMinutes(10));
        Assert.True(run.ExitCode == 0, run.Everything);
        IsClosed(scratch.In("p"), "project.json", "project.db", "sub/again.db", "keys/upload_private", "keys/code_sign_public");
        IsClosed(scratch.In("p-signing-key"), "code_sign_private");
        IsClosed(scratch.In("copy"), "project.json", "project.db", "keys/upload_private");
    }

    [Fact]
    public async Task The_databases_own_files_are_as_closed_as_it_is()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Unix modes.");
        await using var project = await TestProject.Create(new LineScience(1));
        await project.Start();
        await project.HasUnsent(1);
        IsClosed(project.Folder.Path, "project.db", "project.db-wal", "project.db-shm");
    }

    [Fact]
    public async Task A_project_of_an_earlier_version_is_closed_when_it_is_opened()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Unix modes.");
        await using var project = await TestProject.Create(new LineScience(0), app: false);
        string[] files = ["project.json", "project.db", "keys/upload_private"];
        Open((UnixFileMode)0b111_101_101, project.Folder.Path);
        foreach (var file in files) Open((UnixFileMode)0b110_100_100, project.Folder.In(file));
        ProjectFolder.Open(project.Folder.Path);
        IsClosed(project.Folder.Path, files);
    }

    static void Open(UnixFileMode mode, string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }

    static void IsClosed(string folder, params string[] files)
    {
        foreach (var path in files.Select(file => Path.Combine(folder, file)).Prepend(folder))
        {
            if (OperatingSystem.IsWindows()) continue;
            Assert.True((File.GetUnixFileMode(path) & Others) == 0, $"{path}: {File.GetUnixFileMode(path)}");
        }
    }
}
