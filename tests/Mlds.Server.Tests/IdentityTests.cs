using System.Xml.Linq;
using Mlds.Server.Statistics;

namespace Mlds.Server.Tests;

/// <summary>Who a volunteer is: across projects, by a weak key, by a name, in whatever letters.</summary>
public abstract class IdentityTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static string Hash(string address, string password = "secret") => Caller.Md5(password + address);

    static async Task<string> Post(Caller caller, string page, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await caller.Http.PostAsync(page, form, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    static async Task<XElement> Get(HttpClient http, string path) =>
        XElement.Parse((await http.GetStringAsync(path, Cancellation)).Split("?>")[^1]);

    /// <summary>An account's weak key, as its owner or an account manager learns it.</summary>
    static async Task<string> WeakKey(Caller caller) =>
        (await Get(caller.Http, $"am_get_info.php?account_key={caller.Key}")).Element("weak_auth")!.Value;

    [Fact]
    public async Task The_id_that_a_client_brings_from_other_projects_is_adopted()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "ada");
        var own = (await ada.Call()).Element("cross_project_id")!.Value;
        var elsewhere = Caller.Md5("made by another project");
        foreach (var malformed in new[] { "", "abc", elsewhere + "0", elsewhere[..31] + "'", elsewhere[..31] + "g" })
        {
            ada.Extra = $"<cross_project_id>{malformed}</cross_project_id>";
            Assert.Equal(own, (await ada.Call()).Element("cross_project_id")!.Value);
        }

        ada.Extra = $"<cross_project_id>{elsewhere}</cross_project_id>";
        var reply = await ada.Call();
        Assert.Equal(elsewhere, reply.Element("cross_project_id")!.Value);
        Assert.Equal(Caller.Md5(elsewhere + "ada@example.org"), reply.Element("external_cpid")!.Value);
        ada.Extra = "";
        Assert.Equal(elsewhere, (await ada.Call()).Element("cross_project_id")!.Value);
    }

    [Fact]
    public async Task With_a_weak_key_one_computes_for_an_account_and_changes_nothing_of_it()
    {
        await using var project = await Begin(new LineScience(1));
        await project.HasUnsent(1);
        using var ada = await Caller.Register(project, "ada");
        var weak = await WeakKey(ada);
        Assert.Matches("^1_[0-9a-f]{32}$", weak);
        Assert.Contains(weak, await Post(ada, "account", ("email", "ada@example.org"), ("password", "secret"), ("do", "Show")),
            StringComparison.Ordinal);
        Assert.Contains(weak, await Post(ada, "account", ("email", "ada@example.org"), ("password", ada.Key), ("do", "Show")),
            StringComparison.Ordinal);

        using var manager = new Caller(project, weak) { Extra = $"<cross_project_id>{Caller.Md5("x")}</cross_project_id>" };
        var reply = await manager.Call(1, 1);
        Assert.Equal("1", reply.Element("userid")!.Value);
        Assert.NotEqual(Caller.Md5("x"), reply.Element("cross_project_id")!.Value);
        await manager.FinishAll();
        await TestProject.Until(() => project.Number("SELECT total_credit FROM account WHERE id = 1") == 10,
            "its work counts for the account");

        Assert.Contains("no account", await Post(ada, "account", ("email", "ada@example.org"), ("password", weak), ("do", "Delete")),
            StringComparison.Ordinal);
        Assert.Contains("no account", await Post(ada, "account_finish.php", ("auth", weak), ("name", "Eve")), StringComparison.Ordinal);
        Assert.Equal("-136", (await Get(ada.Http, $"am_get_info.php?account_key={weak}")).Element("error_num")!.Value);
        Assert.Equal("-136", (await Get(ada.Http, $"show_user.php?format=xml&auth={weak}")).Element("error_num")!.Value);
        Assert.Equal(0, project.Number("SELECT count(*) FROM account WHERE weak_key_hash = $1 OR weak_salt = $1 OR key_hash = $1", weak));
        Assert.DoesNotContain(project.Log.Lines, line => line.Contains(weak, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_weak_key_ends_with_the_password_or_the_key_that_it_was_made_of()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "ada");
        using var manager = new Caller(project, await WeakKey(ada));
        async Task<bool> IsLetIn() => (await manager.Call()).Element("userid") is not null;
        Assert.True(await IsLetIn());
        await Post(ada, "account", ("email", "ada@example.org"), ("password", "secret"), ("do", "Change"),
            ("new_password", "another secret"));
        Assert.False(await IsLetIn());
        manager.Key = await WeakKey(ada);
        Assert.True(await IsLetIn());
        await Post(ada, "account", ("email", "ada@example.org"), ("password", "another secret"), ("do", "New key"));
        Assert.False(await IsLetIn());
        manager.Key = "1_" + new string('0', 32);
        Assert.False(await IsLetIn());
        manager.Key = "_";
        Assert.False(await IsLetIn());
    }

    [Fact]
    public async Task An_account_of_before_there_were_weak_keys_gets_one_when_its_key_is_known()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "ada");
        await project.Database.Write(session => session.Execute("UPDATE account SET weak_salt = '', weak_key_hash = ''"));
        using var manager = new Caller(project, "1_" + Caller.Md5(ada.Key));
        Assert.Null((await manager.Call()).Element("userid")); // MD5 of the key alone is nobody's weak key
        manager.Key = await WeakKey(ada);
        Assert.NotNull((await manager.Call()).Element("userid"));
        Assert.Equal(manager.Key, await WeakKey(ada));
    }

    [Fact]
    public async Task Names_are_taken_as_people_write_them_and_as_clients_send_them()
    {
        await using var project = await Begin(new LineScience(1));
        await project.HasUnsent(1);
        using var http = new HttpClient { BaseAddress = new(project.MasterUrl) };
        foreach (var (sent, name) in new[] { ("Tom%20%26%20Jerry", "Tom & Jerry"), ("Zo%EB", "Zoë"), ("Zo%C3%AB", "Zoë"),
            ("100%25", "100%"), ("a+b", "a b"), ("%E2%82%AC", "€"), ("O%27Brien%20%22x%22", "O'Brien \"x\"") })
        {
            var address = $"a{Guid.NewGuid():N}@example.org";
            var key = (await Get(http,
                $"create_account.php?email_addr={Uri.EscapeDataString(address)}&passwd_hash={Hash(address)}&user_name={sent}"))
                .Element("authenticator")!.Value;
            using var caller = new Caller(project, key);
            Assert.Equal(name, (await caller.Call()).Element("user_name")!.Value);
        }

        using var tom = await Caller.Register(project, "tom");
        Assert.Contains("in the team", await Post(tom, "account", ("email", "tom@example.org"), ("password", "secret"), ("do", "Join"),
            ("team", "Cats & Mice")), StringComparison.Ordinal);
        await Post(tom, "account", ("email", "tom@example.org"), ("password", "secret"), ("do", "Change"), ("new_name", "Tom & Jerry"));
        Assert.Contains("Tom &amp; Jerry", await Post(tom, "account", ("email", "tom@example.org"), ("password", "secret"),
            ("do", "Publish")), StringComparison.Ordinal);

        // A client's request for an account names an existing team.
        var hash = Hash("jerry@example.org");
        await Get(http, $"create_account.php?email_addr=jerry%40example.org&passwd_hash={hash}&user_name=J&team_name=Cats%20%26%20Mice");
        Assert.Equal(2, project.Number("SELECT count(*) FROM account WHERE team_id > 0"));

        await tom.Call(1, 1);
        await tom.FinishAll();
        await TestProject.Until(() => project.Number("SELECT count(*) FROM account WHERE total_credit > 0") == 1, "credit");
        project.Database.Read(session =>
        {
            StatisticsExport.Write(session, project.Folder, "Lines & more", DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            return true;
        });
        var id = project.Number("SELECT id FROM account WHERE email = 'tom@example.org'");
        Assert.Equal("Tom & Jerry", (await Get(http, $"show_user.php?format=xml&userid={id}")).Element("name")!.Value);
        Assert.Equal("Cats & Mice", (await Get(http, "team_lookup.php?format=xml&team_name=cats")).Element("team")!.Element("name")!.Value);
        Assert.Empty((await Get(http, "team_lookup.php?format=xml&team_name=%25x")).Elements("team"));
        Assert.Contains("Tom &amp; Jerry", await http.GetStringAsync("hosts", Cancellation), StringComparison.Ordinal);
        Assert.Equal("Lines & more", (await Get(http, "stats/tables.xml")).Element("applications")!.Element("application")!
            .Element("name")!.Value);
    }

    /// <summary>A reader that trusts the declared encoding reads what was meant.</summary>
    [Fact]
    public async Task What_is_declared_of_letters_is_true_and_platforms_are_there_from_the_start()
    {
        await using var project = await Begin(new LineScience(0), settings => settings with { Name = "Gewichte für Zoë" }, start: false);
        await project.AddApp("1.00", "fma", platform: "windows_x86_64");
        await project.Start();
        using var http = new HttpClient { BaseAddress = new(project.MasterUrl) };
        foreach (var path in new[]
        {
            "get_project_config.php",
            "server_status.php?xml=1",
            "create_account.php?email_addr=x",
            "lookup_account.php", "show_user.php?userid=1", "team_lookup.php?format=xml&team_name=x", "am_get_info.php",
        })
        {
            using var response = await http.GetAsync(path, Cancellation);
            Assert.Equal("utf-8", response.Content.Headers.ContentType!.CharSet);
            var document = XDocument.Load(await response.Content.ReadAsStreamAsync(Cancellation));
            Assert.Equal("UTF-8", document.Declaration!.Encoding);
            if (path != "get_project_config.php") continue;
            Assert.Equal("Gewichte für Zoë", document.Root!.Element("name")!.Value);
            Assert.Equal(
                [TestProject.Platform, "windows_x86_64"], document.Root.Element("platforms")!.Elements("platform")
                .Select(platform => platform.Element("platform_name")!.Value).Order(StringComparer.Ordinal).Reverse());
        }
    }

    [Fact]
    public async Task The_pages_that_the_Manager_opens_are_there()
    {
        await using var project = await Begin(new LineScience(0));
        using var ada = await Caller.Register(project, "ada");
        var links = (await ada.Call()).Element("gui_urls")!.Elements("gui_url").ToList();
        var account = links.Single(link => link.Element("name")!.Value == "Your account").Element("url")!.Value;
        Assert.Equal(project.MasterUrl + "home.php", account);
        Assert.Contains("Show my account", await ada.Http.GetStringAsync(account, Cancellation), StringComparison.Ordinal);
        Assert.Contains("authenticator", await ada.Http.GetStringAsync("get_passwd.php", Cancellation), StringComparison.Ordinal);

        using var welcome = await ada.Http.GetAsync($"account_finish.php?auth={ada.Key}", Cancellation);
        Assert.Equal("no-referrer", Assert.Single(welcome.Headers.GetValues("Referrer-Policy")));
        Assert.True(welcome.Headers.CacheControl!.NoStore);
        var page = await welcome.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("Welcome", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"auth={ada.Key}", page, StringComparison.Ordinal); // no link has it
        Assert.Contains("at most 63 letters", await Post(ada, "account_finish.php", ("auth", ada.Key), ("name", "<b>")),
            StringComparison.Ordinal);
        Assert.Contains("Thank you", await Post(ada, "account_finish.php", ("auth", ada.Key), ("name", "Ada & Co."), ("team", "Poets"),
            ("publish", "1")), StringComparison.Ordinal);
        var seen = await ada.Call();
        Assert.Equal(("Ada & Co.", "Poets"), (seen.Element("user_name")!.Value, seen.Element("team_name")!.Value));
        Assert.Equal(1, project.Number("SELECT consent FROM account"));
        Assert.Contains("no account with this key", await ada.Http.GetStringAsync("account_finish.php?auth=" + new string('0', 32),
            Cancellation), StringComparison.Ordinal);
        Assert.Contains("no account with this key", await ada.Http.GetStringAsync("account_finish.php", Cancellation),
            StringComparison.Ordinal);
        Assert.DoesNotContain(project.Log.Lines, line => line.Contains(ada.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_address_is_answered_with_a_page_of_the_site()
    {
        await using var project = await Begin(new LineScience(0));
        using var http = new HttpClient { BaseAddress = new(project.MasterUrl) };
        foreach (var path in new[] { "forum_index.php", "a/b/c", "stats/none.gz", "team_display.php?teamid=%00" })
        {
            using var response = await http.GetAsync(path, Cancellation);
            Assert.Equal(404, (int)response.StatusCode);
            Assert.Contains("There is no such page", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Owners_see_their_computers_by_name_and_what_each_did_and_nobody_else_does()
    {
        await using var project = await Begin(new LineScience(2));
        await project.HasUnsent(2);
        using var ada = await Caller.Register(project, "ada");
        ada.Extra = "<host_info><domain_name>kitchen &amp; sink</domain_name></host_info>";
        await ada.Call(1, 1);
        await ada.FinishAll();
        await TestProject.Until(() => project.Number("SELECT valid_results FROM host") == 1, "one is valid");
        var page = await Post(ada, "account", ("email", "ada@example.org"), ("password", "secret"), ("do", "Show"));
        Assert.Contains("<td>kitchen &amp; sink</td><td>Test 1</td><td>Linux</td>"
            + string.Concat(new[] { 0, 1, 0, 0, 10 }.Select(n => $"<td class=\"number\">{n}</td>")), page, StringComparison.Ordinal);
        await Post(ada, "account", ("email", "ada@example.org"), ("password", "secret"), ("do", "Publish"));
        foreach (var other in new[] { "hosts", "server_status", $"show_user.php?userid=1" })
            Assert.DoesNotContain("kitchen", await ada.Http.GetStringAsync(other, Cancellation), StringComparison.Ordinal);
    }
}

public sealed class SqliteIdentityTests(PostgresServer postgres) : IdentityTests<Sqlite>(postgres);

public sealed class PostgresIdentityTests(PostgresServer postgres) : IdentityTests<Postgres>(postgres);
