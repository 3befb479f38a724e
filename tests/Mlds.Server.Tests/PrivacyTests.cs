using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using Mlds.Server.Accounts;
using Mlds.Server.Statistics;

namespace Mlds.Server.Tests;

/// <summary>What becomes public of people, and what is left of those who left.</summary>
public abstract class PrivacyTests<TDatabase>(PostgresServer postgres) : OnBothDatabases<TDatabase>(postgres)
    where TDatabase : ITestDatabase
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    static async Task<string> Do(Caller caller, string name, string what)
    {
        using var form = new FormUrlEncodedContent([new("email", $"{name}@example.org"), new("password", "secret"), new("do", what),
            new("team", name + "'s team")]);
        using var response = await caller.Http.PostAsync("account", form, Cancellation);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    static void Export(TestProject project, long now) => project.Database.Read(session =>
    {
        StatisticsExport.Write(session, project.Folder, "Lines", now);
        return true;
    });

    static async Task<XElement> Unzip(Caller caller, string name)
    {
        await using var gzip = new GZipStream(await caller.Http.GetStreamAsync($"stats/{name}.gz", Cancellation),
            CompressionMode.Decompress);
        return XElement.Load(gzip);
    }

    static IEnumerable<long> Ids(XElement list) => list.Elements().Select(element => (long)element.Element("id")!);

    /// <summary>Two people with a computer and credit each; Ada is published.</summary>
    async Task<(TestProject Project, Caller Ada, Caller Bob)> WithCredit()
    {
        var project = await Begin(new LineScience(3), settings => settings with { StatisticsInterval = 0 });
        await project.HasUnsent(3);
        var (ada, bob) = (await Caller.Register(project, "ada"), await Caller.Register(project, "bob"));
        foreach (var caller in new[] { ada, bob })
        {
            caller.Extra = "<host_info><domain_name>my-machine</domain_name><timezone>3600</timezone><d_total>5e11</d_total></host_info>";
            await caller.Call(1, 1);
            await caller.FinishAll();
        }

        await TestProject.Until(() => project.Number("SELECT count(*) FROM account WHERE total_credit > 0") == 2, "both have credit");
        await Do(ada, "ada", "Publish");
        return (project, ada, bob);
    }

    [Fact]
    public async Task Computers_are_exported_only_of_those_who_agreed()
    {
        var (project, ada, bob) = await WithCredit();
        await using var _ = project;
        using var __ = ada;
        using var ___ = bob;
        Export(project, Now);
        Assert.Equal([ada.HostId], Ids(await Unzip(ada, "host")));
        var cpid = project.Database.Read(session => session.Text("SELECT cpid FROM host WHERE id = $1", bob.HostId))!;
        foreach (var name in new[] { "user", "host", "team", "user_deleted", "host_deleted" })
            Assert.DoesNotContain(cpid, (await Unzip(ada, name)).ToString(), StringComparison.Ordinal);
        var tables = XElement.Parse((await ada.Http.GetStringAsync("stats/tables.xml", Cancellation)).Split("?>")[1]);
        Assert.Equal(("2", "2", "20.000000"), (tables.Element("nusers_total")!.Value, tables.Element("nhosts_total")!.Value,
            tables.Element("total_credit")!.Value));
        await Do(ada, "ada", "Don't publish");
        Export(project, Now);
        Assert.Empty(Ids(await Unzip(ada, "host")));
        Assert.Equal("-136", XElement.Parse((await ada.Http.GetStringAsync("show_user.php?userid=1", Cancellation)).Split("?>")[1])
            .Element("error_num")!.Value);
    }

    [Fact]
    public async Task Sites_hear_for_sixty_days_who_left_of_those_they_knew()
    {
        var (project, ada, bob) = await WithCredit();
        await using var _ = project;
        using var __ = ada;
        using var ___ = bob;
        var (user, host) = project.Database.Read(session => (session.Text("SELECT external_cpid FROM account WHERE id = 1"),
            session.Text("SELECT cpid FROM host WHERE id = $1", ada.HostId)));
        await Do(ada, "ada", "Delete");
        await Do(bob, "bob", "Delete");
        Export(project, Now);
        var (users, hosts) = (await Unzip(ada, "user_deleted"), await Unzip(ada, "host_deleted"));
        Assert.Equal(("users_deleted", "hosts_deleted"), (users.Name.LocalName, hosts.Name.LocalName));
        Assert.Equal(("1", user), (Assert.Single(users.Elements("user")).Element("id")!.Value, users.Element("user")!
            .Element("cpid")!.Value));
        Assert.Equal((ada.HostId.ToString(CultureInfo.InvariantCulture), host),
            (Assert.Single(hosts.Elements("host")).Element("id")!.Value, hosts.Element("host")!.Element("host_cpid")!.Value));
        Assert.Empty((await Unzip(ada, "host")).Elements());
        Assert.Contains("<nusers_deleted_total>1</nusers_deleted_total>", await ada.Http.GetStringAsync("stats/tables.xml", Cancellation),
            StringComparison.Ordinal);
        Export(project, Now + 61 * 86400);
        Assert.Empty((await Unzip(ada, "user_deleted")).Elements());
        await project.Database.Write(session => AccountDeletion.Forget(session, Now + 61 * 86400));
        Assert.Equal(0, project.Number("SELECT (SELECT count(*) FROM account_deletion) + (SELECT count(*) FROM host_deletion)"));
    }

    [Fact]
    public async Task Of_who_leaves_stays_what_the_networks_need_and_no_more()
    {
        var (project, ada, bob) = await WithCredit();
        await using var _ = project;
        using var __ = ada;
        using var ___ = bob;
        await Do(ada, "ada", "Join");
        await project.Database.Write(session => session.Execute("UPDATE host SET blocked_reason = 'a note on Ada' WHERE id = $1",
            ada.HostId));
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE server_state = 2") == 1, "there is work");
        await project.Database.Write(session => session.Execute("UPDATE host SET rpc_time = 1"));
        await ada.Call(1, 1);
        Assert.Equal(1, project.Number("SELECT count(*) FROM result WHERE server_state = 4"));
        var (before, cpid) = project.Database.Read(session => (AccountExport.Of(session, "ada@example.org"),
            session.Text("SELECT external_cpid FROM account WHERE id = 1")!));
        using var export = JsonDocument.Parse(before);
        Assert.Equal("ada's team", export.RootElement.GetProperty("teams_founded")[0].GetString());
        Assert.Equal("a note on Ada", export.RootElement.GetProperty("hosts")[0].GetProperty("blocked_reason").GetString());
        Assert.Equal(2, export.RootElement.GetProperty("results").GetArrayLength());

        await Do(ada, "ada", "Delete");
        Assert.Equal(0, project.Number("SELECT count(*) FROM result WHERE server_state = 4"));
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE server_state = 2") == 1,
            "what it had in hand goes to others");
        Assert.Equal(0, project.Number("SELECT count(*) FROM team"));
        Assert.Equal(10, project.Number("SELECT total_credit FROM account WHERE id = 1"));
        foreach (var table in new[] { "account", "host", "result", "credit_change", "team" })
        {
            var rows = project.Database.Read(session => session.Rows(
                $"SELECT * FROM {table}{(table == "team" ? "" : table == "account" ? " WHERE id = 1" : " WHERE account_id = 1")}",
                row => string.Join('\n', Enumerable.Range(0, row.FieldCount).Select(i => $"{row.GetName(i)}={row.GetValue(i)}"))));
            foreach (var word in new[] { "ada", "my-machine", "example.org", "a note", cpid, ada.Key, "timezone=3600",
                "disk_total=500000000000" })
            {
                Assert.DoesNotContain(rows, row => row.Contains(word, StringComparison.OrdinalIgnoreCase));
            }
        }

        Assert.Equal(1, project.Number("SELECT count(*) FROM account WHERE email_hash <> ''"));
        Assert.Contains("<th scope=\"row\">Volunteers</th><td class=\"number\">1</td>", await ada.Http.GetStringAsync("", Cancellation),
            StringComparison.Ordinal);
    }
}

public sealed class SqlitePrivacyTests(PostgresServer postgres) : PrivacyTests<Sqlite>(postgres);

public sealed class PostgresPrivacyTests(PostgresServer postgres) : PrivacyTests<Postgres>(postgres);
