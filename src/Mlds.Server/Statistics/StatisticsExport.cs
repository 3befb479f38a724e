using System.IO.Compression;
using System.Text;
using Mlds.Boinc.Rules;
using Mlds.Boinc.Tags;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Project;

namespace Mlds.Server.Statistics;

/// <summary>
/// Credit in BOINC's XML, which statistics sites fetch: <c>tables.xml</c>, <c>user.gz</c>, <c>team.gz</c>, <c>host.gz</c> in
/// <c>stats/</c>. It contains accounts, their hosts and what they add to their teams by consent only. <c>user_deleted.gz</c> and
/// <c>host_deleted.gz</c> say who left lately, so that the sites can forget them too.
/// </summary>
static class StatisticsExport
{
    const string Declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

    public static void Write(Session session, ProjectFolder project, string appFriendlyName, long now)
    {
        Directory.CreateDirectory(project.Statistics);
        WriteGzip(project, "user.gz", Users(session, now));
        WriteGzip(project, "team.gz", Teams(session, now));
        WriteGzip(project, "host.gz", Hosts(session, now));
        WriteGzip(project, "user_deleted.gz", Deleted(
            session, "users_deleted", "user", "cpid",
            "SELECT account_id, external_cpid FROM account_deletion WHERE time > $1 ORDER BY account_id", now));
        WriteGzip(project, "host_deleted.gz", Deleted(
            session, "hosts_deleted", "host", "host_cpid",
            "SELECT host_id, cpid FROM host_deletion WHERE time > $1 ORDER BY host_id", now));
        // The sites look at this file first, so it is written last.
        WriteWhole(project, "tables.xml", stream => stream.Write(Encoding.UTF8.GetBytes(Tables(session, appFriendlyName, now))));
    }

    static string Users(Session session, long now)
    {
        var writer = new TagWriter().Raw(Declaration).Open("users");
        foreach (var user in session.Rows(
            "SELECT id, name, created, total_credit, recent_credit, recent_time, external_cpid, country, team_id, url "
            + "FROM account WHERE consent = 1 AND total_credit > 0 ORDER BY id",
            row => (Id: row.Long(0), Name: row.Text(1), Created: row.Long(2), Total: row.Real(3),
                Recent: new RecentCredit(row.Real(4), row.Real(5)), Cpid: row.Text(6), Country: row.Text(7),
                Team: row.Long(8), Url: row.Text(9))))
        {
            writer.Open("user").Element("id", user.Id).Element("name", user.Name).Element("create_time", user.Created)
                .Element("total_credit", user.Total)
                .Element("expavg_credit", user.Recent.After(now, 0).Average).Element("expavg_time", (double)now)
                .Element("cpid", user.Cpid).Element("country", user.Country);
            if (user.Team > 0) writer.Element("teamid", user.Team);
            if (user.Url.Length > 0) writer.Element("url", user.Url);
            writer.Close("user");
        }

        return writer.Close("users").ToString();
    }

    static string Teams(Session session, long now)
    {
        var writer = new TagWriter().Raw(Declaration).Open("teams");
        foreach (var team in session.Rows(
            "SELECT t.id, t.name, COALESCE(f.id, 0), t.created, COALESCE(sum(c.total_credit), 0.0), count(c.id) "
            + "FROM team t JOIN account c ON c.team_id = t.id AND c.consent = 1 LEFT JOIN account f ON f.id = t.account_id "
            + "AND f.consent = 1 GROUP BY t.id, t.name, f.id, t.created HAVING sum(c.total_credit) > 0 ORDER BY t.id",
            row =>
                (Id: row.Long(0), Name: row.Text(1), Founder: row.Long(2), Created: row.Long(3), Total: row.Real(4), Users: row.Long(5))))
        {
            var recent = session.Rows(
                "SELECT recent_credit, recent_time FROM account WHERE team_id = $1 AND consent = 1",
                row => new RecentCredit(row.Real(0), row.Real(1)).After(now, 0).Average, team.Id).Sum();
            writer.Open("team").Element("id", team.Id).Element("type", 1).Element("name", team.Name)
                .Element("userid", team.Founder).Element("total_credit", team.Total)
                .Element("expavg_credit", recent).Element("expavg_time", (double)now).Element("nusers", team.Users)
                .Element("create_time", team.Created).Close("team");
        }

        return writer.Close("teams").ToString();
    }

