using System.Net;
using System.Text;
using System.Xml.Linq;
using Mlds.Server.Contract;
using Mlds.Server.Operating;
using Mlds.Server.Statistics;
using Mlds.Server.Uploads;

namespace Mlds.Server.Tests;

/// <summary>
/// One file, one judgement: what was reported never changes, what was judged is what is taken over, and what is lost here is computed
/// again.
/// </summary>
public abstract class JudgedFilesTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    static readonly string s_padding = new('x', 50_000);

    /// <summary>What an honest host returns for the unit.</summary>
    static string Honest(string task) => $"LINE {task.Split('_')[1]}\n{s_padding}";

    /// <summary>
    /// A project whose hosts have to earn trust, with unsent tasks left, so that held results stay held; and a host with two tasks.
    /// </summary>
    async Task<(TestProject Project, Caller Ada)> Held(LineScience? science = null)
    {
        var project = await Begin(science ?? new LineScience(6) { Proved = false });
        var ada = await Caller.Register(project, "Ada");
        await project.HasUnsent(6);
        await ada.Call(1, 2);
        Assert.Equal(2, ada.Tasks.Count);
        return (project, ada);
    }

    static async Task ReportHeld(TestProject project, Caller host, string task)
    {
        await host.Call(results: Caller.Report(task), others: host.Tasks.Keys.Where(other => other != task));
        await TestProject.Until(() => project.Number(
            "SELECT w.held FROM workunit w JOIN result r ON r.id = w.canonical_result_id WHERE r.name = $1", task) == 1, "it is held");
    }

    static async Task Release(TestProject project, string task) => await project.Database.Write(session => session.Execute(
        "UPDATE workunit SET held = 0, assimilate_state = 1 WHERE canonical_result_id = (SELECT id FROM result WHERE name = $1)", task));

    static string Unit(string task) => task[..task.LastIndexOf('_')];

    static string FileOf(TestProject project, XElement file) => project.Folder.Upload(file.Element("name")!.Value);

    [Fact]
    public async Task An_upload_that_ends_after_the_report_changes_nothing()
    {
        var (project, ada) = await Held();
        await using var _ = project;
        using var __ = ada;
        var task = ada.Tasks.Keys.First();
        var file = ada.Tasks[task];
        var forged = Encoding.UTF8.GetBytes(Honest(task).Replace('x', 'f'));
        Assert.Equal(0, await ada.Upload(task, Honest(task)));

        // The same file again, with the last bytes kept back until the honest one is judged.
        byte[] body = [.. Encoding.UTF8.GetBytes(Caller.UploadHead(file, forged, 0)), .. forged];
        using var content = new WithheldContent(body, last: 100);
        var second = ada.Http.PostAsync("file_upload_handler", content, TestContext.Current.CancellationToken);
        await TestProject.Until(() => File.Exists(FileOf(project, file) + ".part"), "the second upload has begun");
        await ReportHeld(project, ada, task);
        Assert.Equal(forged.Length, await ada.Size(file.Element("name")!.Value)); // of the whole one
        Assert.False(File.Exists(FileOf(project, file) + ".part"), "The report ends what isn't whole.");
        content.Go();
        using var answer = await second;
        Assert.Equal(
            "-1", XElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Element("status")!.Value);
        Assert.False(File.Exists(FileOf(project, file) + ".part"));

        // With the next result the host earns trust, and what was held is taken over.
        var next = ada.Tasks.Keys.First();
        project.Science.Standing = _ => HostStanding.Trusted;
        Assert.Equal(0, await ada.Upload(next, Honest(next)));
        await ada.Call(results: Caller.Report(next));
        await TestProject.Until(
            () => project.Science.Zoo.ContainsKey(Unit(task)) && project.Science.Zoo.ContainsKey(Unit(next)), "both are taken over");
        Assert.Equal(Honest(task), project.Science.Zoo[Unit(task)]);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("deleted")]
    [InlineData("cut short")]
    public async Task A_file_that_is_lost_after_its_verdict_is_computed_again_and_its_host_keeps_its_credit(string how)
    {
        var (project, ada) = await Held();
        await using var _ = project;
        using var __ = ada;
        var task = ada.Tasks.Keys.First();
        var path = FileOf(project, ada.Tasks[task]);
        Assert.Equal(0, await ada.Upload(task, Honest(task)));
        await ReportHeld(project, ada, task);
        if (how == "deleted")
        {
            File.Delete(path);
        }
        else
        {
            await File.WriteAllTextAsync(
                path, how == "changed" ? Honest(task).Replace('x', 'f') : "LINE", TestContext.Current.CancellationToken);
        }

        await Release(project, task);
        await TestProject.Until(() => project.Number("SELECT outcome FROM result WHERE name = $1", task) == 5, "it is given up");
        await TestProject.Until(() => project.Number(
            "SELECT count(*) FROM result r JOIN workunit w ON w.id = r.workunit_id WHERE w.name = $1 AND r.server_state = 2", Unit(
                task)) == 1, "issued again");
        Assert.Equal((10, 1, 0), (project.Number("SELECT total_credit FROM host"), project.Number("SELECT valid_results FROM host"),
            project.Number("SELECT invalid_results FROM host")));
        Assert.Contains(project.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(
            "is issued again", StringComparison.Ordinal));
        Assert.Equal((1, 0), project.Database.Read(
            session => (ProjectNumbers.Read(session, 0).FilesLost, ProjectNumbers.Read(session, 0).FailingAssimilation)));
        Assert.Empty(project.Science.Zoo);

        // A copy comes before other work, and somebody else computes it.
        project.Science.Standing = _ => HostStanding.Trusted;
        using var bob = await Caller.Register(project, "Bob");
        await bob.Call(1, 1);
        var copy = Assert.Single(bob.Tasks.Keys);
        Assert.Equal(Unit(task), Unit(copy));
        Assert.Equal(0, await bob.Upload(copy, Honest(copy)));
        await bob.Call(results: Caller.Report(copy));
        await TestProject.Until(() => project.Science.Zoo.ContainsKey(Unit(task)), "it is taken over");
        Assert.Equal(Honest(task), project.Science.Zoo[Unit(task)]);
        await TestProject.Until(
            () => project.Number("SELECT assimilate_state FROM workunit WHERE name = $1", Unit(task)) == 2, "it is marked");
        var metrics = await ada.Http.GetStringAsync("metrics", TestContext.Current.CancellationToken);
        Assert.Contains("mlds_files_lost_total 1", metrics, StringComparison.Ordinal);
        Assert.Contains("mlds_assimilated_total 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_file_that_is_judged_again_makes_nobody_a_cheat()
    {
        var (project, ada) = await Held();
        await using var _ = project;
        using var __ = ada;
        var task = ada.Tasks.Keys.First();
        var path = FileOf(project, ada.Tasks[task]);
        Assert.Equal(0, await ada.Upload(task, Honest(task)));
        await ReportHeld(project, ada, task);
        await File.WriteAllTextAsync(path, "nonsense", TestContext.Current.CancellationToken);
        Assert.Equal(1, (await Revalidation.WorkUnit(project.Database, project.Science, Unit(task), 0)).Results);
        await TestProject.Until(() => project.Number("SELECT outcome FROM result WHERE name = $1", task) == 5, "it is given up");
        Assert.Equal(0, project.Number("SELECT invalid_results FROM host"));
        await TestProject.Until(() => project.Number(
            "SELECT count(*) FROM result r JOIN workunit w ON w.id = r.workunit_id WHERE w.name = $1 AND r.server_state = 2", Unit(
                task)) == 1, "issued again");
    }

    [Fact]
    public async Task A_result_that_waits_for_others_to_agree_is_held_to_what_was_judged()
    {
        var (project, ada) = await Held(new LineScience(3) { Quorum = 2 });
        await using var _ = project;
        using var __ = ada;
        using var bob = await Caller.Register(project, "Bob");
        var tasks = ada.Tasks.Keys.Take(2).ToList();
        var files = tasks.ConvertAll(task => FileOf(project, ada.Tasks[task]));
        foreach (var task in tasks) Assert.Equal(0, await ada.Upload(task, Honest(task)));
        await ada.Call(results: string.Concat(tasks.Select(task => Caller.Report(task))), others: ada.Tasks.Keys.Except(tasks));
        await bob.Call(1, 3);
        Assert.Equal(3, bob.Tasks.Count);

        // One of the two files has changed when the second result comes.
        await File.WriteAllTextAsync(files[0], "false", TestContext.Current.CancellationToken);
        var copies = tasks.ConvertAll(task => bob.Tasks.Keys.Single(copy => Unit(copy) == Unit(task)));
        foreach (var copy in copies) Assert.Equal(0, await bob.Upload(copy, Honest(copy)));
        await project.Database.Write(
            session => session.Execute("UPDATE workunit SET need_validate = need_validate")); // the same rows that the report changes
        await bob.Call(results: string.Concat(copies.Select(copy => Caller.Report(copy))), others: bob.Tasks.Keys.Except(copies));
        await TestProject.Until(() => project.Science.Zoo.ContainsKey(Unit(tasks[1])), "the other is taken over");
        await TestProject.Until(() => project.Number(
            "SELECT count(*) FROM result r JOIN workunit w ON w.id = r.workunit_id WHERE w.name = $1", Unit(tasks[0])) == 3,
                "a third result is made");
        Assert.Equal(0, project.Number("SELECT sum(invalid_results) FROM host"));
        Assert.False(project.Science.Zoo.ContainsKey(Unit(tasks[0])));
    }

    [Fact]
    public async Task What_comes_after_a_units_files_were_deleted_is_acknowledged_and_not_kept()
    {
        var (project, ada) = await Held();
        await using var _ = project;
        using var __ = ada;
        var task = ada.Tasks.Keys.First();
        var file = ada.Tasks[task];
        await project.Database.Write(session =>
        {
            session.Execute("UPDATE result SET server_state = 5, outcome = 4 WHERE name = $1", task);
            session.Execute("UPDATE workunit SET errors = 16, assimilate_state = 2, file_delete_state = 2 WHERE name = $1", Unit(task));
        });
        Assert.Equal(0, await ada.Upload(task, Honest(task)));
        Assert.False(File.Exists(FileOf(project, file)) || File.Exists(FileOf(project, file) + ".part"));
        await ada.Call(results: Caller.Report(task));
        Assert.DoesNotContain(task, ada.Tasks.Keys);
        Assert.Equal(5, project.Number("SELECT validate_state FROM result WHERE name = $1", task)); // too late
        Assert.Equal(0, project.Number("SELECT failed_results FROM host"));
    }

    [Fact]
    public async Task Uploads_that_nobody_goes_on_with_or_that_nothing_needs_are_removed_by_age()
    {
        var (project, ada) = await Held();
        await using var _ = project;
        using var __ = ada;
        var (begun, done) = (ada.Tasks.Keys.First(), ada.Tasks.Keys.Last());
        var names = new[] { begun, done }.Select(task => FileOf(project, ada.Tasks[task])).ToList();
        Assert.Equal(1, await ada.Upload(ada.Tasks[begun], Encoding.UTF8.GetBytes(Honest(begun)), length: 40_000));
        Assert.Equal(0, await ada.Upload(done, Honest(done)));
        var unknown = Path.Combine(Path.GetDirectoryName(names[1])!, "unit_99_0_r5_0");
        var foreign = Path.Combine(Path.GetDirectoryName(names[1])!, "notes.txt");
        foreach (var file in new[] { unknown, foreign }) await File.WriteAllTextAsync(file, "x", TestContext.Current.CancellationToken);
        int Sweep(double days) => UnfinishedUploads.Sweep(
            project.Folder, project.Database, DateTimeOffset.UtcNow.AddDays(days), TestContext.Current.CancellationToken);
        Assert.Equal(0, Sweep(0));
        Assert.Equal(1, Sweep(2)); // of no result
        Assert.False(File.Exists(unknown));
        Assert.Equal(1, Sweep(15)); // the client has given up
        Assert.Equal([false, true, true], new[] { names[0] + ".part", names[1], foreign }.Select(File.Exists));
        await project.Database.Write(session => session.Execute("UPDATE workunit SET file_delete_state = 2 WHERE name = $1", Unit(done)));
        Assert.Equal(1, Sweep(15));
        Assert.Equal(0, Sweep(15));
        Assert.False(File.Exists(names[1]));
    }

    [Fact]
    public async Task A_unit_that_cant_be_assimilated_is_tried_ever_less_often_seen_and_not_counted()
    {
        var science = new LineScience(6) { BeforeAssimilation = _ => throw new InvalidDataException("The zoo has it with other weights.") };
        var (project, ada) = await Held(science);
        await using var _ = project;
        using var __ = ada;
        var task = ada.Tasks.Keys.First();
        Assert.Equal(0, await ada.Upload(task, Honest(task)));
        await ada.Call(results: Caller.Report(task), others: ada.Tasks.Keys.Where(other => other != task));
        long Number(string column) => project.Number($"SELECT {column} FROM workunit WHERE name = $1", Unit(task));
        var after = project.Clock.Now;
        for (var tries = 1; tries <= 3; tries++)
        {
            await TestProject.Until(() => Number("assimilate_tries") >= tries, "it was tried");
            Assert.True(
                Number("assimilate_after") - after >= 30 << tries,
                $"After {tries} tries it waits for {Number("assimilate_after") - after} s.");
            after = Number("assimilate_after");
            if (tries < 3) project.Clock.TurnAhead(TimeSpan.FromSeconds(after - project.Clock.Now + 1));
        }

        Assert.Equal(1, project.Database.Read(session => ProjectNumbers.Read(session, 0)).FailingAssimilation);
        Assert.Contains("mlds_assimilated_total 0", await ada.Http.GetStringAsync("metrics", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        science.BeforeAssimilation = _ => { };
        await project.Database.Write(session => session.Execute("UPDATE workunit SET assimilate_after = 0"));
        await TestProject.Until(() => Number("assimilate_state") == 2, "it is taken over");
        Assert.Equal(0, project.Database.Read(session => ProjectNumbers.Read(session, 0)).FailingAssimilation);
    }

    [Fact]
    public async Task No_verdict_is_taken_back_while_its_unit_is_being_assimilated()
    {
        using var begun = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var science = new LineScience(6);
        science.BeforeAssimilation = _ =>
        {
            begun.Set();
            goOn.Wait(TestContext.Current.CancellationToken);
        };
        var (project, ada) = await Held(science);
        await using var _ = project;
        using var __ = ada;
        var task = ada.Tasks.Keys.First();
        Assert.Equal(0, await ada.Upload(task, Honest(task)));
        await ada.Call(results: Caller.Report(task), others: ada.Tasks.Keys.Where(other => other != task));
        await TestProject.Until(() => begun.IsSet, "it is being assimilated");
        var taken = await Revalidation.WorkUnit(project.Database, science, Unit(task), 0);
        goOn.Set();
        Assert.Equal(new Revalidated(0, 0, 1), taken);
        await TestProject.Until(
            () => project.Number("SELECT assimilate_state FROM workunit WHERE name = $1", Unit(task)) == 2, "it is marked");
        Assert.Equal(1, project.Number("SELECT valid_results FROM host"));
    }

    /// <summary>A body whose last bytes come only when they are released.</summary>
    sealed class WithheldContent(byte[] body, int last) : HttpContent
    {
        readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Go() => _go.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(body.AsMemory(0, body.Length - last));
            await stream.FlushAsync();
            await _go.Task;
            await stream.WriteAsync(body.AsMemory(body.Length - last));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}

public sealed class SqliteJudgedFilesTests(PostgresServer postgres) : JudgedFilesTests<Sqlite>(postgres);

public sealed class PostgresJudgedFilesTests(PostgresServer postgres) : JudgedFilesTests<Postgres>(postgres);
