using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Mlds.Boinc.Accounts;
using Mlds.Boinc.States;
using Mlds.Server.Project;

namespace Mlds.Server.Http;

/// <summary>How often one address may call what costs us time or tells about accounts.</summary>
static class RateLimits
{
    public const string Accounts = "accounts";

    public static void Configure(RateLimiterOptions options, ProjectSettings settings, ServerMetrics metrics)
    {
        options.AddPolicy(Accounts, context => RateLimitPartition.GetSlidingWindowLimiter(
            CallerAddress.Of(context),
            _ => new() { PermitLimit = settings.AccountCallsPerMinute, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6 }));
        options.OnRejected = async (context, cancellation) =>
        {
            metrics.Refused.WithLabels("rate").Inc();
            context.HttpContext.Response.StatusCode = StatusCodes.Status200OK;
            context.HttpContext.Response.ContentType = "text/xml";
            await context.HttpContext.Response.WriteAsync(
                AccountReply.Error(RpcError.ProjectDown, "Too many calls from your address; try again in a minute"), cancellation);
        };
    }
}
