using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mlds.Boinc.Accounts;
using Mlds.Boinc.Rules;
using Mlds.Boinc.States;
using Mlds.Boinc.Tags;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Http;

namespace Mlds.Server.Pages;

/// <summary>
/// One person's or team's credit as BOINC's XML, for statistics sites and account managers: <c>show_user.php</c>, <c>team_lookup.php</c>
/// and <c>am_get_info.php</c>. Without the account's key they show only what the statistics export shows too: those who agreed to it.
/// </summary>
sealed class PublicRecords(ProjectDatabase database, AccountStore accounts, TimeProvider time)
{
    const int MostTeams = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/show_user.php", (Delegate)User).RequireRateLimiting(RateLimits.Accounts);
        routes.MapGet("/team_lookup.php", (Delegate)Teams).RequireRateLimiting(RateLimits.Accounts);
        routes.MapGet("/am_get_info.php", (Delegate)Info).RequireRateLimiting(RateLimits.Accounts);
    }

    static Dictionary<string, string> Fields(HttpContext context) => UrlEncoded.Read(context.Request.QueryString.Value);

    static IResult Xml(TagWriter writer) => Results.Text(AccountReply.Declaration + writer, "text/xml", Encoding.UTF8);

    static IResult NotFound() => Results.Text(AccountReply.Error(RpcError.NotFound, "not found"), "text/xml", Encoding.UTF8);

    static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    IResult User(HttpContext context)
    {
        var fields = Fields(context);
        var key = fields.GetValueOrDefault("auth", "");
        var (which, value) = key.Length > 0
            ? ("key_hash = $1", (object)AccountKey.Hash(key))
            : ("id = $1 AND consent = 1 AND total_credit > 0", Number(fields.GetValueOrDefault("userid", "")));
        var user = database.Read(session => session.Row(
            "SELECT id, external_cpid, created, name, total_credit, recent_credit, recent_time, team_id, country, url "
            + $"FROM account WHERE {which}",
            row => new TagWriter().Open("user").Element("id", row.Long(0)).Element("cpid", row.Text(1)).Element("create_time", row.Long(2))
                .Element("name", row.Text(3)).Element("total_credit", row.Real(4))
                .Element("expavg_credit", new RecentCredit(row.Real(5), row.Real(6)).After(time.UnixSeconds(), 0).Average)
                .Element("expavg_time", (double)time.UnixSeconds()).Element("teamid", row.Long(7)).Element("has_profile", 0)
                .Element("country", row.Text(8)).Element("url", row.Text(9)).Close("user"),
            value));
        return user is null ? NotFound() : Xml(user);
    }

    IResult Teams(HttpContext context)
    {
        var fields = Fields(context);
        if (fields.GetValueOrDefault("team_id", "") is { Length: > 0 } one)
            return Found("t.id = $1", Number(one)) is [var team] ? Xml(new TagWriter().Raw(team)) : NotFound();
        var ids = fields.GetValueOrDefault("team_ids", "").Split(',', StringSplitOptions.RemoveEmptyEntries).Take(MostTeams).Select(Number);
        var found = fields.ContainsKey("team_ids")
            ? ids.SelectMany(id => Found("t.id = $1", id))
            : Found("lower(t.name) LIKE $1 ESCAPE '!'", "%" + Escaped(fields.GetValueOrDefault("team_name", "").ToLowerInvariant()) + "%");
        return Xml(new TagWriter().Open("teams").Raw(string.Concat(found)).Close("teams"));
    }

    /// <summary>A part of a name to look for, in which every character stands for itself.</summary>
    static string Escaped(string name) => name.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal)
        .Replace("_", "!_", StringComparison.Ordinal);

    List<string> Found(string which, object value) => database.Read(session => session.Rows(
        "SELECT t.id, t.created, COALESCE(f.id, 0), t.name, t.url, sum(c.total_credit) FROM team t "
        + "JOIN account c ON c.team_id = t.id AND c.consent = 1 LEFT JOIN account f ON f.id = t.account_id AND f.consent = 1 "
        + $"WHERE {which} GROUP BY t.id, t.created, f.id, t.name, t.url HAVING sum(c.total_credit) > 0 ORDER BY 6 DESC LIMIT {MostTeams}",
        row => new TagWriter().Open("team").Element("id", row.Long(0)).Element("create_time", row.Long(1)).Element("userid", row.Long(2))
            .Element("name", row.Text(3)).Element("url", row.Text(4)).Element("type", 1).Element("total_credit", row.Real(5)).Close("team")
            .ToString(),
        value));

    /// <summary>What account managers ask for with the account's key; they attach computers with the weak key.</summary>
    async Task<IResult> Info(HttpContext context)
    {
        var key = Fields(context).GetValueOrDefault("account_key", "");
        if (accounts.AddressOf(key) is not { } email) return NotFound();
        var weakKey = await accounts.WeakKeyOf(email, key);
        context.Response.Headers.CacheControl = "no-store";
        return Xml(database.Read(session => session.Row(
            "SELECT c.id, c.name, c.country, c.external_cpid, c.created, c.url, c.team_id, c.consent FROM account c WHERE c.email = $1",
            row => new TagWriter().Open("am_get_info_reply").Empty("success").Element("id", row.Long(0))
                .Element("name", Uri.EscapeDataString(row.Text(1))).Element("country", Uri.EscapeDataString(row.Text(2)))
                .Element("weak_auth", weakKey).Element("cpid", row.Text(3)).Element("has_profile", 0).Element("create_time", row.Long(4))
                .Element("url", Uri.EscapeDataString(row.Text(5))).Element("show_hosts", row.Long(7)).Element("teamid", row.Long(6))
                .Close("am_get_info_reply"),
            email))!);
    }
}
