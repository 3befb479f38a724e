using System.IO.Compression;
using System.Xml.Linq;
using Mlds.Server.Statistics;

namespace Mlds.Server.Tests;

/// <summary>What people and statistics sites see.</summary>
public abstract class PagesTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_master_page_names_the_scheduler_in_a_line_that_clients_read()
    {
        await using var project = await Begin(new LineScience(0));
        using var http = new HttpClient();
        var page = await http.GetStringAsync(project.MasterUrl, Cancellation);
        Assert.Contains(page.Split('\n'), line => line == $"<link rel=\"boinc_scheduler\" href=\"{project.MasterUrl}scheduler\">" && line.Length < 255);
        Assert.Contains(page.Split('\n'), line => line.Contains($"<scheduler>{project.MasterUrl}scheduler</scheduler>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_status_has_BOINCs_tags_and_the_right_numbers()
    {
        await using var project = await Begin(new LineScience(3));
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE server_state = 2") == 3, "work is there");
        using var ada = await Caller.Register(project, "ada");
        await ada.Call(1, 1);
        var status = XElement.Parse((await ada.Http.GetStringAsync("server_status.php?xml=1", Cancellation)).Split("?>")[1]);
        var recorded = XElement.Parse(BoincExchange("server_status.xml").Split("?>")[1]);
        var states = status.Element("database_file_states")!;
        Assert.Equal(recorded.Element("database_file_states")!.Elements().Select(element => element.Name), states.Elements().Select(element => element.Name));
        Assert.Equal(("2", "1"), (states.Element("results_ready_to_send")!.Value, states.Element("results_in_progress")!.Value));
        Assert.Contains("ready to send", await ada.Http.GetStringAsync("server_status", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statistics_have_the_official_tags_and_only_accounts_that_agreed()
    {
        await using var project = await Begin(new LineScience(2), settings => settings with { StatisticsInterval = 0 });
        using var ada = await Caller.Register(project, "ada");
        using var bob = await Caller.Register(project, "Bob");
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE server_state = 2") == 2, "work is there");
        await ada.Call(1, 1);
        await bob.Call(1, 1);
        await ada.FinishAll();
        await bob.FinishAll();
        await TestProject.Until(() => project.Science.Zoo.Count == 2, "all is assimilated");
        await Post(ada, "ada", "Publish");
        project.Database.Read(session =>
        {
            StatisticsExport.Write(session, project.Folder, "Lines", DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            return true;
        });
        var users = await Unzip(ada, "stats/user.gz");
        var user = Assert.Single(users.Elements("user"));
        Assert.Equal("ada", user.Element("name")!.Value);
        SameTags("stats_user.xml", "user", user);
        var hosts = (await Unzip(ada, "stats/host.gz")).Elements("host").ToList();
        Assert.Equal(2, hosts.Count);
        Assert.Single(hosts, host => host.Element("userid") is not null);
        SameTags("stats_host.xml", "host", hosts[0]);
        var tables = XElement.Parse((await ada.Http.GetStringAsync("stats/tables.xml", Cancellation)).Split("?>")[1]);
        Assert.Equal(XElement.Parse(BoincExchange("tables.xml").Split("?>")[1]).Elements().Select(element => element.Name), tables.Elements().Select(element => element.Name));
        Assert.Equal("20.000000", tables.Element("total_credit")!.Value);
    }

    static void SameTags(string recorded, string name, XElement ours) =>
        Assert.Equal(First(BoincExchange(recorded), name).Elements().Select(element => element.Name.LocalName), ours.Elements().Select(element => element.Name.LocalName));

    /// <summary>The first such element: the recorded files are beginnings.</summary>
    static XElement First(string text, string name)
    {
        var start = text.IndexOf($"<{name}>", StringComparison.Ordinal);
        var end = text.IndexOf($"</{name}>", start, StringComparison.Ordinal);
        return XElement.Parse(text[start..(end + name.Length + 3)]);
    }

    static async Task<XElement> Unzip(Caller caller, string path)
    {
        await using var gzip = new GZipStream(await caller.Http.GetStreamAsync(path, Cancellation), CompressionMode.Decompress);
        return XElement.Load(gzip);
    }

    static string BoincExchange(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "exchanges", name));

    static async Task<string> Post(Caller caller, string name, string what)
    {
        using var form = new FormUrlEncodedContent([new("email", $"{name}@example.org"), new("password", "secret"), new("do", what)]);
        using var response = await caller.Http.PostAsync("account", form, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    [Fact]
    public async Task A_volunteer_sees_renews_exports_and_deletes_an_account()
    {
        await using var project = await Begin(new LineScience(0));
        // The caller's password hash is md5("secret" + address as typed); the page hashes the lower-case address, as clients do.
        using var caller = await Caller.Register(project, "ada");
        Assert.Contains(caller.Key, await Post(caller, "ada", "Show"), StringComparison.Ordinal);
        Assert.Contains("no account with this address and password", await Post(caller, "eve", "Show"), StringComparison.Ordinal);
        var renewed = await Post(caller, "ada", "New key");
        Assert.DoesNotContain(caller.Key, renewed, StringComparison.Ordinal);
        Assert.Contains("Invalid or missing account key", (await caller.Call()).Value, StringComparison.Ordinal);
        Assert.Contains("\"email\": \"ada@example.org\"", await Post(caller, "ada", "Export"), StringComparison.Ordinal);
        Assert.Contains("is deleted", await Post(caller, "ada", "Delete"), StringComparison.Ordinal);
        Assert.Contains("no account with this address", await Post(caller, "ada", "Show"), StringComparison.Ordinal);
        Assert.Equal(0, project.Number("SELECT count(*) FROM account WHERE email LIKE '%example%'"));
    }

    [Fact]
    public async Task Metrics_are_there_in_Prometheus_format()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "ada");
        await ada.Call();
        Assert.Contains("mlds_scheduler_seconds_count 1", await ada.Http.GetStringAsync("metrics", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_opens_as_a_project()
    {
        await using var project = await Begin(new LineScience(2));
        using var ada = await Caller.Register(project, "ada");
        await ada.Call();
        var copy = Path.Combine(project.Scratch, "copy");
        ProjectBackup.Copy(project.Folder, copy);
        var opened = ProjectFolder.Open(copy);
        Assert.Equal(project.Folder.CodeSigningKey.Text, opened.CodeSigningKey.Text);
        await using var database = opened.OpenDatabase(project.Science.Schema);
        Assert.Equal(1, database.Read(session => session.Number("SELECT count(*) FROM host")));
    }
}

public sealed class SqlitePagesTests(PostgresServer postgres) : PagesTests<Sqlite>(postgres);

public sealed class PostgresPagesTests(PostgresServer postgres) : PagesTests<Postgres>(postgres);
