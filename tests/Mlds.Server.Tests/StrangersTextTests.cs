using System.IO.Compression;
using System.Xml.Linq;
using Mlds.Boinc.Tags;
using Mlds.Server.Operating;
using Mlds.Server.Statistics;

namespace Mlds.Server.Tests;

/// <summary>Text that strangers send, from where it comes in to where it goes out.</summary>
public abstract class StrangersTextTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    /// <summary>NUL, ESC, a beep, C1, the end of Unicode's first plane, and a mark that reverses the direction of writing.</summary>
    const string Foul = "a\0b\u001b[31mc\u0007\u0085\uFFFEd\uFFFF\u202Ee";

    [Fact]
    public async Task What_a_task_wrote_passes_the_gate_and_keeps_its_lines()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "Ada");
        await project.HasUnsent(1);
        await ada.Call(1, 1);
        var task = Assert.Single(ada.Tasks.Keys);

        // Stderr is the one text of several lines.
        var report = Caller.Report(task, 1, 3).Replace("ended", $"line 1\r\nline 2\t{Foul}", StringComparison.Ordinal);
        Assert.Equal(task, (await ada.Call(results: report)).Element("result_ack")!.Element("name")!.Value);
        var stderr = project.Database.Read(session => session.Text("SELECT stderr FROM result WHERE name = $1", task))!;
        Assert.Contains("line 1\nline 2\ta\uFFFDb", stderr, StringComparison.Ordinal);
        Assert.True(PlainText.IsPlain(stderr.Replace('\n', ' ').Replace('\t', ' ')));
        Assert.All(project.Log.Lines, line => Assert.True(PlainText.IsPlain(line.TrimEnd()), line));
    }

    [Fact]
    public async Task What_a_first_call_says_of_its_machine_passes_the_gate()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "Ada");
        await ada.Send(ada.Request(0, 0, "", []).Replace("Test 1", $"Intel&#1; {Foul} CPU", StringComparison.Ordinal)
            .Replace("Linux", Foul + "\nroot", StringComparison.Ordinal));
        var (model, system) = project.Database.Read(
            session => session.Row("SELECT model, os_name FROM host", row => (row.GetString(0), row.GetString(1))));
        Assert.Equal("Intel\uFFFD a\uFFFDb\uFFFD[31mc\uFFFD \uFFFDd\uFFFD\uFFFDe CPU", model);
        Assert.Equal("a\uFFFDb\uFFFD[31mc\uFFFD \uFFFDd\uFFFD\uFFFDe root", system);
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("A%1b[31m")]
    [InlineData("A%EF%BF%BF")]
    [InlineData("A%E2%80%AEB")]
    [InlineData("A%C2%85B")]
    public async Task Names_that_cannot_be_shown_are_refused(string name)
    {
        await using var project = await Begin(new LineScience(0));
        using var http = new HttpClient { BaseAddress = new(project.MasterUrl) };
        var reply = XElement.Parse(await http.GetStringAsync(
            $"create_account.php?email_addr=a%40example.org&passwd_hash={new string('0', 32)}&user_name={name}",
            TestContext.Current.CancellationToken));
        Assert.Equal("-188", reply.Element("error_num")!.Value);
    }

    /// <summary>Text that was stored before incoming text passed the gate.</summary>
    [Fact]
    public async Task Exports_and_pages_of_projects_that_hold_such_text_already_are_well_formed()
    {
        await using var project = await Begin(new LineScience(0), settings => settings with { StatisticsInterval = 0 });
        using var ada = await Caller.Register(project, "Ada");
        await ada.Call();
        // PostgreSQL never took a NUL
        var old = typeof(TDatabase) == typeof(Postgres) ? Foul.Replace("\0", "", StringComparison.Ordinal) : Foul;
        await project.Database.Write(session =>
        {
            session.Execute("UPDATE host SET model = $1, vendor = $1, os_name = $1, total_credit = 1", old);
            session.Execute("UPDATE account SET name = $1, consent = 1, total_credit = 1", old);
            session.Execute("INSERT INTO team (name, account_id, created) VALUES ($1, 1, 0)", old);
            session.Execute("UPDATE account SET team_id = 1");
        });
        project.Database.Read(session =>
        {
            StatisticsExport.Write(session, project.Folder, "Lines", 1);
            return true;
        });
        foreach (var (file, element) in new[] { ("user.gz", "name"), ("host.gz", "p_model"), ("team.gz", "name") })
        {
            await using var stream = File.OpenRead(Path.Combine(project.Folder.Statistics, file));
            await using var unzipped = new GZipStream(stream, CompressionMode.Decompress);
            var document = await XDocument.LoadAsync(unzipped, LoadOptions.None, TestContext.Current.CancellationToken);
            Assert.StartsWith("a", document.Descendants(element).Single().Value, StringComparison.Ordinal);
        }

        using var form = new FormUrlEncodedContent([new("email", "ada@example.org"), new("password", ada.Key), new("do", "Show")]);
        using var account = await ada.Http.PostAsync("account", form, TestContext.Current.CancellationToken);
        foreach (var page in new[]
        {
            await ada.Http.GetStringAsync("hosts", TestContext.Current.CancellationToken),
            await account.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
        })
        {
            Assert.Contains("[31mc", page, StringComparison.Ordinal);
            Assert.True(PlainText.IsPlain(page.ReplaceLineEndings(" ")));
        }

        Assert.StartsWith("a", (await ada.Call()).Element("user_name")!.Value, StringComparison.Ordinal);
    }
}

public sealed class SqliteStrangersTextTests(PostgresServer postgres) : StrangersTextTests<Sqlite>(postgres)
{
    readonly PostgresServer _postgres = postgres;

    [Fact]
    public async Task A_project_with_NUL_in_its_texts_moves_to_PostgreSQL()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "Ada");
        await ada.Call();
        await project.Database.Write(session => session.Execute("UPDATE host SET model = $1", "Intel\0 CPU"));
        await project.Stop();
        await DatabaseMove.Run(project.Folder, _postgres.NewSchema(), project.Science.Schema);
        project.Reopen();
        await project.Start();
        Assert.Equal("Intel\uFFFD CPU", project.Database.Read(session => session.Text("SELECT model FROM host")));
    }
}

public sealed class PostgresStrangersTextTests(PostgresServer postgres) : StrangersTextTests<Postgres>(postgres);
