using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mlds.Server.Accounts;
using Mlds.Server.Database;

namespace Mlds.Server.Pages;

/// <summary>
/// A volunteer's own account: its key and computers, a new key, consent to publish, a copy of all that is stored, deletion. Every step asks for address and
/// password, so there are no sessions and no cookies that could be stolen.
/// </summary>
sealed class AccountPage(ProjectFolder project, ProjectDatabase database, AccountStore accounts)
{
    const int MaxForm = 4096;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account", () => Form("Your account", "").Result());
        routes.MapPost("/account", (Delegate)Answer).RequireRateLimiting(RateLimits.Accounts);
    }

    async Task<IResult> Answer(HttpContext context)
    {
        string text;
        try
        {
            text = await Body.ReadText(context, MaxForm);
        }
        catch (BadHttpRequestException)
        {
            return Form("Your account", "That was too long.").Result();
        }
        var form = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(text);
        string Field(string name) => form.TryGetValue(name, out var value) ? value.ToString() : "";
        var email = Field("email").Trim().ToLowerInvariant();
        var passwordHash = AccountForm.HashPassword(Field("password"), email);
        var (_, key) = AccountForm.IsEmail(email) ? accounts.Find(email, passwordHash) : default;
        if (key is null) return Form("Your account", "There is no account with this address and password.").Result();
        switch (Field("do"))
        {
            case "New key":
                key = await accounts.ResetKey(email, passwordHash);
                return Shown(email, key, "Your account has a new key. Computers that have the old one need it: remove and add the project there.");
            case "Publish": await accounts.Consent(email, true); return Shown(email, key, "Your name and credit are published from the next export on.");
            case "Don't publish": await accounts.Consent(email, false); return Shown(email, key, "Your name and credit are no longer published.");
            case "Export": return Results.Text(Export(email), "application/json");
            case "Delete":
                await accounts.Delete(email);
                return Form("Your account", "The account is deleted. Its results stay, and belong to nobody.").Result();
            default: return Shown(email, key, "");
        }
    }

    Page Form(string heading, string remark) => new Page(project.Settings, heading)
        .Heading(heading).Paragraph(remark)
        .Raw("""
            <form method="post" action="account"><p><input name="email" type="email" placeholder="E-mail address" required> <input name="password" type="password" placeholder="Password" required></p>
            <p><button name="do" value="Show">Show my account</button> <button name="do" value="New key">New key</button> <button name="do" value="Publish">Publish my credit</button>
            <button name="do" value="Don't publish">Don't publish</button> <button name="do" value="Export">Export</button> <button name="do" value="Delete">Delete my account</button></p></form>

            """);

    IResult Shown(string email, string key, string remark)
    {
        var (name, credit, consent, hosts) = database.Read(session =>
        {
            var account = session.Row("SELECT id, name, total_credit, consent FROM account WHERE email = $1", row => (Id: row.Long(0), Name: row.Text(1), Credit: row.Real(2), Consent: row.Bool(3)), email);
            var computers = session.Rows(
                "SELECT id, model, valid_results, total_credit FROM host WHERE account_id = $1 ORDER BY rpc_time DESC LIMIT 100", row => (Id: row.Long(0), Model: row.Text(1), Valid: row.Long(2), Credit: row.Real(3)), account.Id);
            return (account.Name, account.Credit, account.Consent, computers);
        });
        static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);
        return Form(name, remark)
            .Section("Account").Table(["", ""], [["Account key", key], ["Credit", Number(credit)], ["Published", consent ? "yes" : "no"]])
            .Section("Computers").Table(["#Id", "Processor", "#Valid results", "#Credit"], hosts.Select(host => (string[])[Number(host.Id), host.Model, Number(host.Valid), Number(host.Credit)]))
            .Result();
    }

    /// <summary>All that is stored of a person.</summary>
    string Export(string email) => database.Read(session =>
    {
        var account = session.Row(
            "SELECT id, name, created, country, url, consent, total_credit FROM account WHERE email = $1",
            row => (Id: row.Long(0), Facts: new { email, name = row.Text(1), created = row.Long(2), country = row.Text(3), url = row.Text(4), consent = row.Bool(5), credit = row.Real(6) }), email);
        var hosts = session.Rows(
            "SELECT id, created, rpc_time, name, vendor, model, os_name, os_version, total_credit FROM host WHERE account_id = $1 ORDER BY id",
            row => new { id = row.Long(0), created = row.Long(1), last_call = row.Long(2), name = row.Text(3), vendor = row.Text(4), model = row.Text(5), system = row.Text(6), system_version = row.Text(7), credit = row.Real(8) },
            account.Id);
        var results = session.Rows(
            "SELECT name, sent, received, granted_credit FROM result WHERE account_id = $1 ORDER BY id", row => new { name = row.Text(0), sent = row.Long(1), received = row.Long(2), credit = row.Real(3) }, account.Id);
        return JsonSerializer.Serialize(new { account = account.Facts, hosts, results }, new JsonSerializerOptions { WriteIndented = true });
    });
}
