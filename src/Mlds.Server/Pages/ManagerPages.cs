using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mlds.Server.Accounts;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Pages;

/// <summary>
/// Pages that BOINC's Manager opens by their official addresses: after an account was made in it, and when a password is forgotten. The
/// first page has the account key in its address: no page passes that on (Referrer-Policy), caches keep none of these pages, and no log of
/// ours contains the address.
/// </summary>
sealed class ManagerPages(ProjectFolder project, AccountStore accounts, BadKeys badKeys)
{
    const int MaxForm = 4096;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/get_passwd.php", Forgotten);
        routes.MapGet("/account_finish.php", (Delegate)Welcome).RequireRateLimiting(RateLimits.Accounts);
        routes.MapPost("/account_finish.php", (Delegate)Finish).RequireRateLimiting(RateLimits.Accounts);
    }

    IResult Forgotten() => new Page(project.Settings, "Password forgotten")
        .Heading("Password forgotten?")
        .Paragraph(
            "This project sends no mail. But a computer that you attached has your account key, and with it you can choose a new password:")
        .Raw("""
            <p>Look in BOINC's data folder for the file <code>account_….xml</code> of this project; the key is in it, as
            <code>authenticator</code>. The folder is <code>C:\ProgramData\BOINC</code> on Windows,
            <code>/Library/Application Support/BOINC Data</code> on Macs, <code>/var/lib/boinc</code> on most Linux systems.</p>
            <form method="post" action="account" autocomplete="off">
            <p><input name="email" type="email" placeholder="E-mail address" required>
            <input name="password" type="password" placeholder="Account key" required>
            <input name="new_password" type="password" placeholder="New password" required>
            <button name="do" value="Change">Choose it</button></p></form>

            """)
        .Paragraph("A key with an underscore in it is a weak one, as account managers use, and can't do that.")
        .Paragraph("If you have no key either, ask the project's operator.")
        .Result();

    IResult Welcome(HttpContext context)
    {
        var key = UrlEncoded.Read(context.Request.QueryString.Value).GetValueOrDefault("auth", "").Trim();
        return Known(context, key) is null ? Unknown(context) : Form(context, key, "").Result();
    }

    async Task<IResult> Finish(HttpContext context)
    {
        Dictionary<string, string> form;
        try
        {
            form = UrlEncoded.Read(await Body.ReadText(context, MaxForm));
        }
        catch (BadHttpRequestException)
        {
            return Unknown(context);
        }

        var key = form.GetValueOrDefault("auth", "").Trim();
        if (Known(context, key) is not { } email) return Unknown(context);
        var (name, team) = (form.GetValueOrDefault("name", "").Trim(), form.GetValueOrDefault("team", "").Trim());
        if (name.Length > 0 && !AccountForm.IsName(name) || team.Length > 0 && !AccountForm.IsName(team))
            return Form(context, key, "Names have at most 63 letters, without < and >. Nothing was changed.").Result();
        if (name.Length > 0) await accounts.Rename(email, name);
        if (team.Length > 0) await accounts.Join(email, team);
        await accounts.Consent(email, form.ContainsKey("publish"));
        return NotKept(context, new Page(project.Settings, "Welcome").Heading("Thank you")
            .Paragraph("That is all: BOINC does the rest. Everything can be changed later under Account.")).Result();
    }

    /// <summary>The e-mail address of the account with that key; wrong keys count as they do for the scheduler.</summary>
    string? Known(HttpContext context, string key)
    {
        var caller = CallerAddress.Of(context);
        if (badKeys.TooMany(caller)) return null;
        var email = accounts.AddressOf(key);
        if (email is null) badKeys.Note(caller);
        return email;
    }

    Page Form(HttpContext context, string key, string remark) => NotKept(context, new Page(project.Settings, "Welcome"))
        .Heading("Welcome").Paragraph(remark)
        .Paragraph("Your account is made and your computer attached. If you like, say how you want to be known.")
        .Raw($"""
            <form method="post" action="account_finish.php" autocomplete="off"><input type="hidden" name="auth" value="{Page.Encode(key)}">
            <p><input name="name" placeholder="Name"> <input name="team" placeholder="Team"></p>
            <p><label><input type="checkbox" name="publish" value="1"> Publish my name, my credit and what kind of computers I have, also
            to sites for BOINC's statistics.</label></p>
            <p><button>That's it</button></p></form>

            """);

    IResult Unknown(HttpContext context) =>
        NotKept(context, new Page(project.Settings, "Welcome")).Heading("There is no account with this key")
        .Paragraph("Account keys come from BOINC; on the page Account you can log in with address and password.").Result();

    static Page NotKept(HttpContext context, Page page)
    {
        context.Response.Headers.CacheControl = "no-store";
        return page;
    }
}
