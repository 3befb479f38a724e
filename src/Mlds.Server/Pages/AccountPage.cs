using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Mlds.Server.Accounts;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Pages;

/// <summary>
/// A volunteer's own account: its key and computers, a new key, another name, address or password, a team, consent to publish, a copy of
/// everything that is stored, deletion. Every step asks for address and password (or the account key), so there are no sessions and no
/// cookies that could be stolen or used from another site.
/// </summary>
sealed partial class AccountPage(
    ProjectFolder project, ProjectSite site, ProjectDatabase database, AccountStore accounts, ILogger<AccountPage> log)
{
    const int MaxForm = 4096;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account", () => Form("Your account", ""));
        routes.MapGet("/home.php", () => Form("Your account", "")); // the manager's button
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
            return Form("Your account", "That was too long.");
        }

        var form = UrlEncoded.Read(text);
        string Field(string name) => form.GetValueOrDefault(name, "");
        var (email, secret) = (Field("email").Trim().ToLowerInvariant(), Field("password"));
        var key = AccountForm.IsEmail(email) && secret.Length > 0 ? await accounts.Enter(email, secret) : null;
        if (key is null) return Form("Your account", "There is no account with this address and password.");
        var password = key == secret.Trim() ? null : secret; // the address isn't known from the key
        switch (Field("do"))
        {
            case "New key":
                if (password is null) return await Shown(email, key, "A new key needs the password: choose a new password first.");
                key = await accounts.ResetKey(email, password);
                return await Shown(
                    email, key, "Your account has a new key. Computers that have the old one need it: remove and add the project there.");
            case "Change": return await Change(email, key, password, Field);
            case "Join": return await Join(email, key, Field("team").Trim());
            case "Leave": await accounts.Join(email, ""); return await Shown(email, key, "You are in no team.");
            case "Publish":
                await accounts.Consent(email, true);
                return await Shown(email, key, "Your name and credit are published from the next export on.");
            case "Don't publish":
                await accounts.Consent(email, false);
                return await Shown(email, key, "Your name and credit are no longer published.");
            case "Export": return Results.Text(database.Read(session => AccountExport.Of(session, email)), "application/json");
            case "Delete":
                await accounts.Delete(email, project.Settings);
                LogDeleted(log);
                return Form("Your account", "The account is deleted. Its results stay, and belong to nobody.");
            default: return await Shown(email, key, "");
        }
    }

    /// <summary>Changes every field that isn't empty; if one of them isn't allowed, none is changed.</summary>
    /// <param name="password">The present password; null when the key was given instead.</param>
    async Task<IResult> Change(string email, string key, string? password, Func<string, string> field)
    {
        var (name, address, newPassword) = (field("new_name").Trim(), field("new_email").Trim().ToLowerInvariant(), field("new_password"));
        if (name.Length > 0 && !AccountForm.IsName(name))
            return await Shown(email, key, "That name can't be shown: at most 63 letters, without < and >. Nothing was changed.");
        if (address.Length > 0 && !AccountForm.IsEmail(address))
            return await Shown(email, key, "That is no e-mail address. Nothing was changed.");
        if (newPassword.Length > 0 && newPassword.Length < project.Settings.MinPasswordLength)
            return await Shown(email, key, $"A password has at least {project.Settings.MinPasswordLength} letters. Nothing was changed.");
        if (newPassword.Length > 0) password = newPassword;
        if (address.Length > 0 && password is null)
            return await Shown(email, key, "To change the address, give your password or choose a new one. Nothing was changed.");
        if (password is not null && (address.Length > 0 || newPassword.Length > 0))
        {
            var next = address.Length > 0 ? address : email;
            if (!await accounts.ChangeLogin(email, next, key, password))
                return await Shown(email, key, "Another account has that address. Nothing was changed.");
            email = next;
            LogChanged(log);
        }

        if (name.Length > 0) await accounts.Rename(email, name);
        return await Shown(email, key, "Your account is changed. Your computers keep their key.");
    }

    async Task<IResult> Join(string email, string key, string team)
    {
        if (!AccountForm.IsName(team)) return await Shown(email, key, "A team's name has 1 to 63 letters, without < and >.");
        await accounts.Join(email, team);
        return await Shown(email, key, $"You are in the team '{team}'.");
    }

    RazorComponentResult<OwnAccountPage> Form(string heading, string remark) => new(new { Ours = site, Title = heading, Remark = remark });

    async Task<IResult> Shown(string email, string key, string remark)
    {
        var weakKey = await accounts.WeakKeyOf(email, key);
        var seen = database.Read(session => AccountView.Read(session, email));
        return new RazorComponentResult<OwnAccountPage>(
            new { Ours = site, Title = seen.Name, Remark = remark, Account = seen, Key = key, WeakKey = weakKey });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "accounts: one was deleted by its owner")]
    static partial void LogDeleted(ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "accounts: one changed its address or password")]
    static partial void LogChanged(ILogger log);
}
