using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Mlds.Server.Accounts;
using Mlds.Server.Http;

namespace Mlds.Server.Pages;

/// <summary>
/// Pages that BOINC's Manager opens by their official addresses: after an account was made in it, and when a password is forgotten. The
/// first page has the account key in its address: no page passes that on (Referrer-Policy), caches keep none of these pages, and no log of
/// ours contains the address.
/// </summary>
sealed class ManagerPages(ProjectSite site, AccountStore accounts, BadKeys badKeys)
{
    const int MaxForm = 4096;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/get_passwd.php", Forgotten);
        routes.MapGet("/account_finish.php", (Delegate)Welcome).RequireRateLimiting(RateLimits.Accounts);
        routes.MapPost("/account_finish.php", (Delegate)Finish).RequireRateLimiting(RateLimits.Accounts);
    }

    RazorComponentResult<ForgottenPage> Forgotten() => new(new { Ours = site });

    IResult Welcome(HttpContext context)
    {
        var key = UrlEncoded.Read(context.Request.QueryString.Value).GetValueOrDefault("auth", "").Trim();
        return Known(context, key) is null ? Unknown(context) : Form(context, key, "");
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
            return Form(context, key, "Names have at most 63 letters, without < and >. Nothing was changed.");
        if (name.Length > 0) await accounts.Rename(email, name);
        if (team.Length > 0) await accounts.Join(email, team);
        await accounts.Consent(email, form.ContainsKey("publish"));
        return Notice(context, "Thank you", "That is all: BOINC does the rest. Everything can be changed later under Account.");
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

    RazorComponentResult<NewcomerPage> Form(HttpContext context, string key, string remark)
    {
        IsNotKept(context);
        return new(new { Ours = site, Key = key, Remark = remark });
    }

    RazorComponentResult<NoticePage> Unknown(HttpContext context) => Notice(
        context, "There is no account with this key",
        "Account keys come from BOINC; on the page Account you can log in with address and password.");

    RazorComponentResult<NoticePage> Notice(HttpContext context, string heading, string sentence)
    {
        IsNotKept(context);
        return new(new { Ours = site, Title = "Welcome", Heading = heading, Sentence = sentence });
    }

    static void IsNotKept(HttpContext context) => context.Response.Headers.CacheControl = "no-store";
}