    static string Hosts(Session session, long now)
    {
        var writer = new TagWriter().Raw(Declaration).Open("hosts");
        foreach (var host in session.Rows(
            "SELECT h.id, h.account_id, h.total_credit, h.recent_credit, h.recent_time, h.vendor, h.model, h.os_name, "
            + "h.os_version, h.client_version, h.created, h.rpc_time, h.timezone, h.processors, h.fpops, h.iops, h.memory_bandwidth, "
            + "h.memory, h.cache, h.swap, h.disk_total, h.disk_free, h.upload_rate, h.download_rate, h.turnaround, h.cpid "
            + "FROM host h JOIN account c ON c.id = h.account_id WHERE h.total_credit > 0 AND c.consent = 1 ORDER BY h.id",
            row => (Whole: new[] { row.Long(0), row.Long(1), row.Long(10), row.Long(11), row.Long(12), row.Long(13) },
                Recent: new RecentCredit(row.Real(3), row.Real(4)), Total: row.Real(2),
                Texts: new[] { row.Text(5), row.Text(6), row.Text(7), row.Text(8), row.Text(9), row.Text(25) },
                Reals: Enumerable.Range(14, 11).Select(row.Real).ToArray())))
        {
            writer.Open("host").Element("id", host.Whole[0]).Element("userid", host.Whole[1]).Element("total_credit", host.Total)
                .Element("expavg_credit", host.Recent.After(now, 0).Average).Element("expavg_time", (double)now)
                .Element("p_vendor", host.Texts[0]).Element("p_model", host.Texts[1]).Element("os_name", host.Texts[2])
                .Element("os_version", host.Texts[3])
                .Raw($"<misc><![CDATA[{{\n    \"client_version\": \"{host.Texts[4]}\"\n}}]]></misc>\n")
                .Element("create_time", host.Whole[2]).Element("rpc_time", host.Whole[3]).Element("timezone", host.Whole[4])
                .Element("ncpus", host.Whole[5]);
            foreach (var (name, value) in s_reals.Zip(host.Reals)) writer.Element(name, value);
            writer.Element("credit_per_cpu_sec", 0.0).Element("host_cpid", host.Texts[5]).Close("host");
        }

        return writer.Close("hosts").ToString();
    }

    static string Deleted(Session session, string all, string one, string cpid, string sql, long now)
    {
        var writer = new TagWriter().Raw(Declaration).Open(all);
        foreach (var (id, text) in session.Rows(sql, row => (row.Long(0), row.Text(1)), now - AccountDeletion.Announced))
            writer.Open(one).Element("id", id).Element(cpid, text).Close(one);
        return writer.Close(all).ToString();
    }

    static readonly string[] s_reals =
        ["p_fpops", "p_iops", "p_membw", "m_nbytes", "m_cache", "m_swap", "d_total", "d_free", "n_bwup", "n_bwdown", "avg_turnaround"];

    static string Tables(Session session, string appFriendlyName, long now)
    {
        // Sums over all who have credit, whether published by name or not, as the official server counts.
        long Count(string sql, params ReadOnlySpan<object?> values) => session.Number("SELECT count(*) FROM " + sql, values) ?? 0;
        var writer = new TagWriter().Raw(Declaration).Open("tables").Element("update_time", now)
            .Element("nusers_total", Count("account WHERE total_credit > 0 AND email_hash <> ''"))
            .Element("nhosts_total", Count("host h JOIN account c ON c.id = h.account_id WHERE h.total_credit > 0 AND c.email_hash <> ''"));
        void Gone(string name, string table)
        {
            if (Count(table + " WHERE time > $1", now - AccountDeletion.Announced) is > 0 and var gone) writer.Element(name, gone);
        }

        Gone("nusers_deleted_total", "account_deletion");
        Gone("nhosts_deleted_total", "host_deletion");
        return writer.Element("total_credit", ProjectNumbers.Read(session, now).TotalCredit).Open("applications")
            .Open("application").Element("name", appFriendlyName).Close("application").Close("applications")
            .Open("badges").Close("badges").Close("tables").ToString();
    }

    static void WriteGzip(ProjectFolder project, string name, string text) => WriteWhole(project, name, stream =>
    {
        using var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        gzip.Write(Encoding.UTF8.GetBytes(text));
    });

    static void WriteWhole(ProjectFolder project, string name, Action<Stream> write)
    {
        var file = Path.Combine(project.Statistics, name);
        using (var stream = File.Create(file + ".new")) write(stream);
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>When the last export was, Unix seconds; 0: never.</summary>
    public static long Last(ProjectFolder project) =>
        new FileInfo(Path.Combine(project.Statistics, "tables.xml")) is { Exists: true } file ? new DateTimeOffset(file.LastWriteTimeUtc)
            .ToUnixTimeSeconds() : 0;

    public static bool IsName(string name) =>
        name is "tables.xml" or "user.gz" or "team.gz" or "host.gz" or "user_deleted.gz" or "host_deleted.gz";
}
