using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mlds.Boinc.Accounts;
using Mlds.Boinc.States;
using Mlds.Server.Project;

namespace Mlds.Server.Http;

/// <summary>
/// Handles a full disk or a lost database in calls that don't handle it themselves: the caller is told to come again later, in the words of
/// the protocol, and the log gets one line.
/// </summary>
static partial class StorageTrouble
{
    const string Answer = "The server has a problem; try again later";

    public static void Use(WebApplication application)
    {
        var metrics = application.Services.GetRequiredService<ServerMetrics>();
        var log = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("mlds");
        application.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (Exception exception) when ((exception is DbException || FullDisk.Is(exception)) && !context.Response.HasStarted)
            {
                metrics.Failures.Inc();
                LogTrouble(log, context.Request.Path, FullDisk.Words(exception));
                await Refuse(context);
            }
        });
    }

    static Task Refuse(HttpContext context)
    {
        var isAccountCall = context.Request.Path.Value?.EndsWith("_account.php", StringComparison.Ordinal) == true;
        context.Response.Clear();
        context.Response.StatusCode = isAccountCall ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = isAccountCall ? "text/xml" : "text/plain";
        var text = isAccountCall ? AccountReply.Error(RpcError.ProjectDown, Answer) : Answer + ".\n";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path}: a call failed: {Trouble}")]
    static partial void LogTrouble(ILogger log, string path, string trouble);
}
