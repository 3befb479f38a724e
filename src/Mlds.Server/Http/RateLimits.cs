using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Mlds.Boinc.Accounts;
using Mlds.Boinc.States;
using Mlds.Server.Project;

namespace Mlds.Server.Http;

/// <summary>How often one address may call what costs us time or tells about accounts, and how much at a time.</summary>
static class RateLimits
{
    public const string Accounts = "accounts";

    /// <summary>Pages of a zoo that take computing: a reader's browser asks for some figures at a time, and gets them one by one.
    /// </summary>
    public const string Zoo = "zoo";

    public static void Configure(RateLimiterOptions options, ProjectSettings settings, ServerMetrics metrics)
    {
        options.AddPolicy(Accounts, context => RateLimitPartition.GetSlidingWindowLimiter(
            CallerAddress.Of(context),
            _ => new() { PermitLimit = settings.AccountCallsPerMinute, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6 }));
        options.AddPolicy(Zoo, context => RateLimitPartition.GetConcurrencyLimiter(
            CallerAddress.Of(context), _ => new() { PermitLimit = 2, QueueLimit = 32 }));
        options.OnRejected = async (context, cancellation) =>
        {
            metrics.Refused.WithLabels("rate").Inc();
            if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName == Zoo)
            {
                context.HttpContext.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.HttpContext.Response.ContentType = "text/plain";
                await context.HttpContext.Response.WriteAsync(
                    "Too many pages at a time for your address; try again shortly.\n", cancellation);
                return;
            }

            context.HttpContext.Response.StatusCode = StatusCodes.Status200OK;
            context.HttpContext.Response.ContentType = "text/xml";
            await context.HttpContext.Response.WriteAsync(
                AccountReply.Error(RpcError.ProjectDown, "Too many calls from your address; try again in a minute"), cancellation);
        };
    }
}
