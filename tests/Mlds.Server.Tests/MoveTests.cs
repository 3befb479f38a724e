using Mlds.Server.Database;
using Mlds.Server.Operating;
using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>A project that moves: to another database, and to where its backup is put.</summary>
public sealed class MoveTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_project_goes_on_in_PostgreSQL_and_back_in_a_file_with_every_row()
    {
        await using var project = await TestProject.Create(new LineScience(6));
        await project.Start();
        using var ada = await Caller.Register(project, "ada");
        await Work(ada, 1);
        await ada.FinishAll();
        await TestProject.Until(() => project.Science.Zoo.Count == 1, "one is assimilated");
        await Work(ada, 2);
        var refused = await Assert.ThrowsAsync<ProjectException>(
            () => DatabaseMove.Run(project.Folder, postgres.NewSchema(), project.Science.Schema));
        Assert.Contains("stop the server", refused.Message, StringComparison.Ordinal);
        await project.Stop();

        // A part of it that answers no calls still writes.
        await using (var part = await Serve(project.Folder, project, "validator"))
        {
            Assert.Contains("stop the server", (await Assert.ThrowsAsync<ProjectException>(() =>
                DatabaseMove.Run(project.Folder, postgres.NewSchema(), project.Science.Schema))).Message, StringComparison.Ordinal);
        }

        var (inPostgres, before) = (postgres.NewSchema(), Rows(project.Folder));
        Assert.Equal(before.Sum(), await DatabaseMove.Run(project.Folder, inPostgres, project.Science.Schema));
        var moved = ProjectFolder.Open(project.Folder.Path);
        Assert.Equal(inPostgres, moved.Settings.Database);
        Assert.Equal(before, Rows(moved));
        await using (var there = await Serve(moved, project))
        {
            // The same computer goes on with the tasks it has, and new keys follow on the old ones.
            await ada.FinishAll();
            using var bob = await Caller.Register(moved, "bob");
            await bob.Call();
            Assert.Equal(2, bob.HostId);
            await TestProject.Until(() => project.Science.Zoo.Count == 3, "its tasks are assimilated");
        }

        await DatabaseMove.Run(moved, "again.db", project.Science.Schema);
        var back = ProjectFolder.Open(project.Folder.Path);
        Assert.Equal(Rows(moved), Rows(back));
        await using (var there = await Serve(back, project))
        {
            await Work(ada, 1);
            await ada.FinishAll();
            await TestProject.Until(() => project.Science.Zoo.Count == 4, "it goes on");
        }
    }

    [Fact]
    public async Task A_database_with_rows_or_none_at_all_is_refused_and_nothing_changes()
    {
        await using var project = await TestProject.Create(new LineScience(0));
        await using var other = await TestProject.Create(new LineScience(0), postgres.NewSchema());
        var settings = File.ReadAllText(ProjectFolder.SettingsFile(project.Folder.Path));
        async Task<string> Refused(string to) =>
            (await Assert.ThrowsAsync<ProjectException>(() => DatabaseMove.Run(project.Folder, to, project.Science.Schema))).Message;
        Assert.Contains("isn't empty", await Refused(other.Folder.Settings.Database), StringComparison.Ordinal);
        Assert.Contains(
            "Nothing was changed", await Refused("Host=/nowhere/at/all;Database=none;Username=nobody"), StringComparison.Ordinal);
        Assert.Contains("has that database already", await Refused("project.db"), StringComparison.Ordinal);
        Assert.Contains("pg_dump", (await Assert.ThrowsAsync<ProjectException>(() =>
            DatabaseMove.Run(other.Folder, postgres.NewSchema(), project.Science.Schema))).Message, StringComparison.Ordinal);
        Assert.Equal(settings, File.ReadAllText(ProjectFolder.SettingsFile(project.Folder.Path)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_project_that_was_lost_goes_on_from_its_backup_and_nothing_counts_twice(bool onPostgres)
    {
        await using var project = await TestProject.Create(new LineScience(5), onPostgres ? postgres.NewSchema() : "project.db");
        await project.Start();
        using var ada = await Caller.Register(project, "ada");
        await Work(ada, 1);
        await ada.FinishAll();
        await TestProject.Until(() => project.Number("SELECT sum(total_credit) FROM account") == 10, "credit");
        await Work(ada, 1);
        var copy = Path.Combine(project.Scratch, "copy");
        await ProjectBackup.Copy(project.Folder, copy, project.Science.Schema); // while it is served
        await Assert.ThrowsAsync<ProjectException>(() => ProjectBackup.Copy(project.Folder, copy, project.Science.Schema));
        await Assert.ThrowsAsync<ProjectException>(
            () => ProjectBackup.Copy(project.Folder, project.Folder.In("copy"), project.Science.Schema));

        // After the backup this task is reported and credited, and another is sent; then everything is lost.
        await ada.FinishAll();
        await TestProject.Until(() => project.Number("SELECT sum(total_credit) FROM account") == 20, "more credit");
        await Work(ada, 1);
        await project.Stop();
        Directory.Delete(project.Folder.Path, recursive: true);
        Directory.Move(copy, project.Folder.Path);
        if (onPostgres) await DatabaseMove.Run(ProjectFolder.Open(project.Folder.Path), postgres.NewSchema(), project.Science.Schema);

        project.Reopen();
        await project.Start();
        Assert.Equal(10, project.Number("SELECT sum(total_credit) FROM account"));
        await TestProject.Until(
            async () =>
            {
                // The project has what it needs: programs, inputs, the upload key. A task that was in progress at the backup, and that the
                // client no longer knows, goes to it again.
                await ada.Call(1e6, 5);
                await ada.FinishAll();
                return project.Number("SELECT count(*) FROM workunit WHERE canonical_result_id > 0") == 5;
            },
            "all is computed");
        await TestProject.Until(() => project.Number("SELECT sum(total_credit) FROM account") == 50, "each unit is credited once");
        Assert.Equal(5, project.Number("SELECT count(*) FROM result WHERE granted_credit > 0"));
    }

    static async Task<Microsoft.AspNetCore.Builder.WebApplication> Serve(ProjectFolder folder, TestProject project, params string[] parts)
    {
        var server = ProjectServer.Build(folder, project.Science, project.Options with { Only = parts });
        await server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>How many rows the tables have.</summary>
    static List<long> Rows(ProjectFolder folder)
    {
        using var session = new Session(Dialect.Of(folder.Settings.Database, folder.Path));
        string[] tables =
        [
            "app", "app_version", "app_version_file", "account", "host", "host_app_version", "workunit",
            "result", "team", "credit_change", "science_line", "science_verdict",
        ];
        return [.. tables.Select(table => session.Number($"SELECT count(*) FROM {table}")!.Value)];
    }

    static Task Work(Caller caller, int tasks) => TestProject.Until(
        async () =>
        {
            if (caller.Tasks.Count < tasks) await caller.Call(seconds: 0, instances: 1);
            return caller.Tasks.Count >= tasks;
        },
        "there is work");
}
