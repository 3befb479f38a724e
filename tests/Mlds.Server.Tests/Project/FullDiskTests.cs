using Mlds.Server.Database;
using Mlds.Server.Operating;

namespace Mlds.Server.Tests.Project;

/// <summary>
/// A full disk, a real one in memory: callers are told to come again, nothing is left half made, and work goes on when there is room.
/// </summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_project_or_a_backup_that_finds_no_room_leaves_nothing()
    {
        using var disk = new SmallDisk(2);
        await using var project = await TestProject.Create(new LineScience(0));
        var settings = project.Folder.Settings with { MasterUrl = "http://127.0.0.1:9/x/" };
        disk.Fill(leave: 40 * 1024);
        var init = await Assert.ThrowsAsync<ProjectException>(() => ProjectCreation.Create(disk.In("p"), settings, project.Science.Schema));
        Assert.Contains("the disk is full; make room", init.Message, StringComparison.Ordinal);
        var backup = await Assert.ThrowsAsync<ProjectException>(
            () => ProjectBackup.Copy(project.Folder, disk.In("copy"), project.Science.Schema));
        Assert.Contains("the disk is full; make room", backup.Message, StringComparison.Ordinal);
        Assert.Equal([disk.In("filling")], Directory.GetFileSystemEntries(disk.Path));
        disk.Empty();
        await ProjectCreation.Create(disk.In("p"), settings, project.Science.Schema);
    }

    [Fact]
    public async Task Clients_hear_to_come_again_and_the_project_goes_on_when_there_is_room()
    {
        using var disk = new SmallDisk(4);
        await using var project = await TestProject.Create(new LineScience(1), disk.In("project.db"));
        await project.Start();
        await project.HasUnsent(1);
        using var ada = await Caller.Register(project, "ada");
        disk.Fill(leave: 0);
        var number = 0;
        await TestProject.Until(() => Create(project, number++) == "-183", "there is no room left in the database's log either");
        Assert.Contains(
            (await ada.Call(1, 1)).Elements("message"), message => message.Value.Contains("try later", StringComparison.Ordinal));
        Assert.DoesNotContain(project.Log.Lines, line => line.Contains("unhandled", StringComparison.OrdinalIgnoreCase));
        disk.Empty();
        using var eve = await Caller.Register(project, "eve");
        await TestProject.Until(() => eve.Call(1, 1).GetAwaiter().GetResult().Elements("result").Any(), "it goes on");
    }

    /// <summary>The error number of an attempt to make an account, or "".</summary>
    static string Create(TestProject project, int number)
    {
        using var http = new HttpClient { BaseAddress = project.Folder.Settings.Master };
        var name = $"{number}{new string('a', 60)}";
        var reply = http.GetStringAsync(
            $"create_account.php?email_addr={name}%40example.org&passwd_hash={new string('0', 32)}&user_name=x",
            TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        return System.Xml.Linq.XElement.Parse(reply).Element("error_num")?.Value ?? "";
    }

    sealed class SmallDisk : IDisposable
    {
        public SmallDisk(int mebibytes)
        {
            if (Environment.UserName != "root") Assert.Skip("A small disk is mounted, which takes root.");
            if (Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", Path) == 0) return;
            Directory.Delete(Path);
            Assert.Skip("Nothing can be mounted here.");
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("mlds-disk-").FullName;

        public string In(string name) => System.IO.Path.Combine(Path, name);

        public void Fill(int leave)
        {
            using var file = File.Create(In("filling"));
            var block = new byte[4096];
            try
            {
                while (true) file.Write(block);
            }
            catch (IOException)
            {
                // Full, as it should be.
            }

            file.SetLength(Math.Max(0, file.Length - leave));
        }

        public void Empty() => File.Delete(In("filling"));

        public void Dispose()
        {
            Run("umount", "-l", Path);
            Directory.Delete(Path);
        }

        static int Run(string program, params string[] arguments) =>
            Command.Run(program, arguments, "/", TimeSpan.FromMinutes(10)).ExitCode;
    }
}
