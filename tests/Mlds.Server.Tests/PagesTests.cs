using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using Mlds.Server.Operating;
using Mlds.Server.Project;
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
        Assert.Contains(
            page.Split('\n'), line => line == $"<link rel=\"boinc_scheduler\" href=\"{project.MasterUrl}scheduler\">" && line.Length < 255);
        Assert.Contains(
            page.Split('\n'), line => line.Contains($"<scheduler>{project.MasterUrl}scheduler</scheduler>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_status_has_BOINCs_tags_and_the_right_numbers()
    {
        await using var project = await Begin(new LineScience(3));
        await project.HasUnsent(3);
        using var ada = await Caller.Register(project, "ada");
        await ada.Call(1, 1);
        var status = XElement.Parse((await ada.Http.GetStringAsync("server_status.php?xml=1", Cancellation)).Split("?>")[1]);
        var recorded = XElement.Parse(BoincExchange("server_status.xml").Split("?>")[1]);
        var states = status.Element("database_file_states")!;
        Assert.Equal(
            recorded.Element("database_file_states")!.Elements().Select(element => element.Name),
            states.Elements().Select(element => element.Name));
        Assert.Equal(("2", "1"), (states.Element("results_ready_to_send")!.Value, states.Element("results_in_progress")!.Value));
        Assert.Contains("ready to send", await ada.Http.GetStringAsync("server_status", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statistics_have_the_official_tags_and_only_accounts_that_agreed()
    {
        await using var project = await Begin(new LineScience(2), settings => settings with { StatisticsInterval = 0 });
        using var ada = await Caller.Register(project, "ada");
        using var bob = await Caller.Register(project, "Bob");
        await project.HasUnsent(2);
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
        Assert.Equal(ada.HostId.ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Single(hosts).Element("id")!.Value);
        SameTags("stats_host.xml", "host", hosts[0]);
        var tables = XElement.Parse((await ada.Http.GetStringAsync("stats/tables.xml", Cancellation)).Split("?>")[1]);
        Assert.Equal(
            XElement.Parse(BoincExchange("tables.xml").Split("?>")[1]).Elements().Select(element => element.Name),
            tables.Elements().Select(element => element.Name));
        Assert.Equal("20.000000", tables.Element("total_credit")!.Value);
    }

    static void SameTags(string recorded, string name, XElement ours) =>
        Assert.Equal(
            First(BoincExchange(recorded), name).Elements().Select(element => element.Name.LocalName),
            ours.Elements().Select(element => element.Name.LocalName));

    /// <summary>The first such element: only the beginnings of the files were recorded.</summary>
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
    public async Task A_volunteer_changes_name_address_and_password_and_the_computers_keep_their_key()
    {
        await using var project = await Begin(new LineScience(0));
        using var caller = await Caller.Register(project, "ada");
        using var other = await Caller.Register(project, "bob");
        Task<string> Change(string email, string secret, params (string Name, string Value)[] changes) =>
            Send(caller, [("email", email), ("password", secret), ("do", "Change"), .. changes]);
        Assert.Contains(
            "Another account has that address",
            await Change("ada@example.org", "secret", ("new_email", "bob@example.org")), StringComparison.Ordinal);
        Assert.Contains(
            "at least 8 letters", await Change("ada@example.org", "secret", ("new_password", "short")), StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", await Change("ada@example.org", "secret", ("new_name", "<b>")), StringComparison.Ordinal);
        Assert.Contains("no account", await Change("ada@example.org", other.Key, ("new_name", "Eve")), StringComparison.Ordinal);

        // With the account key instead of the password, which may be forgotten.
        Assert.Contains(
            "To change the address",
            await Change("ada@example.org", caller.Key, ("new_email", "ada@example.net")), StringComparison.Ordinal);
        Assert.Contains(
            "is changed",
            await Change(
                "ada@example.org", caller.Key, ("new_email", "Ada@Example.net"), ("new_password", "correct horse"), ("new_name", "Ada L.")),
            StringComparison.Ordinal);
        Assert.Contains("no account", await Change("ada@example.org", "secret"), StringComparison.Ordinal);
        Assert.Contains(
            caller.Key, await Send(caller, [("email", "ada@example.net"), ("password", "correct horse")]), StringComparison.Ordinal);
        Assert.Equal("Ada L.", (await caller.Call()).Element("user_name")!.Value);
        var found = await caller.Http.GetStringAsync(
            $"lookup_account.php?email_addr=ada%40example.net&passwd_hash={Caller.Md5("correct horse" + "ada@example.net")}", Cancellation);
        Assert.Contains(caller.Key, found, StringComparison.Ordinal);
        Assert.DoesNotContain(project.Log.Lines, line => line.Contains("example.net", StringComparison.OrdinalIgnoreCase)
            || line.Contains(caller.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Teams_are_founded_joined_left_and_exported_with_their_members_credit()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "ada");
        using var bob = await Caller.Register(project, "bob");
        foreach (var (caller, name) in new[] { (ada, "ada"), (bob, "bob") })
        {
            Assert.Contains(
                "in the team",
                await Send(caller, [("email", $"{name}@example.org"), ("password", "secret"), ("do", "Join"), ("team", "Liners")]),
                StringComparison.Ordinal);
        }

        Assert.Equal(1, project.Number("SELECT count(*) FROM team"));
        await project.HasUnsent(1);
        await ada.Call(1, 1);
        await ada.FinishAll();
        await TestProject.Until(() => project.Number("SELECT count(*) FROM account WHERE total_credit > 0") == 1, "credit");
        void Write() => project.Database.Read(session =>
        {
            StatisticsExport.Write(session, project.Folder, "Lines", DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            return true;
        });
        await Post(bob, "bob", "Publish");
        Write();
        Assert.Empty((await Unzip(ada, "stats/team.gz")).Elements("team")); // its credit is of one who didn't agree
        await Post(bob, "bob", "Don't publish");
        await Post(ada, "ada", "Publish");
        Write();
        var team = (await Unzip(ada, "stats/team.gz")).Element("team")!;
        Assert.Equal(("Liners", "1", "1", 10.0), (team.Element("name")!.Value, team.Element("nusers")!.Value,
            team.Element("userid")!.Value, (double)team.Element("total_credit")!));
        Assert.True((double)team.Element("expavg_credit")! > 0);
        Assert.Contains(
            "in no team",
            await Send(bob, [("email", "bob@example.org"), ("password", "secret"), ("do", "Leave")]), StringComparison.Ordinal);
        Assert.Equal(1, project.Number("SELECT count(*) FROM account WHERE team_id > 0"));
    }

    [Fact]
    public async Task What_is_stored_of_a_person_is_exported_whole_and_deleted_whole()
    {
        await using var project = await Begin(new LineScience(1));
        using var ada = await Caller.Register(project, "ada");
        await project.HasUnsent(1);
        await ada.Call(1, 1);
        await ada.FinishAll();
        await TestProject.Until(() => project.Number("SELECT count(*) FROM account WHERE total_credit > 0") == 1, "credit");
        using var export = JsonDocument.Parse(await Post(ada, "ada", "Export"));
        Assert.Equal("ada@example.org", export.RootElement.GetProperty("account").GetProperty("email").GetString());
        Assert.Equal(1, export.RootElement.GetProperty("hosts").GetArrayLength());
        Assert.Equal(10, export.RootElement.GetProperty("results")[0].GetProperty("credit").GetDouble());
        await Post(ada, "ada", "Delete");
        Assert.Contains("Invalid or missing account key", (await ada.Call()).Value, StringComparison.Ordinal);
        Assert.Equal(0, project.Number(
            "SELECT count(*) FROM account WHERE name = 'ada' OR email LIKE '%@%' OR email_hash <> '' "
            + "OR external_cpid <> '' OR cross_project_id <> ''"));
        Assert.Equal(0, project.Number("SELECT count(*) FROM host WHERE name <> '' OR cpid <> ''"));
        Assert.Equal(10, project.Number("SELECT sum(total_credit) FROM account"));
    }

    static async Task<string> Send(Caller caller, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await caller.Http.PostAsync("account", form, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
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
        await ProjectBackup.Copy(project.Folder, copy, project.Science.Schema);
        var opened = ProjectFolder.Open(copy);
        Assert.Equal(project.Folder.CodeSigningKey.Text, opened.CodeSigningKey.Text);
        await using var database = opened.OpenDatabase(project.Science.Schema);
        Assert.Equal(1, database.Read(session => session.Number("SELECT count(*) FROM host")));
    }
}

public sealed class SqlitePagesTests(PostgresServer postgres) : PagesTests<Sqlite>(postgres);

public sealed class PostgresPagesTests(PostgresServer postgres) : PagesTests<Postgres>(postgres);
