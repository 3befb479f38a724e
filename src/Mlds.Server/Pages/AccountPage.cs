using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Mlds.Server.Accounts;
using Mlds.Server.Daemons;
using Mlds.Server.Database;

namespace Mlds.Server.Pages;

/// <summary>
/// A volunteer's own account: its key and computers, a new key, another name, address or password, a team, consent to publish, a copy of all that is stored, deletion. Every
/// step asks for address and password (or the account key), so there are no sessions and no cookies that could be stolen or used from another site.
/// </summary>
sealed partial class AccountPage(ProjectFolder project, ProjectDatabase database, AccountStore accounts, ILogger<AccountPage> log)
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
        var (email, secret) = (Field("email").Trim().ToLowerInvariant(), Field("password"));
        var key = AccountForm.IsEmail(email) && secret.Length > 0 ? await accounts.Enter(email, secret) : null;
        if (key is null) return Form("Your account", "There is no account with this address and password.").Result();
        var password = key == secret.Trim() ? null : secret; // the key doesn't tell it
        switch (Field("do"))
        {
            case "New key":
                if (password is null) return Shown(email, key, "A new key needs the password: choose a new one first.");
                key = await accounts.ResetKey(email, password);
                return Shown(email, key, "Your account has a new key. Computers that have the old one need it: remove and add the project there.");
            case "Change": return await Change(email, key, password, Field);
            case "Join": return await Join(email, key, Field("team").Trim());
            case "Leave": await accounts.Join(email, ""); return Shown(email, key, "You are in no team.");
            case "Publish": await accounts.Consent(email, true); return Shown(email, key, "Your name and credit are published from the next export on.");
            case "Don't publish": await accounts.Consent(email, false); return Shown(email, key, "Your name and credit are no longer published.");
            case "Export": return Results.Text(database.Read(session => AccountExport.Of(session, email)), "application/json");
            case "Delete":
                await accounts.Delete(email);
                LogDeleted(log);
                return Form("Your account", "The account is deleted. Its results stay, and belong to nobody.").Result();
            default: return Shown(email, key, "");
        }
    }

    /// <summary>What isn't empty is changed; nothing is where something can't be.</summary>
    /// <param name="password">The one that holds; null when the key was given instead.</param>
    async Task<IResult> Change(string email, string key, string? password, Func<string, string> field)
    {
        var (name, address, newPassword) = (field("new_name").Trim(), field("new_email").Trim().ToLowerInvariant(), field("new_password"));
        if (name.Length > 0 && !AccountForm.IsName(name)) return Shown(email, key, "That name can't be shown: at most 63 letters, without < > and &. Nothing was changed.");
        if (address.Length > 0 && !AccountForm.IsEmail(address)) return Shown(email, key, "That is no e-mail address. Nothing was changed.");
        if (newPassword.Length > 0 && newPassword.Length < project.Settings.MinPasswordLength)
            return Shown(email, key, $"A password has at least {project.Settings.MinPasswordLength} letters. Nothing was changed.");
        if (newPassword.Length > 0) password = newPassword;
        if (address.Length > 0 && password is null) return Shown(email, key, "With another address the password is needed, or a new one. Nothing was changed.");
        if (password is not null && (address.Length > 0 || newPassword.Length > 0))
        {
            var next = address.Length > 0 ? address : email;
            if (!await accounts.ChangeLogin(email, next, key, password)) return Shown(email, key, "Another account has that address. Nothing was changed.");
            email = next;
            LogChanged(log);
        }

        if (name.Length > 0) await accounts.Rename(email, name);
        return Shown(email, key, "Your account is changed. Your computers keep their key.");
    }

    async Task<IResult> Join(string email, string key, string team)
    {
        if (!AccountForm.IsName(team)) return Shown(email, key, "A team's name has 1 to 63 letters, without < > and &.");
        await accounts.Join(email, team);
        return Shown(email, key, $"You are in the team '{team}'.");
    }

    Page Form(string heading, string remark) => new Page(project.Settings, heading)
        .Heading(heading).Paragraph(remark)
        .Raw("""
            <form method="post" action="account" autocomplete="off"><p><input name="email" type="email" placeholder="E-mail address" required> <input name="password" type="password" placeholder="Password, or account key" required></p>
            <p><button name="do" value="Show">Show my account</button> <button name="do" value="New key">New key</button> <button name="do" value="Publish">Publish my credit</button>
            <button name="do" value="Don't publish">Don't publish</button> <button name="do" value="Export">Export</button> <button name="do" value="Delete">Delete my account</button></p>
            <p><input name="new_name" placeholder="New name"> <input name="new_email" type="email" placeholder="New address"> <input name="new_password" type="password" placeholder="New password"> <button name="do" value="Change">Change</button></p>
            <p><input name="team" placeholder="Team"> <button name="do" value="Join">Join or found the team</button> <button name="do" value="Leave">Leave my team</button></p></form>
            <p class="dim">Password forgotten? Use the account key instead: a file <code>account_….xml</code> in BOINC's data folder has it as <code>authenticator</code>.</p>

            """);

    IResult Shown(string email, string key, string remark)
    {
        var (name, credit, consent, team, hosts, changes) = database.Read(session =>
        {
            var account = session.Row(
                "SELECT c.id, c.name, c.total_credit, c.consent, COALESCE(t.name, '') FROM account c LEFT JOIN team t ON t.id = c.team_id WHERE c.email = $1",
                row => (Id: row.Long(0), Name: row.Text(1), Credit: row.Real(2), Consent: row.Bool(3), Team: row.Text(4)), email);
            var computers = session.Rows(
                "SELECT id, model, valid_results, total_credit FROM host WHERE account_id = $1 ORDER BY rpc_time DESC LIMIT 100", row => (Id: row.Long(0), Model: row.Text(1), Valid: row.Long(2), Credit: row.Real(3)), account.Id);
            return (account.Name, account.Credit, account.Consent, account.Team, computers, CreditChange.Last(session, account.Id));
        });
        static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);
        var page = Form(name, remark)
            .Section("Account").Table(["", ""], [["Account key", key], ["Credit", Number(credit)], ["Published", consent ? "yes" : "no"], ["Team", team]])
            .Section("Computers").Table(["#Id", "Processor", "#Valid results", "#Credit"], hosts.Select(host => (string[])[Number(host.Id), host.Model, Number(host.Valid), Number(host.Credit)]));
        if (changes.Count > 0)
        {
            page.Section("Credit that the project gave or took").Table(
                ["Day", "#Credit", "Reason"],
                changes.Select(change => (string[])[DateTimeOffset.FromUnixTimeSeconds(change.Time).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Number(change.Amount), change.Reason]));
        }

        return page.Result();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "accounts: one was deleted by its owner")]
    static partial void LogDeleted(ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "accounts: one changed its address or password")]
    static partial void LogChanged(ILogger log);
}
