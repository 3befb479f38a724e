using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Mlds.Boinc.Accounts;
using Mlds.Boinc.States;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Accounts;

/// <summary>
/// The calls by which managers make and find accounts. Addresses and passwords travel in the query, so no log of ours contains the query. A
/// look-up without a password would reveal who has an account, so there is none.
/// </summary>
sealed partial class AccountEndpoints(
    ProjectFolder project, ProjectDatabase database, AccountStore accounts, AppVersions versions,
    AddressKeys addresses, ServerMetrics metrics,
    ILogger<AccountEndpoints> log)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        string[] methods = ["GET", "POST"];
        routes.MapMethods("/create_account.php", methods, (Delegate)Create).RequireRateLimiting(RateLimits.Accounts);
        routes.MapMethods("/lookup_account.php", methods, (Delegate)LookUp).RequireRateLimiting(RateLimits.Accounts);
        routes.MapGet("/get_project_config.php", Config);
    }

    async Task<IResult> Create(HttpContext context)
    {
        if (!project.Settings.AccountCreation) return Refuse(context, RpcError.AccountCreationDisabled, "Account creation is disabled");
        var form = await AccountForm.Read(context);
        if (form is null || !AccountForm.IsEmail(form.Email)) return Refuse(context, RpcError.BadEmailAddress, "Invalid email address");
        if (!AccountForm.IsPasswordHash(form.PasswordHash)) return Refuse(context, RpcError.BadPassword, "Invalid password");
        if (!AccountForm.IsName(form.Name)) return Refuse(context, RpcError.BadUserName, "Invalid user name");
        // The manager tries to create an account at every attach: with the right password it gets the existing one. Both are computed in
        // either case, so that the time reveals nothing.
        var (exists, known) = await accounts.Find(form.Email, form.PasswordHash);
        var made = await accounts.Create(
            form.Email, form.PasswordHash, form.Name, addresses.Of(context.Connection.RemoteIpAddress), project.Settings.NewAccountsPerDay);
        if (made is { } key)
        {
            LogCreated(log);
            if (AccountForm.IsName(form.Team)) await accounts.JoinExisting(form.Email, form.Team);
            return Xml(AccountReply.Key(key));
        }

        if (!exists) (exists, known) = await accounts.Find(form.Email, form.PasswordHash); // somebody else may have just made it
        if (!exists)
            return Refuse(context, RpcError.ProjectDown, "Too many new accounts from your network address today; try again tomorrow");
        return known is not null
            ? Xml(AccountReply.Key(known))
            : Refuse(context, RpcError.NotUnique, "There is already an account with that email address");
    }

    async Task<IResult> LookUp(HttpContext context)
    {
        var form = await AccountForm.Read(context);
        if (form is null || !AccountForm.IsEmail(form.Email)) return Refuse(context, RpcError.NotFound, "No account found");
        if (!AccountForm.IsPasswordHash(form.PasswordHash)) return Refuse(context, RpcError.BadPassword, "Invalid password");
        var (exists, key) = await accounts.Find(form.Email, form.PasswordHash);
        if (!exists) return Refuse(context, RpcError.NotFound, "No account found");
        return key is null ? Refuse(context, RpcError.BadPassword, "Invalid password") : Xml(AccountReply.Key(key));
    }

    IResult Config()
    {
        database.Read(session =>
        {
            versions.Refresh(session);
            return true;
        });
        return Xml(AccountReply.Config(new(
            project.Settings.Name, project.Settings.MasterUrl, project.Settings.MinPasswordLength, Maintenance.IsOn(project),
            !project.Settings.AccountCreation, [.. versions.All.Select(version => (version.Platform, version.PlanClass)).Distinct()])));
    }

    IResult Refuse(HttpContext context, int number, string message)
    {
        metrics.Refused.WithLabels("accounts").Inc();
        LogRefused(log, CallerAddress.Of(context), number);
        return Xml(AccountReply.Error(number, message));
    }

    static IResult Xml(string text) => Results.Text(text, "text/xml", Encoding.UTF8);

    [LoggerMessage(Level = LogLevel.Information, Message = "accounts: one was made")]
    static partial void LogCreated(ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "accounts: refused a call from {Address}: error {Number}")]
    static partial void LogRefused(ILogger log, string address, int number);
}
